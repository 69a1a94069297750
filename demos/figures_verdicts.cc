#include "demos/figures_verdicts.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "demos/timeline_numbers.h"
#include "scheduler/choose.h"
#include "scheduler/timeline.h"

namespace demos {

using pictures::Panel;
using pictures::Picture;
using scheduler::LaneState;
using support::Verdicts;

namespace {

std::string found(bool seen) {
  return seen ? "found: " : "not shown: ";
}

// The length of a panel, in the picture's unit.
std::string length_of(const Picture& picture, size_t panel) {
  return pictures::time_text(picture.panels[panel].length(), picture.unit);
}

std::string share(double value) {
  return support::fixed(100 * value, 0) + " %";
}

void judge_cpu_work(const Picture& picture, Verdicts& verdicts) {
  const Panel& single = picture.panels[0];
  const Panel& gil = picture.panels[1];
  const Panel& processes = picture.panels[2];
  const Numbers apart = numbers_of(processes.slices);
  verdicts.add(
      "C-128",
      found(2 * processes.length() == single.length() &&
            gil.length() >= single.length() && apart.most_on_cpu == 2) +
          "the same work takes " + length_of(picture, 0) + " in a row, " +
          length_of(picture, 1) + " by threads under the lock, and " +
          length_of(picture, 2) + " in rows on " +
          std::to_string(apart.most_on_cpu) + " CPUs");
}

void judge_waits(const Picture& picture, Verdicts& verdicts) {
  std::string factors;
  std::vector<int> waiting;
  for (const Panel& panel : picture.panels) {
    const Numbers numbers = numbers_of(panel.slices);
    waiting.push_back(numbers.most_waiting);
    factors += (factors.empty() ? "" : ", ") +
               panel.title.substr(0, panel.title.find(':')) + " " +
               support::fixed(numbers.lived_s / numbers.seconds, 1);
  }
  verdicts.add("C-223",
               found(waiting == std::vector<int>{1, 3, 3}) +
                   "waits laid over each other; all lifetimes in the time of "
                   "the run: " +
                   factors);
}

void judge_turns(const Picture& picture, Verdicts& verdicts) {
  const Numbers turns = numbers_of(picture.panels[0].slices);
  const Numbers parallel = numbers_of(picture.panels[1].slices);
  verdicts.add(
      "C-006",
      found(turns.lifetimes > 0 && turns.on_cpu == 0 && parallel.on_cpu > 0) +
          "concurrent: lifetimes overlap " + share(turns.lifetimes) +
          ", on a CPU " + share(turns.on_cpu) + "; parallel: " +
          share(parallel.lifetimes) + " and " + share(parallel.on_cpu));
}

void judge_containers(const Picture& picture, Verdicts& verdicts) {
  constexpr std::array<bool, 4> kManyProcesses = {false, false, true, true};
  constexpr std::array<bool, 4> kManyThreads = {false, true, false, true};
  bool all_kinds = true;
  std::string counts;
  for (size_t i = 0; i < picture.panels.size(); ++i) {
    std::map<std::string, int> threads;
    for (const std::string& box : picture.panels[i].boxes) {
      ++threads[box];
    }
    all_kinds = all_kinds && (threads.size() > 1) == kManyProcesses[i];
    counts += i == 0 ? "" : "; ";
    std::string each;
    for (const auto& [box, count] : threads) {
      all_kinds = all_kinds && (count > 1) == kManyThreads[i];
      each += (each.empty() ? "" : " + ") + std::to_string(count);
    }
    counts += std::to_string(i + 1) + ": " + each;
  }
  verdicts.add("C-215", found(all_kinds) +
                            "threads of each process, as the system lists "
                            "them: " +
                            counts);
}

// For each combination of answers, whether its box has the rule's advice.
void judge_choice(const Picture& picture, Verdicts& verdicts) {
  const scheduler::DecisionTable table = scheduler::documents_table();
  size_t all = 0;
  size_t same = 0;
  for (size_t bits = 0; bits < size_t{1} << table.criteria.size(); ++bits) {
    const scheduler::Choice choice =
        choose(table, [&](const scheduler::Criterion& criterion) {
          return (bits >> (&criterion - table.criteria.data()) & 1) != 0;
        });
    const auto box = static_cast<size_t>(choice.row - table.rows.data());
    ++all;
    same += picture.questions[box].advice == choice.row->advice ? 1 : 0;
  }
  verdicts.add("C-204", found(same == all) + std::to_string(same) + " of " +
                            std::to_string(all) +
                            " combinations of answers end in the box that "
                            "the rule advises");
}

void judge_ladder(const Picture& picture, Verdicts& verdicts) {
  // How often a body (the caller is the first lane) has the control, or keeps
  // its place.
  const auto count = [&](size_t panel, LaneState state) {
    const auto& slices = picture.panels[panel].slices;
    return std::count_if(slices.begin(), slices.end(), [&](const auto& slice) {
      return slice.lane > 0 && slice.state == state;
    });
  };
  const auto kept = count(1, LaneState::kWaiting);
  verdicts.add("C-216",
               found(count(0, LaneState::kWaiting) == 0 && kept > 0) +
                   "two calls of a function keep nothing in between; one "
                   "coroutine, entered " +
                   std::to_string(count(1, LaneState::kRunning)) +
                   " times, kept its place " + std::to_string(kept) + " times");
}

std::string order_of(const Panel& panel) {
  std::string names;
  for (const size_t lane : numbers_of(panel.slices).ends) {
    names += (names.empty() ? "" : ", ") + panel.lanes[lane];
  }
  return names;
}

void judge_three_operations(const Picture& picture, Verdicts& verdicts) {
  const std::string row = order_of(picture.panels[0]);
  const std::string together = order_of(picture.panels[1]);
  verdicts.add("C-217",
               found(row != together &&
                     picture.panels[1].length() < picture.panels[0].length()) +
                   "in a row " + length_of(picture, 0) + ": " + row +
                   "; together " + length_of(picture, 1) + ": " + together);
}

void judge_sixteen(const Picture& picture, Verdicts& verdicts) {
  const auto shorter = [&](size_t one, size_t other) {
    return picture.panels[one].length() < picture.panels[other].length();
  };
  const Numbers single = numbers_of(picture.panels[0].slices);
  verdicts.add("C-218", found(single.lifetimes < 0.05) +
                            "one after the other: " + length_of(picture, 0) +
                            ", alive together " + share(single.lifetimes));
  verdicts.add("C-219", found(shorter(2, 1)) + "two processes " +
                            length_of(picture, 1) + ", four " +
                            length_of(picture, 2) +
                            ", with a task that comes "
                            "late");
  const Numbers threads = numbers_of(picture.panels[4].slices);
  verdicts.add(
      "C-220",
      found(shorter(4, 3) && shorter(3, 0) && threads.most_waiting > 1) +
          "two threads " + length_of(picture, 3) + ", four " +
          length_of(picture, 4) + "; up to " +
          std::to_string(threads.most_waiting) + " wait at once");
}

void judge_breakfast(const Picture& picture, Verdicts& verdicts) {
  scheduler::Duration by_hand{};
  for (const scheduler::Slice& slice : picture.panels[0].slices) {
    if (slice.state == LaneState::kRunning) {
      by_hand += slice.end - slice.start;
    }
  }
  const Numbers numbers = numbers_of(picture.panels[0].slices);
  verdicts.add("C-222", found(numbers.filled > 0 && numbers.on_cpu == 0) +
                            "done after " + length_of(picture, 0) +
                            ", of which one pair of hands was busy for " +
                            pictures::time_text(by_hand, picture.unit));
}

// "single 130 min, ..."
std::string lengths_of(const Picture& picture) {
  std::string text;
  for (size_t i = 0; i < picture.panels.size(); ++i) {
    const std::string& title = picture.panels[i].title;
    text += (i == 0 ? "" : ", ") + title.substr(0, title.find(':')) + " " +
            length_of(picture, i);
  }
  return text;
}

void judge_kitchens(const Picture& picture, Verdicts& verdicts) {
  const auto& panels = picture.panels;
  verdicts.add("C-207",
               found(panels[1].length() < panels[3].length() &&
                     panels[3].length() < panels[0].length()) +
                   "ten dishes are ready after: " + lengths_of(picture));
}

void judge_pool(const Picture& picture, Verdicts& verdicts) {
  verdicts.add(
      "C-212",
      found(picture.panels[1].length() < picture.panels[0].length()) +
          "the four ways to dig, with two shovels: " + lengths_of(picture));
}

}  // namespace

void judge(const Picture& picture, Verdicts& verdicts) {
  using Judge = void (*)(const Picture&, Verdicts&);
  static const std::map<std::string_view, Judge> kJudges = {
      {"F1", judge_cpu_work},
      {"F2", judge_waits},
      {"F3", judge_turns},
      {"F4", judge_containers},
      {"F5", judge_choice},
      {"ladder", judge_ladder},
      {"breakfast", judge_breakfast},
      {"kitchens", judge_kitchens},
      {"pool", judge_pool},
      {"three_operations", judge_three_operations},
      {"sixteen", judge_sixteen}};
  const auto found = kJudges.find(picture.name);
  assert(found != kJudges.end() && "every figure has its verdict");
  found->second(picture, verdicts);
}

}  // namespace demos

#include "scheduler/choose.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>

namespace scheduler {

namespace {

using Kind = Criterion::Kind;
using Join = Row::Join;

// Whether the row holds. `all` ends at the first no, `any` at the first yes.
bool holds(const Row& row, const DecisionTable& table,
           const std::function<bool(const Criterion&)>& ask) {
  const bool ends_at = row.join == Join::kAny;
  for (const size_t place : row.criteria) {
    if (ask(table.criteria[place]) == ends_at) {
      return ends_at;
    }
  }
  return !ends_at;
}

}  // namespace

bool Criterion::is_borderline(double measured) const {
  constexpr double kTenth = 0.1;
  return kind != Kind::kYes &&
         std::abs(measured - threshold) <= kTenth * threshold;
}

std::string Criterion::condition() const {
  if (kind == Kind::kYes) {
    return std::string(text);
  }
  char number[32];
  std::snprintf(number, sizeof number, "%.10g", threshold);
  return std::string(text) + (kind == Kind::kBelow ? " < " : " >= ") + number +
         std::string(unit);
}

DecisionTable documents_table() {
  enum Place : size_t { kFiles, kUser, kCpu, kWait, kConnections };
  return {
      .criteria =
          {{"only-files", "only local files",
            "Does it wait for local files and for nothing else?",
            &Facts::only_files, Kind::kYes, 1, ""},
           {"user-share", "user time / wall",
            "Does its own code leave the CPU idle for a fifth of the time or "
            "more?",
            &Facts::user_share, Kind::kBelow, 0.8, ""},
           {"cpu-share", "CPU time / wall",
            "Is a CPU busy with it for four fifths of the time or more?",
            &Facts::cpu_share, Kind::kAtLeast, 0.8, ""},
           {"wait", "mean wait", "Does a wait take 10 ms or more, on average?",
            &Facts::mean_wait_ms, Kind::kAtLeast, 10, " ms"},
           {"connections", "connections",
            "Will 100 connections or more be open at a time?",
            &Facts::connections, Kind::kAtLeast, 100, ""}},
      .rows = {{"local files", "single", "C-201", Join::kAll, {kFiles, kUser}},
               {"CPU-bound", "processes", "C-198", Join::kAll, {kCpu}},
               {"slow I/O or many connections",
                "async",
                "C-200",
                Join::kAny,
                {kWait, kConnections}},
               {"fast I/O", "threads", "C-199", Join::kAll, {}}},
  };
}

Choice choose(const DecisionTable& table,
              const std::function<bool(const Criterion&)>& ask) {
  assert(!table.rows.empty() && table.rows.back().criteria.empty() &&
         "the last row of a decision table holds always");  // [I1]
  Choice choice{};
  const auto ask_and_note = [&](const Criterion& criterion) {
    choice.asked.push_back({&criterion, ask(criterion)});
    return choice.asked.back().holds;
  };
  choice.row = &*std::find_if(
      table.rows.begin(), table.rows.end(),
      [&](const Row& row) { return holds(row, table, ask_and_note); });
  return choice;
}

Choice choose(const DecisionTable& table, const Facts& facts) {
  const auto measured = [&](const Criterion& criterion) {
    return criterion.holds(facts.*criterion.value);
  };
  Choice choice = choose(table, measured);
  for (const Answer& answer : choice.asked) {
    if (!answer.criterion->is_borderline(facts.*answer.criterion->value)) {
      continue;
    }
    const Row* const other =
        choose(table, [&](const Criterion& criterion) {
          return measured(criterion) != (&criterion == answer.criterion);
        }).row;
    const auto same_advice = [&](const Row* row) {
      return row->advice == other->advice;
    };
    if (!same_advice(choice.row) &&
        std::none_of(choice.nearby.begin(), choice.nearby.end(), same_advice)) {
      choice.nearby.push_back(other);
    }
  }
  return choice;
}

std::string condition_of(const DecisionTable& table, const Row& row) {
  std::string condition;
  for (const size_t place : row.criteria) {
    condition += condition.empty()        ? ""
                 : row.join == Join::kAll ? " and "
                                          : " or ";
    condition += table.criteria[place].condition();
  }
  return condition;
}

std::string draw(const DecisionTable& table) {
  std::string text;
  for (const Row& row : table.rows) {
    if (row.criteria.empty()) {
      text += "      +--> " + std::string(row.advice) + "\n";
      continue;
    }
    text += condition_of(table, row) + " ? --yes--> " +
            std::string(row.advice) + "\n      | no\n";
  }
  return text;
}

}  // namespace scheduler

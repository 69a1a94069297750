// demos/loop_inside.cc - the loop, looked at while it goes round.
//
// "A forever loop that watches tasks": what does it really do in a turn, and
// what between two turns? Four tasks - one yields, one sleeps, one reads a pipe
// and one writes into it - run while every turn is written down. [C-076]
// [C-079] [C-082] [C-117]
//
//   bazel run //demos:loop_inside
//   bazel run //demos:loop_inside -- --turns=3 --poller=epoll,poll,virtual
//   bazel run //demos:loop_inside -- --poller=epoll,poll --clock=virtual
//   bazel run //demos:loop_inside -- --tasks
//   bazel run //demos:loop_inside -- --marks
//   bazel run //demos:loop_inside -- --click=abxa
//   bazel run //demos:loop_inside -- --same-three-ways
//
// The virtual poller is epoll by a clock that never waits; epoll and poll wait
// unless --clock=virtual says that they only ask. --tasks, --marks, --click and
// --same-three-ways are by the virtual clock, unless --clock=real. What waiting
// costs only real time can show: for that verdict the tasks run again, by each
// clock.
//
// Predict how many turns there are, and in which the loop waits. Expected: a
// row for each turn, and last
//   VERDICT C-117 wrong: ...
#include <algorithm>
#include <array>
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demos/inside_clicks.h"
#include "demos/inside_marks.h"
#include "demos/inside_recorder.h"
#include "demos/inside_tasks.h"
#include "demos/inside_three_ways.h"
#include "demos/inside_told.h"
#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/readiness.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "os/io.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using loop::sleep;
using scheduler::seconds;
using support::print;
using support::seconds_text;

Coroutine<> yielder() {
  co_await sleep(seconds(0));
  co_await sleep(seconds(0));
}

Coroutine<> sleeper() {
  co_await sleep(seconds(0.2));
}

Coroutine<> reader(int fd) {
  std::array<std::byte, 1> letter;
  do {
    co_await loop::readable(fd);
  } while (os::read_some(fd, letter) != 0u);  // nothing yet is no end
}

Coroutine<> writer(os::UniqueFd fd) {
  co_await sleep(seconds(0.1));
  os::write_all(fd.get(), os::bytes_of("x"));
  co_await sleep(seconds(0.2));
}  // closes it

os::Pipe make_pipe() {
  os::Pipe pipe = os::make_pipe();
  os::set_nonblocking(pipe.reader.get(), true);
  return pipe;
}

Coroutine<> all(os::Pipe* pipe) {
  co_await loop::gather(yielder(), sleeper(), reader(pipe->reader.get()),
                        writer(std::move(pipe->writer)));
}

std::string patience_of(const Turn& turn) {
  if (!turn.patience) {
    return "not asked";
  }
  return *turn.patience ? seconds_text(**turn.patience) : "for ever";
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

void show_turns(const std::vector<Turn>& turns, size_t most) {
  support::Table table(
      {"turn", "at", "may wait", "timers", "watched", "found"});
  for (size_t i = 0; i < std::min(most, turns.size()); ++i) {
    const Turn& turn = turns[i];
    table.add({std::to_string(turn.number), seconds_text(turn.time),
               patience_of(turn), std::to_string(turn.timers),
               std::to_string(turn.watched), std::to_string(turn.found)},
              turn.ran.empty() ? "" : "ran: " + joined(turn.ran));
  }
  print(table.text() + "\n");
}

void judge(const std::vector<Turn>& turns, support::Verdicts& verdicts) {
  size_t waits = 0;
  size_t ended_by_timer = 0;
  size_t events = 0;
  size_t runs = 0;
  for (const Turn& turn : turns) {
    events += turn.found;
    runs += turn.ran.size();
    if (turn.waited > seconds(0.01)) {
      ++waits;
      ended_by_timer += turn.found == 0 ? 1 : 0;
    }
  }
  verdicts.add("C-076",
               "found: it went round " + std::to_string(turns.back().number) +
                   " times and waited " + std::to_string(waits) +
                   " times, until a timer (" + std::to_string(ended_by_timer) +
                   ") or a descriptor (" +
                   std::to_string(waits - ended_by_timer) + ") ended the wait");
  verdicts.add("C-082", "found: " + std::to_string(turns.back().number) +
                            " turns, " + std::to_string(events) +
                            " events of descriptors, tasks given a turn " +
                            std::to_string(runs) + " times");
}

Cost cost_by(support::Time time) {
  os::Pipe pipe = make_pipe();
  return cost_of(all(&pipe), time);
}

void run_over(const std::vector<std::string>& pollers,
              std::optional<support::Time> clock, size_t most,
              support::Verdicts& verdicts) {
  std::vector<std::vector<std::string>> orders;
  for (const std::string& poller : pollers) {
    print(poller + "\n");
    const bool by_itself = poller == "virtual";
    RecordedLoop recorded(by_itself ? "epoll" : poller,
                          clock.value_or(by_itself ? support::Time::kVirtual
                                                   : support::Time::kReal));
    os::Pipe pipe = make_pipe();
    loop::run(all(&pipe), recorded.loop());
    show_turns(recorded.turns(), most);
    if (orders.empty()) {
      judge(recorded.turns(), verdicts);
    }
    orders.push_back(recorded.order());
  }
  verdicts.add("C-117", told_or_measures(cost_by(support::Time::kVirtual),
                                         cost_by(support::Time::kReal)));
  if (orders.size() > 1) {
    const bool same =
        std::all_of(orders.begin(), orders.end(),
                    [&](const auto& order) { return order == orders.front(); });
    verdicts.add("C-079", "found: over " + joined(pollers) +
                              (same ? " the tasks ran in the same order"
                                    : " the order of the tasks differs"));
  }
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("loop_inside", [&] {
    int most = 1000;
    std::vector<std::string> pollers;
    std::optional<support::Time> clock;
    std::string clicks;
    bool tasks = false;
    bool marks = false;
    bool three_ways = false;
    support::Flags flags("loop_inside", "the loop, turn by turn");
    flags.number("turns", &most, 1, 1000, "how many to show");
    flags.choices("poller", &pollers, {"epoll", "poll", "virtual"},
                  "who waits; virtual takes no time",
                  "virtual, or epoll by the real clock");
    support::add_clock_flag(flags, &clock,
                            "real for epoll and poll, else virtual");
    flags.toggle("tasks", &tasks, "instead: the tasks and their states");
    flags.toggle("marks", &marks, "instead: each switch and its line");
    flags.parsed(
        "click", "LETTERS",
        [&](std::string_view text) { clicks = letters_of(text); },
        "instead: letters are pressed, handlers are called",
        "1 to 100 small letters", "off");
    flags.toggle("same-three-ways", &three_ways,
                 "instead: callbacks, generator, co_await");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const bool real = clock == support::Time::kReal;
    if (pollers.empty()) {
      pollers = {real ? "epoll" : "virtual"};
    } else if (real && std::find(pollers.begin(), pollers.end(), "virtual") !=
                           pollers.end()) {
      std::cerr << "loop_inside: --poller=virtual has no real clock; accepted "
                   "with --clock=real: epoll, poll\n";
      return 2;
    }
    const support::Time time = clock.value_or(support::Time::kVirtual);
    support::Verdicts verdicts;
    if (tasks) {
      show_tasks(time, verdicts);
    }
    if (marks) {
      show_marks(time, verdicts);
    }
    if (!clicks.empty()) {
      show_clicks(clicks, time, verdicts);
    }
    if (three_ways) {
      show_three_ways(time, verdicts);
    }
    if (!tasks && !marks && clicks.empty() && !three_ways) {
      run_over(pollers, clock, static_cast<size_t>(most), verdicts);
    }
    print(verdicts.text());
    return 0;
  });
}

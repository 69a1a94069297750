// demos/count_sync_async.cc - "One", a second, "Two": three times, in two ways.
//
// Written as usual, three counts take three seconds. With co_await in front of
// the wait they take one, by one thread: each hands control back while it has
// nothing to do. The order of the lines is the whole story. [C-060] [C-063]
// [C-087] [C-088] [C-089] What --trace draws as a bar's end is the call to the
// loop, "others first" [C-229]; what --diff counts is the price of it [C-226];
// time is measured by a counter and shown with two decimals [C-190].
//
//   bazel run //demos:count_sync_async
//   bazel run //demos:count_sync_async -- --mode=async --trace --clock=virtual
//   bazel run //demos:count_sync_async -- --diff
//
// Expected: One Two One Two One Two in 3.00 s; One One One Two Two Two in
// 1.00 s; and last
//   VERDICT C-060 found: ...
#include <unistd.h>

#include <string>
#include <vector>

#include "demos/count_sync_async_diff.h"
#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "os/proc.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos {
namespace {

using loop::Coroutine;
using loop::gather;
using loop::sleep;
using scheduler::Duration;
using support::print;
using support::Verdicts;

// What both forms refer to.
Duration delay = scheduler::seconds(1);
support::DemoLoop* world = nullptr;

// In a unit that tells a short delay from nothing.
std::string time_text(Duration duration) {
  return delay < scheduler::seconds(0.1)
             ? support::fixed(1000 * scheduler::in_seconds(duration), 1) + " ms"
             : support::seconds_text(duration);
}

namespace plain {
// --diff shows from here
void count() {
  print("One\n");
  world->block(delay);
  print("Two\n");
}

void count_all() {
  count();
  count();
  count();
}
// to here
}  // namespace plain

namespace async {
// --diff shows from here
Coroutine<> count() {
  print("One\n");
  co_await sleep(delay);
  print("Two\n");
}

Coroutine<> count_all() {
  co_await gather(count(), count(), count());
}
// to here
}  // namespace async

Duration run_plain(support::Time time, Verdicts& verdicts) {
  support::DemoLoop here(time);
  world = &here;
  plain::count_all();
  verdicts.add("C-087", "found: one after another, " + time_text(here.now()));
  return here.now();
}

// Looks at the process while all three wait.
Coroutine<> look(size_t* threads) {
  co_await sleep(delay / 2);
  *threads = os::threads_of(getpid()).size();
}

Coroutine<> count_and_look(size_t* threads) {
  co_await gather(async::count_all(), look(threads));
}

// "3 hand-backs at 0.00 s, 3 wake-ups at 1.00 s", of the tasks called count.
std::string told(const scheduler::Timeline& timeline) {
  int hand_backs = 0;
  int wake_ups = 0;
  Duration first{};
  Duration last{};
  for (const scheduler::Event& event : timeline.events()) {
    if (timeline.lanes()[event.lane] != "count") {
      continue;
    }
    const Duration time = event.time - timeline.events().front().time;
    if (event.verb == scheduler::Verb::kSuspended) {
      ++hand_backs;
      first = time;
    } else if (event.verb == scheduler::Verb::kWoken) {
      ++wake_ups;
      last = time;
    }
  }
  return std::to_string(hand_backs) + " hand-backs, the last at " +
         time_text(first) + "; " + std::to_string(wake_ups) +
         " wake-ups, the last at " + time_text(last);
}

Duration run_async(support::Time time, bool trace, Verdicts& verdicts) {
  support::DemoLoop here(time);
  world = &here;
  scheduler::Timeline timeline(here.clock());
  here.loop().set_observer(&timeline);
  size_t threads = 0;
  loop::run(count_and_look(&threads), here.loop());
  if (trace) {
    print(scheduler::draw_gantt(timeline.lanes(), timeline.slices()) +
          scheduler::gantt_legend() + "\n");
  }
  verdicts.add("C-088", "found: together, " + time_text(here.now()));
  verdicts.add("C-089", "found: " + told(timeline));
  verdicts.add("C-063", (threads == 1 ? "true: " : "false: ") +
                            std::to_string(threads) +
                            " thread while all three wait");
  return here.now();
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("count_sync_async", [&] {
    std::vector<std::string> modes = {"sync", "async"};
    support::Time time = support::Time::kReal;
    bool trace = false;
    bool diff = false;
    double delay_s = 1;
    support::Flags flags("count_sync_async", "three counts, in a row or not");
    flags.choices("mode", &modes, modes, "one after another, or together");
    flags.decimal("delay", &delay_s, 0.001, 3, "seconds between One and Two");
    flags.toggle("trace", &trace, "draw who ran when");
    flags.toggle("diff", &diff, "the two sources, and where they differ");
    support::add_clock_flag(flags, &time);
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    Verdicts verdicts;
    if (diff) {
      show_diff(verdicts);
      print(verdicts.text());
      return 0;
    }
    delay = scheduler::seconds(delay_s);
    Duration in_a_row{};
    Duration together{};
    for (const std::string& mode : modes) {
      (mode == "sync" ? in_a_row : together) =
          mode == "sync" ? run_plain(time, verdicts)
                         : run_async(time, trace, verdicts);
    }
    if (modes.size() == 2) {
      verdicts.add("C-060", (together < in_a_row ? "found: " : "not shown: ") +
                                ("one thread, and " + time_text(together) +
                                 " instead of " + time_text(in_a_row)));
    }
    print(verdicts.text());
    return 0;
  });
}

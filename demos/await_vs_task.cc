// demos/await_vs_task.cc - wait for it here, or let it run and ask later.
//
// Method 1 awaits a coroutine: its steps happen here, in order. Method 2 makes
// a task of it and goes on; it runs whenever this coroutine waits. When does
// its first line run: at create_task, or later? [C-096] [C-098]
// [C-099] [C-100] [C-101] [C-102] [C-103] [C-104] Each line has its time, as
// in a log. [C-191]
//
//   bazel run //demos:await_vs_task
//   bazel run //demos:await_vs_task -- --method=2 --blocking-work
//   bazel run //demos:await_vs_task -- --ready
//   bazel run //demos:await_vs_task -- --forget
//   bazel run //demos:await_vs_task -- --both
//
// Predict for method 2, a fetch of 1 s beside other work of 5 s: 5 s or 6 s in
// all? And if that work blocks? Expected: a line for each step with its time, a
// chart, and verdicts, such as
//   VERDICT C-104 imprecise: ...
#include <string>
#include <utility>
#include <vector>

#include "demos/await_story.h"
#include "demos/await_vs_task_more.h"
#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using loop::create_task;
using loop::sleep;
using scheduler::Duration;
using scheduler::seconds;
using support::print;
using support::seconds_text;

// The rest of the program.
Coroutine<> heartbeat(Story* story) {
  for (;;) {
    co_await sleep(seconds(0.25));
    ++story->beats;
  }
}

Coroutine<> method_1(Story* story) {
  const auto rest = create_task(heartbeat(story), "heartbeat");
  const Duration start = story->world.now();
  Coroutine<std::string> one = fetch(story, "one");
  const int when_called = story->bodies_begun;
  story->tell("main: called fetch, lines of it that ran: " +
              std::to_string(when_called));
  const std::string first = co_await std::move(one);
  const int when_awaited = story->bodies_begun;
  const Duration first_came = story->world.now() - start;
  const std::string second = co_await fetch(story, "two");
  const Duration total = story->world.now() - start;
  story->tell("main: has " + first + " and " + second);
  story->verdicts.add(
      "C-098",
      "found: bodies begun by the call: " + std::to_string(when_called) +
          ", by the await: " + std::to_string(when_awaited));
  story->verdicts.add("C-099",
                      "found: two fetches of 1.00 s, one after the other, " +
                          seconds_text(total));
  story->verdicts.add("C-100", "found: one fetch of 1.00 s, its result after " +
                                   seconds_text(first_came));
  story->verdicts.add("C-101", (story->beats > 0 ? "true: " : "false: ") +
                                   ("meanwhile the heartbeat of 0.25 s beat " +
                                    std::to_string(story->beats) + " times"));
}

Coroutine<> method_2(Story* story, bool blocking) {
  const Duration start = story->world.now();
  const auto task = create_task(fetch(story, "data"), "fetch");
  const int begun = story->bodies_begun;
  story->tell("main: made a task, lines of it that ran: " +
              std::to_string(begun));
  if (blocking) {
    story->world.block(seconds(5));
  } else {
    co_await sleep(seconds(5));
  }
  const Duration work_ended = story->world.now() - start;
  story->tell("main: the other work is done");
  const uint64_t turn = story->turns();
  const std::string data = co_await task;
  const uint64_t turns = story->turns() - turn;
  const Duration total = story->world.now() - start;
  story->tell("main: has " + data);
  story->verdicts.add("C-102", "found: the task ended at " +
                                   seconds_text(story->body_ended - start) +
                                   ", the work beside it at " +
                                   seconds_text(work_ended));
  story->verdicts.add(
      "C-103", "found: 1 s beside 5 s of other work: " + seconds_text(total) +
                   "; the last await " +
                   (turns == 0 ? "returned at once" : "had to wait"));
  story->verdicts.add(
      "C-104", (begun == 0 ? "imprecise: " : "true: ") +
                   ("when create_task returned, " + std::to_string(begun) +
                    " lines of the body had run; it began at " +
                    seconds_text(story->body_began - start) + " and ended at " +
                    seconds_text(story->body_ended - start)));
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("await_vs_task", [&] {
    std::vector<std::string> methods = {"1", "2"};
    support::Time time = support::Time::kReal;
    bool with_both = false;
    bool with_ready = false;
    bool with_forget = false;
    bool blocking = false;
    support::Flags flags("await_vs_task", "wait for it here, or ask later");
    flags.choices("method", &methods, methods, "direct await, task");
    flags.toggle("blocking-work", &blocking,
                 "method 2 beside work that blocks");
    flags.toggle("both", &with_both, "instead: three fetches in both ways");
    flags.toggle("ready", &with_ready, "instead: awaits that need not wait");
    flags.toggle("forget", &with_forget, "instead: what nobody awaits");
    support::add_clock_flag(flags, &time);
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::Verdicts verdicts;
    if (with_both) {
      await_three_in_both_ways(time, verdicts);
    }
    if (with_ready) {
      await_what_is_ready(time, verdicts);
    }
    if (with_forget) {
      forget_to_await(time, verdicts);
    }
    if (with_both || with_ready || with_forget) {
      methods.clear();
    }
    for (const std::string& method : methods) {
      Story story(time, verdicts);
      print("method " + method + "\n");
      draw(story,
           method == "1" ? method_1(&story) : method_2(&story, blocking));
    }
    print(verdicts.text());
    return 0;
  });
}

// demos/hello_loop.cc - the smallest use of the loop: two lines, a second
// apart.
//
// run() makes a loop, runs one coroutine on it to its end, and closes it.
// --low-level does the same by hand, with the loop as an object that the
// program holds. [C-092] [C-093]
//
//   bazel run //demos:hello_loop
//   bazel run //demos:hello_loop -- --low-level
//
// Expected: Hello ..., a second later ... World!, and last
//   VERDICT C-093 found: two lines, 1.00 s apart
#include <exception>
#include <string>

#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using support::print;

// Gives the time between the two lines.
loop::Coroutine<scheduler::Duration> hello(const scheduler::Clock* clock) {
  print("Hello ...\n");
  const scheduler::TimePoint first = clock->now();
  co_await loop::sleep(scheduler::seconds(1));
  print("... World!\n");
  co_return clock->now() - first;
}

void say_apart(scheduler::Duration apart) {
  print(support::verdict("C-093", "found: two lines, " +
                                      support::seconds_text(apart) + " apart") +
        "\n");
}

void run_high_level(support::DemoLoop& world) {
  say_apart(loop::run(hello(&world.clock()), world.loop()));
}

void run_low_level(support::DemoLoop& world) {
  loop::EventLoop& loop = world.loop();
  const auto task = loop.create_task(hello(&world.clock()));
  const bool early = task.done();
  say_apart(loop.run_until_complete(loop::Future(task)));
  const bool late = task.done();
  loop.close();
  std::string after = "accepted";
  try {
    loop.call_soon([] {});
  } catch (const std::exception& refused) {
    after = refused.what();
  }
  print(support::verdict("C-092", "found: done before the run: " +
                                      std::string(early ? "yes" : "no") +
                                      ", after it: " + (late ? "yes" : "no") +
                                      "; work for a closed loop: " + after) +
        "\n");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("hello_loop", [&] {
    support::Time time = support::Time::kReal;
    bool low_level = false;
    support::Flags flags("hello_loop", "two lines, a second apart");
    flags.toggle("low-level", &low_level, "loop, task and close by hand");
    support::add_clock_flag(flags, &time);
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::DemoLoop world(time);
    low_level ? run_low_level(world) : run_high_level(world);
    return 0;
  });
}

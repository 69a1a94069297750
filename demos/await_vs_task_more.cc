#include "demos/await_vs_task_more.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "demos/await_story.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/report.h"
#include "loop/run.h"
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

Coroutine<int> wait_for_nothing() {
  co_return 7;
}

// How many turns of the loop pass in three awaits.
Coroutine<> ready(Story* story) {
  const auto task = create_task(wait_for_nothing());
  co_await sleep(Duration::zero());
  const uint64_t start = story->turns();
  co_await task;
  const uint64_t after_task = story->turns();
  co_await wait_for_nothing();
  const uint64_t after_body = story->turns();
  co_await sleep(Duration::zero());
  const uint64_t after_sleep = story->turns();
  support::Table table({"co_await", "turns of the loop"});
  table.add({"a task that is done", std::to_string(after_task - start)});
  table.add({"a body with no wait", std::to_string(after_body - after_task)});
  table.add({"sleep(0)", std::to_string(after_sleep - after_body)});
  print(table.text() + "\n");
  const bool at_once = after_task == start && after_body == after_task;
  story->verdicts.add(
      "C-097", at_once
                   ? "imprecise: an await gives control back only if something "
                     "in it suspends"
                   : "true: each await gave control back");
}

Coroutine<> fail() {
  co_await sleep(seconds(1));
  throw std::runtime_error("nobody asked");
}

Coroutine<> forget(Story* story) {
  { const Coroutine<std::string> never_awaited = fetch(story, "nothing"); }
  story->tell("main: dropped a coroutine, lines of it that ran: " +
              std::to_string(story->bodies_begun));
  create_task(fail(), "forgotten");
  co_await sleep(seconds(2));
  story->tell("main: ends without having asked for its task");
}

// b depends on a; c depends on nothing.
Coroutine<> both(Story* story) {
  Duration start = story->world.now();
  co_await fetch(story, "a");
  co_await fetch(story, "b");
  co_await fetch(story, "c");
  const Duration awaited = story->world.now() - start;

  start = story->world.now();
  const auto c = create_task(fetch(story, "c"), "fetch c");
  co_await fetch(story, "a");
  co_await fetch(story, "b");
  co_await c;
  const Duration mixed = story->world.now() - start;
  story->verdicts.add("C-107",
                      "found: b needs a, c needs nothing: three awaits " +
                          seconds_text(awaited) + ", c as a task " +
                          seconds_text(mixed));
}

}  // namespace

void await_what_is_ready(support::Time time, support::Verdicts& verdicts) {
  Story story(time, verdicts);
  loop::run(ready(&story), story.world.loop());
}

void await_three_in_both_ways(support::Time time, support::Verdicts& verdicts) {
  Story story(time, verdicts);
  draw(story, both(&story));
}

void forget_to_await(support::Time time, support::Verdicts& verdicts) {
  Story story(time, verdicts);
  std::vector<std::string> reports;
  const auto keep = [&](const loop::Report& report) {
    reports.push_back(report.error
                          ? report.message + ": " + loop::describe(report.error)
                          : report.message);
  };
  struct Restore {
    loop::ReportHook before;
    ~Restore() { loop::set_report_hook(std::move(before)); }
  } const restore{loop::set_report_hook(keep)};
  loop::run(forget(&story), story.world.loop());
  for (const std::string& report : reports) {
    print("reported: " + report + "\n");
  }
  story.verdicts.add("C-077",
                     (story.bodies_begun == 0 ? "true: " : "false: ") +
                         ("a coroutine that nobody awaited ran " +
                          std::to_string(story.bodies_begun) + " lines"));
  story.verdicts.add("C-106", "found: reports of what was forgotten: " +
                                  std::to_string(reports.size()));
}

}  // namespace demos

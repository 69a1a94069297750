#include "demos/figures_on_loop.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "demos/figures_simulated.h"
#include "demos/kitchen_breakfast.h"
#include "demos/support/demo_loop.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/timeline.h"

namespace demos {

using loop::Coroutine;
using pictures::Panel;
using pictures::Picture;
using pictures::Unit;
using scheduler::Duration;
using scheduler::Slice;
using std::chrono::milliseconds;
using support::DemoLoop;

namespace {

// Computes, waits, computes.
struct Operation {
  std::string name;
  Duration before;
  Duration wait;
  Duration after;
};

Coroutine<> perform(DemoLoop* world, Operation operation) {
  world->compute(operation.before);
  co_await loop::sleep(operation.wait);
  world->compute(operation.after);
}

Coroutine<> in_a_row(DemoLoop* world, std::vector<Operation> operations) {
  for (const Operation& each : operations) {
    co_await loop::create_task(perform(world, each), each.name);
  }
}

Coroutine<> together(DemoLoop* world, std::vector<Operation> operations) {
  std::vector<loop::Task<void>> tasks;
  for (const Operation& each : operations) {
    tasks.push_back(loop::create_task(perform(world, each), each.name));
  }
  for (const loop::Task<void>& task : tasks) {
    co_await task;
  }
}

using Main = Coroutine<>(DemoLoop*, std::vector<Operation>);

// The lanes of the operations: that of their main task stands before them, and
// what the loop itself does at its end behind them.
Panel on_loop(const std::string& title, Main* main,
              const std::vector<Operation>& operations, const Unit& unit) {
  DemoLoop world(support::Time::kVirtual);
  scheduler::Timeline timeline(world.clock());
  world.loop().set_observer(&timeline);
  loop::run(main(&world, operations), world.loop());
  std::vector<std::string> lanes;
  for (const Operation& each : operations) {
    lanes.push_back(each.name);
  }
  std::vector<Slice> slices;
  for (Slice slice : timeline.slices()) {
    if (slice.lane >= 1 && slice.lane <= operations.size()) {
      --slice.lane;
      slices.push_back(slice);
    }
  }
  Panel panel =
      pictures::make_panel(title, std::move(lanes), std::move(slices));
  panel.caption = caption_of(panel, unit);
  return panel;
}

}  // namespace

Picture draw_waits() {
  const Duration work = milliseconds(1);
  const Duration wait = milliseconds(6);
  std::vector<Operation> operations;
  scheduler::cpu_sim::Workload threads;
  for (const char* const name : {"A", "B", "C"}) {
    operations.push_back({name, work, wait, work});
    threads.push_back(
        {.name = name, .bursts = {work, wait, work}, .process = 0});
  }
  return {.name = "F2",
          .title = "work that waits",
          .note = "single: each is begun when the one before has ended",
          .unit = {},
          .panels = {on_loop("single: one after the other", in_a_row,
                             operations, {}),
                     simulated("threads: one CPU", threads, {}, "rr"),
                     on_loop("async: one thread with a loop", together,
                             operations, {})},
          .questions = {}};
}

Picture draw_three_operations() {
  const Unit seconds = {"s", std::chrono::seconds(1)};
  const Duration ask = milliseconds(250);
  const std::vector<Operation> operations = {
      {"API", ask, milliseconds(2500), ask},
      {"timeout", ask, milliseconds(4500), ask},
      {"database", ask, milliseconds(1500), ask}};
  return {.name = "three_operations",
          .title = "three operations, in a row and together",
          .note = "",
          .unit = seconds,
          .panels = {on_loop("synchronous: each waits for the one before",
                             in_a_row, operations, seconds),
                     on_loop("asynchronous: asked together, answered when "
                             "they are ready",
                             together, operations, seconds)},
          .questions = {}};
}

Picture draw_breakfast() {
  const Unit minutes = {"min", std::chrono::seconds(1)};
  BreakfastChart chart = chart_breakfast();
  Panel panel = pictures::make_panel("one cook", std::move(chart.lanes),
                                     std::move(chart.slices));
  panel.caption = caption_of(panel, minutes);
  return {.name = "breakfast",
          .title = "breakfast by one cook",
          .note =
              "running: by hand; waiting: on the stove by itself; "
              "`breakfast` begins with coffee and ends with juice",
          .unit = minutes,
          .panels = {std::move(panel)},
          .questions = {}};
}

}  // namespace demos

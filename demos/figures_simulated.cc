#include "demos/figures_simulated.h"

#include <chrono>
#include <utility>
#include <vector>

#include "demos/gil_picture.h"
#include "demos/kitchen_ways.h"
#include "demos/support/report.h"
#include "demos/timeline_numbers.h"
#include "gil_sim/gil_model.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/timeline.h"

namespace demos {

using pictures::Panel;
using pictures::Picture;
using pictures::Unit;
using scheduler::Duration;
using namespace scheduler::cpu_sim;

namespace {

constexpr Duration kTurn = 2 * kUnit;

Workload equal_tasks(int count, Duration work) {
  Workload all;
  for (int i = 0; i < count; ++i) {
    all.push_back(
        {.name = std::string(1, static_cast<char>('A' + i)), .bursts = {work}});
  }
  return all;
}

Panel under_the_gil(const Workload& work) {
  std::vector<gil_sim::GilThread> threads;
  for (const JobSpec& job : work) {
    threads.push_back(
        {job.name, {{gil_sim::GilWork::Kind::kCompute, job.bursts.front()}}});
  }
  const GilRun run(std::move(threads), {.interval = kTurn});
  Panel panel =
      pictures::make_panel("threads_gil: a lock that goes round",
                           run.timeline.lanes(), run.timeline.slices());
  panel.caption = caption_of(panel, {});
  return panel;
}

Panel panel_of(const Way& way, const Unit& unit) {
  Outcome outcome = run(way);
  Panel panel =
      pictures::make_panel(way.model + ": " + way.scene,
                           std::move(outcome.lanes), std::move(outcome.slices));
  panel.caption = caption_of(panel, unit);
  return panel;
}

}  // namespace

Panel simulated(const std::string& title, const Workload& work,
                const Machine& machine, const std::string& policy) {
  scheduler::ManualClock clock;
  scheduler::Timeline timeline(clock);
  Knobs knobs;
  knobs.quantum = kTurn;
  Simulator simulator(
      work, machine, [&] { return make_policy(policy, knobs); }, clock,
      &timeline);
  simulator.run();
  Panel panel =
      pictures::make_panel(title, timeline.lanes(), timeline.slices());
  panel.caption = caption_of(panel, {});
  return panel;
}

std::string caption_of(const Panel& panel, const Unit& unit) {
  const Numbers numbers = numbers_of(panel.slices);
  return pictures::time_text(panel.length(), unit) + "; alive together " +
         support::fixed(100 * numbers.lifetimes, 0) + " %, on a CPU together " +
         support::fixed(100 * numbers.on_cpu, 0) + " %";
}

Picture draw_cpu_work() {
  const Workload work = equal_tasks(4, 8 * kUnit);
  return {
      .name = "F1",
      .title = "work for the CPU",
      .note =
          "single: all are there from the start, so who has no turn is ready",
      .unit = {},
      .panels = {simulated("single: one after the other", work, {}, "fcfs"),
                 under_the_gil(work),
                 simulated("processes: two CPUs", work, {.cpus = 2}, "fcfs")},
      .questions = {}};
}

Picture draw_turns() {
  const Workload work = equal_tasks(2, 6 * kUnit);
  return {.name = "F3",
          .title = "concurrency beside parallelism",
          .note = "the same two tasks, by turns on one CPU and side by side",
          .unit = {},
          .panels = {simulated("concurrent: one CPU", work, {}, "rr"),
                     simulated("parallel: two CPUs", work, {.cpus = 2}, "rr")},
          .questions = {}};
}

Picture draw_kitchens() {
  Picture picture = {.name = "kitchens",
                     .title = "ten dishes, four ways to cook them",
                     .note =
                         "running: at the stove; ready: waits for the "
                         "stove; waiting: in the oven",
                     .unit = {"min", kUnit},
                     .panels = {},
                     .questions = {}};
  for (const Way& way : cooking_ways()) {
    picture.panels.push_back(panel_of(way, picture.unit));
  }
  return picture;
}

Picture draw_pool() {
  constexpr int kShovels = 2;
  Picture picture = {
      .name = "pool",
      .title = "a pool and two shovels",
      .note = "running: digs; ready: waits for a shovel; waiting: others dig",
      .unit = {"h", kUnit},
      .panels = {},
      .questions = {}};
  for (const Way& way : digging_ways(kShovels)) {
    picture.panels.push_back(panel_of(way, picture.unit));
  }
  return picture;
}

}  // namespace demos

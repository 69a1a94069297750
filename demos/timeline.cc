// demos/timeline.cc - the same tasks under one model after another, drawn to
// one scale.
//
// The documents draw these pictures by hand, or leave a place for them. Here
// each bar was recorded: `#` runs, `.` waits, `-` is ready and has no CPU, `g`
// wants the lock. Two numbers stand above each picture, and they are not the
// same: how long two tasks were *alive* together, and how long two were *on a
// CPU* together. [C-001] [C-002] [C-003] [C-004] [C-015] [C-018] [C-043]
// [C-053] [C-059] [C-069] [C-115] [C-217] [C-218] [C-219] [C-220] [C-221]
//
// So these are the pictures that got lost on the way to us: turns beside full
// lanes [C-006], the models as the two numbers place them [C-007] [C-008], one
// lane that becomes several [C-128], threads as lines of a process [C-214],
// waits that overlap [C-223], on one CPU as well [C-019], and the five of the
// slides [C-224].
//
//   bazel run //demos:timeline
//   bazel run //demos:timeline -- --cpus=1 --zoom --model=threads
//   bazel run //demos:timeline -- --scene=waits --delays=20,7,10,8
//   bazel run //demos:timeline -- --scene=waits --tasks=16 --workers=2,4
//   bazel run //demos:timeline -- --scene=three_ops --model=single,async
//   bazel run //demos:timeline -- --test=2
//
// Predict for each model: one row after the other, or beside each other?
// Expected: pictures, and last lines such as
//   VERDICT C-004 found: threads_gil: lifetime overlap 99 %, on-CPU overlap 0 %
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/runners/runner.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/timeline_numbers.h"
#include "demos/timeline_scene.h"
#include "demos/timeline_verdicts.h"
#include "scheduler/gantt.h"

namespace demos {
namespace {

using support::fixed;
using support::print;

constexpr double kUnitMs = 10;
constexpr double kStragglers = 4;  // times as long as the others

struct Options {
  std::vector<std::string> scenes = {"work"};
  std::vector<std::string> models;
  std::vector<int> delays;
  std::vector<int> workers = {0};  // 0: as many as there are CPUs, or tasks
  int tasks = 4;
  int straggler = 0;
  int cpus = support::usable_cpus();
  int test = 0;
  bool zoom = false;
};

// Equal work for all; or waits, as the documents have them.
Scene make_scene(const Options& options, const std::string& name) {
  Scene scene = {.title = name, .names = {}, .tasks = {}};
  if (name == "three_ops") {
    scene.names = {"API", "timeout", "database"};
    scene.tasks = {{{0.2, 3 * kUnitMs}, {0.2, 0}},
                   {{0.2, 5 * kUnitMs}, {0.2, 0}},
                   {{0.2, 2 * kUnitMs}, {0.2, 0}}};
    return scene;
  }
  const int count = options.delays.empty()
                        ? options.tasks
                        : static_cast<int>(options.delays.size());
  for (int i = 0; i < count; ++i) {
    const double units = options.delays.empty()
                             ? bodies::delay_units(i)
                             : options.delays[static_cast<size_t>(i)];
    const double length =
        units * kUnitMs * (i + 1 == options.straggler ? kStragglers : 1);
    scene.names.push_back(std::string(1, static_cast<char>('A' + i % 26)) +
                          (i < 26 ? "" : std::to_string(i / 26)));
    scene.tasks.push_back(name == "work"
                              ? std::vector<Part>{{6 * kUnitMs, 0}}
                              : std::vector<Part>{{0.2, length}, {0.2, 0}});
  }
  return scene;
}

Scene make_test(const Options& options) {
  Scene scene = {.title = "TEST " + std::to_string(options.test),
                 .names = {},
                 .tasks = {},
                 .test = options.test};
  for (int i = 0; i < options.tasks; ++i) {
    scene.names.push_back(std::to_string(i + 1));
  }
  return scene;
}

std::string caption(const Recorded& run, const Numbers& numbers) {
  std::string cpus;
  for (const int cpu : numbers.cpus) {
    cpus += " " + std::to_string(cpu);
  }
  return run.model + ": " + fixed(numbers.seconds * 1e3, 0) +
         " ms; alive together " + fixed(100 * numbers.lifetimes, 0) +
         " %, on a CPU together " + fixed(100 * numbers.on_cpu, 0) +
         " %, on CPU" + cpus + "; waits " + fixed(numbers.waited_s * 1e3, 0) +
         " ms\n";
}

void show(const Scene& scene, const Options& options,
          support::Verdicts& verdicts) {
  std::vector<Run> runs;
  double longest = 0;
  for (const runners::Model& model : runners::models()) {
    if (std::find(options.models.begin(), options.models.end(), model.name) ==
        options.models.end()) {
      continue;
    }
    const bool takes_workers =
        model.name == "processes" || model.name.starts_with("threads");
    for (const int workers :
         takes_workers ? options.workers : std::vector<int>{0}) {
      Recorded recorded = record(scene, model, workers);
      const Numbers numbers = numbers_of(recorded.slices);
      longest = std::max(longest, numbers.seconds);
      runs.push_back({std::string(model.name), std::move(recorded), numbers});
    }
  }
  constexpr double kWidth = 66;
  for (const Run& run : runs) {
    print(caption(run.recorded, run.numbers) +
          draw_gantt(run.recorded.names, run.recorded.slices,
                     static_cast<int>(kWidth * run.numbers.seconds / longest)) +
          "\n");
  }
  print(scheduler::gantt_legend() + "\n\n");
  judge(scene, runs, options.cpus, options.zoom, verdicts);
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("timeline", [&] {
    const support::InterruptScope interrupts;
    Options options;
    for (const runners::Model& model : runners::models()) {
      options.models.emplace_back(model.name);
    }
    support::Flags flags("timeline",
                         "one scene under several models, to one scale");
    flags.choices("scene", &options.scenes, {"work", "waits", "three_ops"},
                  "what the tasks do");
    flags.number("test", &options.test, 1, 7, "a TEST of the matrix, instead",
                 "a scene");
    flags.choices("model", &options.models, options.models, "who runs them");
    flags.number("tasks", &options.tasks, 1, 64, "how many");
    flags.numbers("delays", &options.delays, 1, 1000,
                  "waits of the tasks in units of 10 ms", "2 to 10");
    flags.number("straggler", &options.straggler, 1, 64,
                 "which task of `waits` takes four times as long", "none");
    flags.numbers("workers", &options.workers, 1, 64,
                  "processes of the pool; for threads a pool as well",
                  "a process for each CPU, a thread for each task");
    flags.number("cpus", &options.cpus, 1, options.cpus, "how many CPUs");
    flags.toggle("zoom", &options.zoom, "do they look parallel, from afar?");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::stay_on_cpus(options.cpus);
    support::Verdicts verdicts;
    if (options.test != 0) {
      show(make_test(options), options, verdicts);
    } else {
      for (const std::string& scene : options.scenes) {
        show(make_scene(options, scene), options, verdicts);
      }
    }
    print(verdicts.text());
    return 0;
  });
}

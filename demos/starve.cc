// demos/starve.cc - one task that does not give way, and all who wait for it.
//
// A task has the CPU until it gives it up. Ten timers become due while a task
// computes: none of them runs before it ends. With a yield now and then they
// hardly notice it. [C-118] [C-121]
//
//   bazel run //demos:starve
//   bazel run //demos:starve -- --clock=real --yield-every=5
//   bazel run //demos:starve -- --silent
//
// Predict the delay of the first timer, due 10.4 ms after a computation of
// 500 ms has begun, and of the last, due 450 ms later. Expected: a row for each
// timer, the report that names the culprit, and last
//   VERDICT C-121 true: ...
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using loop::sleep;
using scheduler::Duration;
using scheduler::seconds;
using support::print;

constexpr int kTimers = 10;

struct Scene {
  explicit Scene(support::Time time) : world(time) {}

  support::DemoLoop world;
  std::vector<Duration> delays = std::vector<Duration>(kTimers);
  uint64_t turns_meanwhile = 0;  // while the task computes
  std::vector<std::string> reports;
};

Duration due_time(int timer) {
  return seconds(0.0104) + timer * seconds(0.05);
}

Coroutine<> wait_for_timer(Scene* scene, int timer) {
  co_await sleep(due_time(timer));
  scene->delays[static_cast<size_t>(timer)] =
      scene->world.now() - due_time(timer);
}

Coroutine<> burn(Scene* scene, Duration total, Duration slice) {
  const uint64_t turn = scene->world.loop().turns();
  for (Duration done{}; done < total; done += slice) {
    scene->world.compute(std::min(slice, total - done));
    if (slice < total) {
      co_await sleep(Duration::zero());
    }
  }
  scene->turns_meanwhile = scene->world.loop().turns() - turn;
}

Coroutine<> all(Scene* scene, Duration total, Duration slice) {
  std::vector<Coroutine<>> tasks;
  for (int timer = 0; timer < kTimers; ++timer) {
    tasks.push_back(wait_for_timer(scene, timer));
  }
  tasks.push_back(burn(scene, total, slice));
  co_await loop::gather(std::move(tasks));
}

void run(Scene& scene, Duration total, Duration slice, bool watched) {
  loop::EventLoop& loop = scene.world.loop();
  loop.set_debug(watched);
  loop.set_exception_handler([&](const loop::Report& report) {
    scene.reports.push_back(report.message);
  });
  loop::run(all(&scene, total, slice), loop);
}

std::string ms(Duration duration) {
  return support::fixed(1000 * scheduler::in_seconds(duration), 1);
}

Duration worst(const Scene& scene) {
  return *std::max_element(scene.delays.begin(), scene.delays.end());
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("starve", [&] {
    support::Time time = support::Time::kVirtual;
    double burn_ms = 500;
    double slice_ms = 1;
    bool silent = false;
    support::Flags flags("starve", "a task that does not give way");
    flags.decimal("burn", &burn_ms, 1, 5000, "ms that a task computes");
    flags.decimal("yield-every", &slice_ms, 0.1, 5000,
                  "ms between the yields of the second run");
    flags.toggle("silent", &silent, "nobody watches for slow callbacks");
    support::add_clock_flag(flags, &time);
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const Duration total = seconds(burn_ms / 1000);
    const Duration slice = seconds(slice_ms / 1000);
    Scene greedy(time);
    run(greedy, total, total, !silent);
    Scene polite(time);
    run(polite, total, slice, !silent);

    support::Table table({"timer due at ms", "delay ms", "with yields"});
    for (int timer = 0; timer < kTimers; ++timer) {
      const auto i = static_cast<size_t>(timer);
      table.add(
          {ms(due_time(timer)), ms(greedy.delays[i]), ms(polite.delays[i])});
    }
    print(table.text() + "\n");
    for (const std::string& report : greedy.reports) {
      print("reported afterwards: " + report + "\n");
    }
    print(support::verdict(
              "C-121",
              (worst(greedy) > worst(polite) ? "true: " : "not shown: ") +
                  ("a computation of " + ms(total) + " ms delayed a timer by " +
                   ms(worst(greedy)) + " ms; with a yield every " + ms(slice) +
                   " ms the worst delay is " + ms(worst(polite)) + " ms")) +
          "\n" +
          support::verdict(
              "C-118",
              (polite.turns_meanwhile == 0   ? "not shown: "
               : greedy.turns_meanwhile == 0 ? "true: "
                                             : "false: ") +
                  ("turns in which the loop could have looked at the task: " +
                   std::to_string(greedy.turns_meanwhile) + ", with yields " +
                   std::to_string(polite.turns_meanwhile) +
                   "; reports that name it, after the fact: " +
                   std::to_string(greedy.reports.size()))) +
          "\n");
    return 0;
  });
}

#include "demos/kitchen_ways.h"

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/metrics.h"
#include "scheduler/cpu_sim/policies.h"

namespace demos {

using namespace scheduler::cpu_sim;
using scheduler::Duration;

namespace {

constexpr int kDishes = 10;
constexpr int kOneKitchen = 0;
constexpr Duration kChop = 2 * kUnit;
constexpr Duration kOven = 10 * kUnit;
constexpr Duration kDress = 1 * kUnit;
// Who takes over the stove, or the only shovel, needs a moment.
constexpr Duration kHandOver = kUnit / 4;

// One job for each dish. `process`: the same for cooks of one kitchen.
Workload dishes(Duration chop, Duration oven, int process) {
  Workload work;
  for (int i = 0; i < kDishes; ++i) {
    const std::vector<Duration> bursts =
        oven > Duration::zero() ? std::vector<Duration>{chop, oven, kDress}
                                : std::vector<Duration>{chop};
    work.push_back({.name = "dish" + std::to_string(i),
                    .bursts = bursts,
                    .process = process});
  }
  return work;
}

// One job that makes dish after dish and stands by while the oven works.
Workload in_a_row(const Workload& work) {
  JobSpec all;
  all.name = "all";
  for (const JobSpec& dish : work) {
    for (size_t i = 0; i < dish.bursts.size(); ++i) {
      if (i == 0 && !all.bursts.empty()) {
        all.bursts.back() += dish.bursts[i];  // two steps at the stove
      } else {
        all.bursts.push_back(dish.bursts[i]);
      }
    }
  }
  return {all};
}

}  // namespace

Outcome run(const Way& way) {
  scheduler::ManualClock clock;
  scheduler::Timeline timeline(clock);
  Knobs knobs;
  knobs.quantum = kUnit;
  Simulator simulator(
      way.work, way.machine, [&] { return make_policy(way.policy, knobs); },
      clock, &timeline);
  simulator.run();
  const Metrics metrics = measure(simulator);
  return {
      timeline.lanes(),
      timeline.slices(),
      metrics.length,
      metrics.waiting * static_cast<double>(way.work.size()),
      simulator.usage().process_switches + simulator.usage().thread_switches,
      metrics.utilisation};
}

std::vector<Way> cooking_ways() {
  const Workload work = dishes(kChop, kOven, kOneKitchen);
  return {
      {"single",
       "one kitchen, one cook, one dish after another",
       in_a_row(work),
       {}},
      {"processes",
       "a kitchen and a cook for each dish",
       dishes(kChop, kOven, -1),
       {.cpus = kDishes}},
      {"threads",
       "a cook for each dish, all at one stove",
       work,
       {.thread_switch = kHandOver},
       "rr"},
      {"async", "one cook for all dishes", work, {}},
  };
}

std::vector<Way> chopping_ways() {
  const Workload work = dishes(3 * kUnit, {}, kOneKitchen);
  return {{"single", "", in_a_row(work), {}}, {"async", "", work, {}}};
}

std::vector<Way> digging_ways(int shovels) {
  constexpr int kOneYard = 0;
  const Duration pool = 12 * kUnit;
  const Duration ditch = 6 * kUnit;
  return {
      {"single",
       "you dig the pool",
       {{.name = "you", .bursts = {pool}}},
       {.cpus = shovels}},
      {"threads",
       "a friend digs in the same pool",
       {{.name = "you", .bursts = {pool / 2}, .process = kOneYard},
        {.name = "friend", .bursts = {pool / 2}, .process = kOneYard}},
       {.cpus = shovels, .thread_switch = kHandOver},
       "rr"},
      {"processes",
       "a friend digs a ditch elsewhere",
       {{.name = "you", .bursts = {pool}},
        {.name = "friend", .bursts = {ditch}}},
       {.cpus = shovels, .process_switch = kHandOver}},
      {"async",
       "others dig the pool, and call when they are done",
       {{.name = "you", .bursts = {kUnit, pool, kUnit}}},
       {.cpus = shovels}},
  };
}

}  // namespace demos

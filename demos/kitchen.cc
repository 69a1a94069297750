// demos/kitchen.cc - cooks, stoves and shovels: what the metaphors come to.
//
// Ten dishes are chopped, stand in an oven and are dressed. A stove is a CPU,
// the oven is a wait, and a scheduler says who stands at the stove. Then a pool
// is dug, where shovels are the CPUs. Nobody has to believe a metaphor: the
// simulated kernel runs it. [C-207] [C-208] [C-209] [C-210] [C-211] [C-212]
// [C-148]
//
//   bazel run //demos:kitchen
//   bazel run //demos:kitchen -- --scene=pool --shovels=1
//   bazel run //demos:kitchen -- --scene=breakfast
//
// Predict: a dish takes 13 minutes, 10 of them in the oven. When are ten of
// them ready in ten kitchens, in one kitchen with ten cooks, with one cook?
// Expected: a chart for each way, a table, and last
//   VERDICT C-211 found: ...
#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "demos/kitchen_breakfast.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/metrics.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos {
namespace {

using namespace scheduler::cpu_sim;
using scheduler::Duration;
using support::plain;
using support::print;

constexpr int kDishes = 10;
constexpr Duration kChop = 2 * kUnit;
constexpr Duration kOven = 10 * kUnit;
constexpr Duration kDress = 1 * kUnit;
// Who takes over the stove, or the only shovel, needs a moment.
constexpr Duration kHandOver = kUnit / 4;

// A metaphor as a program for the simulated kernel.
struct Way {
  std::string model;
  std::string scene;
  Workload work;
  Machine machine;
  std::string policy = "fcfs";
};

struct Outcome {
  double length = 0;  // in minutes
  double waited = 0;  // for a CPU, all jobs together
  uint64_t hand_overs = 0;
  double busy = 0;  // share of the CPUs' time, without hand-overs
};

Outcome run(const Way& way, bool draw = true) {
  scheduler::ManualClock clock;
  scheduler::Timeline timeline(clock);
  Knobs knobs;
  knobs.quantum = kUnit;
  Simulator simulator(
      way.work, way.machine, [&] { return make_policy(way.policy, knobs); },
      clock, &timeline);
  simulator.run();
  if (draw) {
    print(way.model + ": " + way.scene + "\n" +
          draw_gantt(timeline.lanes(), timeline.slices()) + "\n");
  }
  const Metrics metrics = measure(simulator);
  return {
      metrics.length, metrics.waiting * static_cast<double>(way.work.size()),
      simulator.usage().process_switches + simulator.usage().thread_switches,
      metrics.utilisation};
}

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

void cook(support::Verdicts& verdicts) {
  constexpr int kOneKitchen = 0;
  const Workload work = dishes(kChop, kOven, kOneKitchen);
  const Way ways[] = {
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
  const char* const deciders[] = {"nobody", "the system", "the system",
                                  "the cook"};
  support::Table table({"model", "stoves", "done after", "waited for a stove",
                        "hand-overs", "stoves busy %", "who decides"});
  std::vector<Outcome> outcomes;
  for (const Way& way : ways) {
    outcomes.push_back(run(way));
    const Outcome& outcome = outcomes.back();
    table.add({way.model, std::to_string(way.machine.cpus),
               plain(outcome.length), plain(outcome.waited),
               // Of one cook from dish to dish: he stands there already.
               way.policy == "rr" ? std::to_string(outcome.hand_overs) : "0",
               support::fixed(100 * outcome.busy, 0),
               deciders[outcomes.size() - 1]});
  }
  print(
      "# at the stove  - waits for a stove  . in the oven; 1 ms is a minute"
      "\n\n" +
      table.text() + "\n");

  const auto [single, processes, threads, async] =
      std::tuple(outcomes[0], outcomes[1], outcomes[2], outcomes[3]);
  Way alone{"single", "", in_a_row(dishes(3 * kUnit, {}, kOneKitchen)), {}};
  Way together{"async", "", dishes(3 * kUnit, {}, kOneKitchen), {}};
  const double chopping_alone = run(alone, false).length;
  const double chopping = run(together, false).length;
  const auto found = [](bool seen) {
    return std::string(seen ? "found: " : "not shown: ");
  };
  verdicts.add("C-208", found(processes.waited == 0) + "ten dishes in " +
                            plain(processes.length) +
                            " minutes, nobody waited; the ten stoves were "
                            "busy for " +
                            support::fixed(100 * processes.busy, 0) + " %");
  verdicts.add("C-209", found(threads.waited > async.waited) + "done after " +
                            plain(threads.length) + "; the cooks waited " +
                            plain(threads.waited) +
                            " minutes for the only stove and handed it over " +
                            std::to_string(threads.hand_overs) + " times");
  verdicts.add(
      "C-210",
      found(async.length < single.length && chopping == chopping_alone) +
          "done after " + plain(async.length) + " instead of " +
          plain(single.length) + "; with dishes that are only chopped " +
          plain(chopping) + " instead of " + plain(chopping_alone));
  verdicts.add("C-207", found(processes.length < async.length &&
                              async.length < threads.length) +
                            "the table above is the slides' table, measured");
}

// Two shapes of parallel work: the same work cut in two, and two works.
void dig(int most, support::Verdicts& verdicts) {
  constexpr int kOneYard = 0;
  const Duration pool = 12 * kUnit;
  const Duration ditch = 6 * kUnit;
  std::string sentence;
  std::vector<double> cut;    // one pool by two
  std::vector<double> apart;  // pool and ditch
  for (int shovels = 1; shovels <= most; ++shovels) {
    const Way ways[] = {
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
    print("shovels: " + std::to_string(shovels) + "\n\n");
    std::vector<double> lengths;
    for (const Way& way : ways) {
      lengths.push_back(run(way).length);
    }
    cut.push_back(lengths[1]);
    apart.push_back(lengths[2]);
    sentence += (shovels == 1 ? "with 1 shovel: "
                              : "; with " + std::to_string(shovels) + ": ") +
                ("alone " + plain(lengths[0]) + ", two in one pool " +
                 plain(lengths[1]) + ", pool and ditch " + plain(lengths[2]) +
                 ", others " + plain(lengths[3]));
  }
  print("# digs  - waits for a shovel  . others dig; 1 ms is an hour\n\n");
  verdicts.add("C-211", "found: " + sentence +
                            ". The others are workers too: the loop only "
                            "waits for them");
  const auto shovels = [&](const std::vector<double>& lengths) {
    return plain(lengths.front()) + " and " + plain(lengths.back());
  };
  verdicts.add(
      "C-148",
      (most > 1 && cut.back() < cut.front() && apart.back() < apart.front()
           ? "found: "
           : "not shown: ") +
          ("with 1 and with " + std::to_string(most) +
           " shovels the pool cut in two takes " + shovels(cut) +
           ", the two different jobs " + shovels(apart)));
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("kitchen", [&] {
    std::vector<std::string> scenes = {"kitchen", "pool", "breakfast"};
    int shovels = 2;
    support::Flags flags("kitchen", "three metaphors, run by a scheduler");
    flags.choices("scene", &scenes, scenes, "which of them");
    flags.number("shovels", &shovels, 1, 4,
                 "in the yard; each number is tried");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::Verdicts verdicts;
    for (const std::string& scene : scenes) {
      if (scene == "kitchen") {
        cook(verdicts);
      } else if (scene == "pool") {
        dig(shovels, verdicts);
      } else {
        make_breakfast(verdicts);
      }
    }
    print(verdicts.text());
    return 0;
  });
}

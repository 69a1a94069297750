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
#include <string>
#include <tuple>
#include <vector>

#include "demos/kitchen_breakfast.h"
#include "demos/kitchen_ways.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "scheduler/gantt.h"

namespace demos {
namespace {

using support::plain;
using support::print;

// A way that is drawn as it is run.
Outcome show(const Way& way) {
  Outcome outcome = run(way);
  print(way.model + ": " + way.scene + "\n" +
        draw_gantt(outcome.lanes, outcome.slices) + "\n");
  return outcome;
}

void cook(support::Verdicts& verdicts) {
  const char* const deciders[] = {"nobody", "the system", "the system",
                                  "the cook"};
  support::Table table({"model", "stoves", "done after", "waited for a stove",
                        "hand-overs", "stoves busy %", "who decides"});
  std::vector<Outcome> outcomes;
  for (const Way& way : cooking_ways()) {
    outcomes.push_back(show(way));
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
  const std::vector<Way> chopped = chopping_ways();
  const double chopping_alone = run(chopped[0]).length;
  const double chopping = run(chopped[1]).length;
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
  std::string sentence;
  std::vector<double> cut;    // one pool by two
  std::vector<double> apart;  // pool and ditch
  for (int shovels = 1; shovels <= most; ++shovels) {
    print("shovels: " + std::to_string(shovels) + "\n\n");
    std::vector<double> lengths;
    for (const Way& way : digging_ways(shovels)) {
      lengths.push_back(show(way).length);
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

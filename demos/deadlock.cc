// demos/deadlock.cc - two locks in opposite order, and philosophers.
//
// Two threads that take the same two locks crosswise wait for each other for
// ever, in some schedules. All are searched: how many, which is the shortest,
// who waits for whom; and with an order of the locks, none at all. [C-032]
//
//   bazel run //demos:deadlock
//   bazel run //demos:deadlock -- --order=crosswise --philosophers=4
//
// Expected: a schedule in two columns, the cycle, and
//   VERDICT C-032 found: two locks: crosswise 2 of 6 schedules deadlock,
//   ordered 0 of 2 schedules deadlock
#include <string>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/witness.h"

namespace demos {
namespace {

using support::print;

// Searches all schedules, shows the shortest that deadlocks, and gives
// "2 of 6 schedules deadlock".
std::string judge(const std::string& title, const std::string& text) {
  const gil_sim::Program program = gil_sim::assemble(text);
  const gil_sim::Exploration found =
      gil_sim::must_be_counted(gil_sim::explore(program));
  const std::string result = support::whole(found.failing()) + " of " +
                             support::whole(found.schedules()) +
                             " schedules deadlock";
  print(title + ": " + result + "\n");
  if (const auto witness = gil_sim::shortest_witness(program, {})) {
    print(gil_sim::in_columns(program, {}, *witness));
  }
  print("\n");
  return result;
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("deadlock", [&] {
    std::vector<std::string> orders = {"crosswise", "ordered"};
    int philosophers = 3;
    support::Flags flags("deadlock", "every schedule of threads with locks");
    flags.choices("order", &orders, orders, "in which the locks are taken");
    flags.number("philosophers", &philosophers, 2, 5,
                 "how many, each with a fork to the left");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    std::string locks;
    std::string forks;
    for (const std::string& order : orders) {
      const bool crosswise = order == "crosswise";
      const std::string join = locks.empty() ? "" : ", ";
      locks +=
          join + order + " " +
          judge("Two locks, " + order, gil_sim::examples::two_locks(crosswise));
      forks += join + order + " " +
               judge(std::to_string(philosophers) + " philosophers, " + order,
                     gil_sim::examples::philosophers(philosophers, !crosswise));
    }
    print(support::verdict("C-032", "found: two locks: " + locks) + "\n");
    print(support::verdict("C-032", "found: " + std::to_string(philosophers) +
                                        " philosophers: " + forks) +
          "\n");
    return 0;
  });
}

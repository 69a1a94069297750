// demos/preempt.cc - two loops that never give way, with and without a timer.
//
// A and B run the same instructions, byte for byte: a loop without one yield.
// On one kernel thread, with our own stacks and our own scheduler, B starves
// until A has ended - unless a timer takes the CPU away. [C-009] [C-010]
//
//   bazel run //demos:preempt
//   bazel run //demos:preempt -- --mode=preempt --histogram
//   bazel run //demos:preempt -- --mode=preempt --explain
//
// Expected: without the timer one bar behind the other, with it bars that
// alternate and end in `!`, a forced switch; then lines such as
//   VERDICT C-010 found: when A ended B had done 0 steps; with a timer,
//   36100312
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "demos/preempt_closeup.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/green/preemption.h"
#include "scheduler/green/scheduler.h"

namespace demos {
namespace {

using support::print;
using support::verdict;

constexpr int64_t kSteps = 40'000'000;
volatile int64_t steps[2];  // of A and of B
volatile int64_t
    others_when_done[2];  // what B had when A ended, and vice versa

// The body. In a section of its own, for demos/preempt_closeup.h.
[[gnu::section("preempt_body"), gnu::noinline]] void body(int me) {
  volatile uint64_t mixed = 1;
  while (steps[me] < kSteps) {
    mixed = mixed * 6364136223846793005u + 1442695040888963407u;
    steps[me] = steps[me] + 1;
  }
  others_when_done[me] = steps[1 - me];
}

// Runs both bodies; `slice` says whether there is a timer.
void run(Record& record, std::optional<scheduler::Duration> slice) {
  steps[0] = 0;
  steps[1] = 0;
  green::Scheduler kernel;
  kernel.observe(&record);
  record.first = &kernel.spawn("A", [] { body(0); });
  kernel.spawn("B", [] { body(1); });
  std::optional<green::Preemption> timer;
  if (slice) {
    timer.emplace(*slice);
  }
  kernel.run();
  timer.reset();
  print(
      scheduler::draw_gantt(record.timeline.lanes(), record.timeline.slices()) +
      "\n");
}

// Two threads that do yield, without a timer. [C-012]
void run_polite() {
  Record record(steps);
  green::Scheduler kernel;
  kernel.observe(&record);
  int yields = 0;
  for (const char* name : {"A", "B"}) {
    kernel.spawn(name, [&] {
      for (int i = 0; i < 1000; ++i) {
        ++yields;
        green::yield();
      }
    });
  }
  kernel.run();
  print(verdict("C-012", "found: " + std::to_string(yields) + " yields, " +
                             std::to_string(record.own) + " own switches, " +
                             std::to_string(record.forced.size()) + " forced") +
        "\n");
}

void run_without_timer() {
  print("coop: no timer\n");
  Record record(steps);
  run(record, std::nullopt);
  run_polite();
}

void run_with_timer(scheduler::Duration slice, bool with_histogram,
                    bool with_explanation) {
  print("preempt: a tick every " +
        std::to_string(slice / std::chrono::milliseconds(1)) + " ms\n");
  Record record(steps);
  run(record, slice);
  print(verdict(
            "C-009",
            std::string(record.forced.empty() || record.own > 0 ? "not shown: "
                                                                : "found: ") +
                std::to_string(record.forced.size()) + " forced switches, " +
                std::to_string(record.own) + " own; the bodies hold no yield") +
        "\n");
  if (record.forced.size() < 2) {
    print("too few switches to look into: the body was too short\n");
    return;
  }
  if (with_histogram) {
    print(histogram_of(record));
  }
  if (with_explanation) {
    print(explanation_of(record));
  }
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("preempt", [&] {
    std::vector<std::string> modes = {"coop", "preempt"};
    bool with_histogram = false;
    bool with_explanation = false;
    support::Flags flags("preempt", "two loops that never give way");
    flags.choices("mode", &modes, modes, "without a timer, with one");
    flags.toggle("histogram", &with_histogram,
                 "where in the body each switch fell; slices of 1 ms");
    flags.toggle("explain", &with_explanation,
                 "the saved stack and program counters around one switch");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const bool with_timer =
        std::find(modes.begin(), modes.end(), "preempt") != modes.end();
    if ((with_histogram || with_explanation) && !with_timer) {
      std::cerr << "preempt: --histogram and --explain look at forced switches "
                   "and need a timer; accepted: --mode=preempt\n";
      return 2;
    }
    std::optional<int64_t> seen_without;
    for (const std::string& mode : modes) {
      if (mode == "coop") {
        run_without_timer();
        seen_without = others_when_done[0];
      } else {
        run_with_timer(with_histogram ? green::Preemption::kShortestSlice
                                      : green::Preemption::kDefaultSlice,
                       with_histogram, with_explanation);
      }
    }
    if (seen_without && modes.size() == 2) {
      const int64_t seen_with = others_when_done[0];
      print(verdict(
                "C-010",
                std::string(*seen_without == 0 && seen_with > 0 ? "found"
                                                                : "not shown") +
                    ": when A ended B had done " +
                    std::to_string(*seen_without) + " steps; with a timer, " +
                    std::to_string(seen_with)) +
            "\n");
    }
    return 0;
  });
}

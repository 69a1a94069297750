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
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/green/context.h"
#include "scheduler/green/interrupted.h"
#include "scheduler/green/preemption.h"
#include "scheduler/green/scheduler.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace {

namespace green = scheduler::green;
using demos::support::verdict;

constexpr int64_t kSteps = 40'000'000;
volatile int64_t steps[2];  // of A and of B
volatile int64_t
    others_when_done[2];  // what B had when A ended, and vice versa

// The body. In a section of its own, so that addresses in it can be told.
[[gnu::section("preempt_body"), gnu::noinline]] void body(int me) {
  volatile uint64_t mixed = 1;
  while (steps[me] < kSteps) {
    mixed = mixed * 6364136223846793005u + 1442695040888963407u;
    steps[me] = steps[me] + 1;
  }
  others_when_done[me] = steps[1 - me];
}
extern "C" const char __start_preempt_body[];
extern "C" const char __stop_preempt_body[];

std::string place_of(const void* address) {
  const auto* const byte = static_cast<const char*>(address);
  char text[40];
  if (byte >= __start_preempt_body && byte < __stop_preempt_body) {
    std::snprintf(text, sizeof text, "body+0x%02zx",
                  static_cast<size_t>(byte - __start_preempt_body));
  } else {
    std::snprintf(text, sizeof text, "%p", address);
  }
  return text;
}

// A forced switch, written down in the handler that makes it.
struct Forced {
  scheduler::TaskId who;
  green::Interrupted at;
  int64_t steps[2];
};

// The timeline, and what only a pre-emptive kernel can tell.
class Record final : public scheduler::Observer {
 public:
  void created(scheduler::TaskId task, std::string_view name) override {
    timeline.created(task, name);
  }
  void running(scheduler::TaskId task) override { timeline.running(task); }
  void suspended(scheduler::TaskId task, scheduler::Reason reason,
                 scheduler::Decider decider) override {
    timeline.suspended(task, reason, decider);
    if (decider == scheduler::Decider::kTask) {
      ++own;
      return;
    }
    forced.push_back({.who = task,
                      .at = green::Preemption::latest().at,
                      .steps = {steps[0], steps[1]}});
#if defined(__x86_64__)
    if (forced.size() == 2 && first != nullptr) {
      frozen = first->context().saved();  // A, while B runs
      frozen_at = &first->context().saved();
    }
#endif
  }
  void woken(scheduler::TaskId task) override {
    timeline.woken(task);
  }
  void finished(scheduler::TaskId task) override {
    timeline.finished(task);
  }

  scheduler::Timeline timeline{scheduler::SteadyClock::instance()};
  std::vector<Forced> forced;
  int own = 0;
  const green::GreenThread* first = nullptr;
#if defined(__x86_64__)
  green::SavedRegisters frozen = {};
  const void* frozen_at = nullptr;
#endif
};

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
  std::cout << scheduler::draw_gantt(record.timeline.lanes(),
                                     record.timeline.slices())
            << "\n";
}

// Two threads that do yield, without a timer: C-012.
void run_polite() {
  Record record;
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
  std::cout << verdict("C-012",
                       "found: " + std::to_string(yields) + " yields, " +
                           std::to_string(record.own) + " own switches, " +
                           std::to_string(record.forced.size()) + " forced")
            << "\n";
}

void histogram(const Record& record) {
  std::map<std::string, int> by_place;
  int inside = 0;
  for (const Forced& forced : record.forced) {
    const std::string place = place_of(forced.at.program_counter);
    inside += place.starts_with("body") ? 1 : 0;
    ++by_place[place];
  }
  std::cout << "where the switches fell (the next instruction):\n";
  const size_t all = record.forced.size();
  for (const auto& [place, count] : by_place) {
    std::cout << "  " << place << "  "
              << std::string((50 * static_cast<size_t>(count) + all - 1) / all,
                             '*')
              << " " << count << "\n";
  }
  const Forced& first = record.forced.front();
  std::cout << verdict("C-011", "found: " + std::to_string(inside) + " of " +
                                    std::to_string(record.forced.size()) +
                                    " switches inside the body, at " +
                                    std::to_string(by_place.size()) +
                                    " different places; the first after " +
                                    std::to_string(first.steps[0]) +
                                    " steps of A (run again: another number)")
            << "\n";
}

void explain(const Record& record) {
  const Forced& stop = record.forced.front();
  std::cout << "one switch, from A to B\n  1. A is about to execute "
            << place_of(stop.at.program_counter) << ", stack pointer "
            << stop.at.stack_pointer << ", step " << stop.steps[0]
            << "\n  2. tick: the system writes all registers to A's stack and "
               "calls the handler there\n";
#if defined(__x86_64__)
  const auto& saved = record.frozen;
  const auto size = static_cast<const char*>(stop.at.stack_pointer) -
                    static_cast<const char*>(record.frozen_at);
  std::printf(
      "  3. the handler calls the switch, which pushes what a call must keep,\n"
      "     %td bytes further down, at %p:\n"
      "       rbx %#zx  rbp %#zx\n       r12 %#zx  r13 %#zx\n"
      "       r14 %#zx  r15 %#zx\n"
      "       MXCSR %#x  x87 %#x  program counter %#zx\n",
      size, record.frozen_at, saved.rbx, saved.rbp, saved.r12, saved.r13,
      saved.r14, saved.r15, saved.mxcsr, unsigned{saved.x87_control},
      saved.program_counter);
  std::fflush(stdout);
#endif
  const Forced& back = record.forced[1];
  std::cout << "  4. stack pointer := B's; B runs until its own tick, at "
            << place_of(back.at.program_counter)
            << "\n  5. the same backwards: A goes on at "
            << place_of(stop.at.program_counter) << "\n"
            << verdict("C-014",
                       "found: A's place is " +
                           std::to_string(sizeof(green::Context)) +
                           " bytes, a pointer into A's own stack, where all "
                           "else was saved")
            << "\n"
            << verdict("C-228",
                       "found: A was frozen: " +
                           std::to_string(back.steps[0] - stop.steps[0]) +
                           " steps while B did " +
                           std::to_string(back.steps[1] - stop.steps[1]))
            << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> modes = {"coop", "preempt"};
  bool with_histogram = false;
  bool with_explanation = false;
  demos::support::Flags flags("preempt", "two loops that never give way");
  flags.choices("mode", &modes, {"coop", "preempt"},
                "without a timer, with one; both unless given");
  flags.toggle("histogram", &with_histogram,
               "where in the body each switch fell; slices of 1 ms");
  flags.toggle("explain", &with_explanation,
               "the saved stack and program counters around one switch");
  if (const auto code = flags.parse(argc, argv)) {
    return *code;
  }
  std::optional<int64_t> seen_without;
  for (const std::string& mode : modes) {
    Record record;
    std::cout << mode << ": ";
    if (mode == "coop") {
      std::cout << "no timer\n";
      run(record, std::nullopt);
      seen_without = others_when_done[0];
      run_polite();
      continue;
    }
    const auto slice = with_histogram ? green::Preemption::kShortestSlice
                                      : green::Preemption::kDefaultSlice;
    std::cout << "a tick every " << slice / std::chrono::milliseconds(1)
              << " ms\n";
    run(record, slice);
    std::cout << verdict("C-009",
                         "found: " + std::to_string(record.forced.size()) +
                             " forced switches, " + std::to_string(record.own) +
                             " own; the bodies hold no yield")
              << "\n";
    if (record.forced.size() < 2) {
      std::cout << "too few switches to look into: the body was too short\n";
      continue;
    }
    if (with_histogram) {
      histogram(record);
    }
    if (with_explanation) {
      explain(record);
    }
  }
  if (seen_without && modes.size() == 2) {
    std::cout << verdict("C-010", "found: when A ended B had done " +
                                      std::to_string(*seen_without) +
                                      " steps; with a timer, " +
                                      std::to_string(others_when_done[0]))
              << "\n";
  }
}

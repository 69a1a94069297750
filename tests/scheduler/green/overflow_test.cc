// The promises of scheduler/green/overflow.h. Each case ends a process, so each
// runs in a child.
#include "scheduler/green/overflow.h"

#include <signal.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "os/signals.h"
#include "scheduler/green/preemption.h"
#include "scheduler/green/sanitizers.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {
namespace {

// Not a loop in disguise: the array is used after the call.
[[gnu::noinline]] int recurse(int depth) {
  volatile char frame[200];
  frame[depth % 200] = static_cast<char>(depth);
  return depth == 1'000'000'000 ? 0 : recurse(depth + 1) + frame[depth % 200];
}

void run_alone(const char* name, void (*body)()) {
  Scheduler scheduler;
  scheduler.spawn("innocent", [] { yield(); });
  scheduler.spawn(name, body);
  scheduler.run();
}

TEST(OverflowDeathTest, AThreadThatUsesUpItsStackIsReportedByName) {
  EXPECT_EXIT(run_alone("deep", [] { recurse(0); }),
              testing::KilledBySignal(SIGSEGV),
              "stack overflow: green thread deep has used all [0-9]+ KiB");
}

// The frame of a signal needs 3 KiB. Where they are not there the system cannot
// call the handler of the tick; it is an overflow like any other.
TEST(OverflowDeathTest, ATickThatFindsNoRoomForItsFrameIsReportedToo) {
  const auto fill_up_and_spin = [] {
    const auto stack = Scheduler::current().self().stack().usable();
    const char here = 0;
    // All but the last few hundred bytes, as an array of a size unknown before.
    const auto left =
        static_cast<size_t>(&here - reinterpret_cast<char*>(stack.data()));
    auto* const array = static_cast<volatile char*>(
        __builtin_alloca(left - (kSanitized ? 2048 : 1024)));
    for (;;) {
      array[0] = 1;  // until the tick comes
    }
  };
  EXPECT_EXIT(
      {
        const Preemption preemption(Preemption::kShortestSlice);
        run_alone("brimful", fill_up_and_spin);
      },
      testing::KilledBySignal(SIGSEGV), "green thread brimful has used all");
}

// I1
TEST(OverflowDeathTest, AnyOtherFaultGoesToWhoeverHandledItBefore) {
  EXPECT_EXIT(
      {
        const os::ScopedSignalHandler handler(SIGSEGV, [](int) {
          const char text[] = "the one before";
          _exit(write(STDERR_FILENO, text, sizeof text) > 0 ? 7 : 8);
        });
        run_alone("bad", [] {
          auto* const nowhere = reinterpret_cast<volatile char*>(16);
          *nowhere = 1;
        });
      },
      testing::ExitedWithCode(7), "the one before");
}

// I1
TEST(OverflowDeathTest, ASignalThatAProcessSentIsPassedOnAsWell) {
  EXPECT_EXIT(
      {
        const os::ScopedSignalHandler handler(SIGSEGV, [](int) { _exit(7); });
        run_alone("bad", [] { raise(SIGSEGV); });
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace scheduler::green

// scheduler/green/ on bad days: stacks that the system refuses, and a timer.
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/green/channel.h"
#include "scheduler/green/preemption.h"
#include "scheduler/green/scheduler.h"
#include "tests/faults/fault_runs.h"

namespace scheduler::green {
namespace {

using tests::Days;

// stack.h ERRORS
const std::vector<std::string> kStacks = {"mmap(anonymous)",
                                          "mprotect(guard page)"};

// scheduler.h I4
TEST(GreenFaults, ThreadsHandOverEverythingOrTheirStacksAreRefused) {
  Days(kStacks).run(300, [] {
    Scheduler scheduler;
    Channel<int> numbers(2);
    int sum = 0;
    scheduler.spawn("producer", [&] {
      for (int i = 1; i <= 10; ++i) {
        numbers.send(i);
      }
      numbers.close();
    });
    for (int i = 0; i < 3; ++i) {
      scheduler.spawn("consumer", [&] {
        while (const std::optional<int> number = numbers.receive()) {
          sum += *number;
        }
      });
    }
    scheduler.run();
    EXPECT_EQ(sum, 55);
  });
}

TEST(GreenFaults, AStackThatIsRefusedInsideAThreadIsThatThreadsError) {
  Days(kStacks).run(300, [] {
    Scheduler scheduler;
    int done = 0;
    scheduler.spawn("parent", [&] {
      for (int i = 0; i < 5; ++i) {
        Scheduler::current().spawn("child", [&] {
          yield();
          ++done;
        });
        yield();
      }
    });
    scheduler.run();
    EXPECT_EQ(done, 5);
  });
}

volatile bool has_run[2];

// Never yields: the timer alone lets the other one in.
void spin_until_the_other_has(size_t me) {
  has_run[me] = true;
  while (!has_run[1 - me]) {
  }
}

// preemption.h ERRORS
TEST(GreenFaults, TheTimerTicksOrIsRefused) {
  std::vector<std::string> refusable = kStacks;
  refusable.push_back("timer_create");
  Days(refusable).run(150, [] {
    has_run[0] = false;
    has_run[1] = false;
    Scheduler scheduler;
    const Preemption ticks(Preemption::kShortestSlice);
    scheduler.spawn("A", [] { spin_until_the_other_has(0); });
    scheduler.spawn("B", [] { spin_until_the_other_has(1); });
    scheduler.run();
    EXPECT_TRUE(has_run[0] && has_run[1]);
  });
}

}  // namespace
}  // namespace scheduler::green

// The promises of ipc/semaphore.h and ipc/event.h.
#include "ipc/semaphore.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/event.h"
#include "ipc/process.h"
#include "ipc/shared.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"
#include "tests/ipc/interruptions.h"

namespace ipc {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;

// PROC-34
TEST(ProcessSemaphore, CountsAcrossProcesses) {
  const Shared<Semaphore> semaphore(2);
  EXPECT_EQ(ending_of(started([&] { semaphore->acquire(); })), 0);
  EXPECT_EQ(semaphore->value(), 1);
  EXPECT_TRUE(semaphore->try_acquire());
  EXPECT_FALSE(semaphore->try_acquire());
  Process child = started([&] { semaphore->release(2); });
  EXPECT_TRUE(semaphore->acquire());
  EXPECT_TRUE(semaphore->acquire());
  child.join();
  EXPECT_EQ(semaphore->value(), 0);
}

// PROC-34
TEST(ProcessSemaphore, TheBoundedOneRefusesAReleaseTooMany) {
  const Shared<BoundedSemaphore> semaphore(2);
  EXPECT_THROW(semaphore->release(), std::invalid_argument);
  semaphore->acquire();
  EXPECT_THROW(semaphore->release(2), std::invalid_argument);
  semaphore->release();
  EXPECT_EQ(semaphore->value(), 2);
}

TEST(ProcessSemaphore, NonsenseIsRefused) {
  EXPECT_THROW(Semaphore(-1), std::invalid_argument);
  Semaphore semaphore(1);
  EXPECT_THROW(semaphore.release(0), std::invalid_argument);
  EXPECT_THROW(semaphore.release(-1), std::invalid_argument);
}

TEST(ProcessSemaphore, WaitingForALimitedTimeEndsAfterItThroughSignals) {
  const Shared<Semaphore> semaphore(0);
  const Interruptions signals;
  const auto begin = SteadyClock::instance().now();
  EXPECT_FALSE(semaphore->acquire(seconds(0.05)));
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.05));
  EXPECT_GT(signals.count(), 0);
}

// I1
TEST(ProcessSemaphore, NoMoreThanItsPermitsAreInside) {
  struct Room {
    Semaphore semaphore{2};
    std::atomic<int> inside = 0;
    std::atomic<int> entries = 0;
  };
  const Shared<Room> room;
  EXPECT_EQ(run_family(4,
                       [&](int) {
                         for (int i = 0; i < 2000; ++i) {
                           room->semaphore.acquire();
                           if (++room->inside > 2) {
                             _exit(1);
                           }
                           ++room->entries;
                           --room->inside;
                           room->semaphore.release();
                         }
                       }),
            0);
  EXPECT_EQ(room->entries, 8000);
  EXPECT_EQ(room->semaphore.value(), 2);
}

// I2: whoever is killed while it waits takes no wake-up with it. Two wait, one
// is killed at the instant of the release, and the other must get through.
TEST(ProcessSemaphore, AWaiterThatIsKilledHarmsNobody) {
  const Shared<Semaphore> semaphore(0);
  std::mt19937 dice(1);
  for (int round = 0; round < 200; ++round) {
    Process victim = started([&] {
      semaphore->acquire();
      semaphore->release();
    });
    Process other = started([&] { semaphore->acquire(); });
    for (auto spin = dice() % 200'000; spin > 0; --spin) {
      asm volatile("");
    }
    semaphore->release();
    victim.kill();
    victim.join();
    // If it was killed with the permit in its hand, that is lost.
    if (!other.join(seconds(0)) && semaphore->value() == 0) {
      semaphore->release();
    }
    EXPECT_TRUE(other.join(seconds(20))) << round;
    while (semaphore->try_acquire()) {
    }
  }
}

// PROC-35
TEST(ProcessEvent, SettingWakesAllWhoWait) {
  const Shared<Event> event;
  board().reset();
  std::vector<Process> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.push_back(started([&] {
      ++board().entered;
      _exit(event->wait() ? 0 : 1);
    }));
  }
  wait_until([] { return board().entered == 3; });
  event->set();
  for (Process& waiter : waiters) {
    waiter.join();
    EXPECT_EQ(waiter.exitcode(), 0);
  }
  EXPECT_TRUE(event->is_set());
  EXPECT_TRUE(event->wait(seconds(0)));
}

// PROC-35
TEST(ProcessEvent, AWaitThatTimesOutGivesFalse) {
  const Shared<Event> event;
  EXPECT_FALSE(event->wait(seconds(0)));
  const auto begin = SteadyClock::instance().now();
  EXPECT_FALSE(event->wait(seconds(0.02)));
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.02));
  event->set();
  event->clear();
  EXPECT_FALSE(event->is_set());
  EXPECT_FALSE(event->wait(seconds(0)));
}

// I1: every set() is cleared at once, and still nobody misses the last one
// before its time is over.
TEST(ProcessEvent, ASetThatIsClearedAtOnceLetsTheWaitersThrough) {
  const Shared<Event> event;
  board().reset();
  Process waiter = started([&] {
    for (int i = 0; i < 100; ++i) {
      ++board().entered;
      event->wait();
    }
    board().gate_open = true;
  });
  while (!board().gate_open) {
    event->set();
    event->clear();
  }
  waiter.join();
  EXPECT_EQ(waiter.exitcode(), 0);
}

// I2. The flag is up, nobody was woken, and the one who raised it is dead.
TEST(ProcessEvent, ASetterThatIsKilledBeforeItWakesIsMadeGoodByTheNext) {
  const Shared<Event> event;
  Process waiter = started([&] { _exit(event->wait() ? 0 : 1); });
  wait_until([&] {
    const auto status = os::read_status(waiter.pid().value());
    return status && status->state == 'S';
  });
  Process setter = started([&] {
    os::syscalls.futex = [](uint32_t*, int, uint32_t, const timespec*,
                            uint32_t) -> long { return raise(SIGKILL); };
    event->set();
  });
  EXPECT_EQ(ending_of(std::move(setter)), -SIGKILL);
  EXPECT_TRUE(event->is_set());
  event->set();
  EXPECT_TRUE(waiter.join(seconds(10)));
  EXPECT_EQ(waiter.exitcode(), 0);
}

}  // namespace
}  // namespace ipc

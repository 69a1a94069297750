// The promises of gil_sim/semaphore.h.
#include "gil_sim/semaphore.h"

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

// SYNC-37 and I1
TEST(Semaphore, ReleaseAddsAsManyPermitsAsItIsTold) {
  Semaphore semaphore(0);
  EXPECT_FALSE(semaphore.try_acquire());
  semaphore.release(3);
  EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_FALSE(semaphore.acquire(scheduler::seconds(0.001)));
}

// SYNC-37
TEST(Semaphore, ReleasingLessThanOneIsAValueError) {
  Semaphore semaphore;
  EXPECT_THROW(semaphore.release(0), std::invalid_argument);
  EXPECT_THROW(semaphore.release(-1), std::invalid_argument);
  EXPECT_THROW(Semaphore(-1), std::invalid_argument);
}

// SYNC-37
TEST(Semaphore, ReleaseWakesAsManyAsItBringsPermits) {
  Semaphore semaphore(0);
  std::latch through(3);
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 3; ++i) {
    threads.push_back(std::make_unique<Thread>([&] {
      semaphore.acquire();
      through.count_down();
    }));
    threads.back()->start();
  }
  semaphore.release(3);
  through.wait();
}

// SYNC-38
TEST(Semaphore, NeverMoreHoldersThanPermits) {
  Semaphore semaphore(3);
  std::atomic<int> holders{0};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 8; ++i) {
    threads.push_back(std::make_unique<Thread>([&] {
      for (int n = 0; n < 500; ++n) {
        const std::lock_guard held(semaphore);
        EXPECT_LE(++holders, 3);
        --holders;
      }
    }));
    threads.back()->start();
  }
}

TEST(BoundedSemaphore, RefusesToGrowBeyondItsStart) {
  BoundedSemaphore semaphore(2);
  EXPECT_THROW(semaphore.release(), std::invalid_argument);
  semaphore.acquire();
  EXPECT_THROW(semaphore.release(2), std::invalid_argument);
  EXPECT_NO_THROW(semaphore.release());
}

}  // namespace
}  // namespace gil_sim

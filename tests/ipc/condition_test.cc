// The promises of ipc/condition.h and ipc/barrier.h.
#include "ipc/condition.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/barrier.h"
#include "ipc/mutex.h"
#include "ipc/process.h"
#include "ipc/shared.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"

namespace ipc {
namespace {

using scheduler::BrokenBarrierError;
using scheduler::seconds;
using scheduler::SteadyClock;

struct Place {
  Mutex mutex;
  Condition changed;
  int asleep = 0;  // guarded by mutex, as all below
  int awake = 0;
  int stage = 0;
};

// Waits once, and counts itself before and after.
void sleep_once(Place& place) {
  const std::lock_guard held(place.mutex);
  ++place.asleep;
  place.changed.wait(place.mutex);
  ++place.awake;
}

// Until `predicate` is true of the place.
template <class Predicate>
void watch(Place& place, Predicate predicate) {
  wait_until([&] {
    const std::lock_guard held(place.mutex);
    return predicate();
  });
}

// PROC-36
TEST(ProcessCondition, NotifyWakesAsManySleepersAsItSays) {
  const Shared<Place> place;
  std::vector<Process> sleepers;
  for (int i = 0; i < 6; ++i) {
    sleepers.push_back(started([&] { sleep_once(*place); }));
  }
  watch(*place, [&] { return place->asleep == 6; });
  int expected = 0;
  for (const int count : {1, 2, 0}) {
    {
      const std::lock_guard held(place->mutex);
      place->changed.notify(static_cast<uint32_t>(count));
    }
    expected += count;
    watch(*place, [&] { return place->awake == expected; });
  }
  {
    const std::lock_guard held(place->mutex);
    EXPECT_EQ(place->awake, 3);  // nobody too many
    place->changed.notify(100);
  }
  for (Process& sleeper : sleepers) {
    sleeper.join();
  }
  EXPECT_EQ(place->awake, 6);
}

// I3
TEST(ProcessCondition, ANotificationIsForThoseWhoWaitAlready) {
  const Shared<Place> place;
  const std::lock_guard held(place->mutex);
  place->changed.notify_all();
  EXPECT_FALSE(place->changed.wait(place->mutex, seconds(0.01)));
}

// PROC-36
TEST(ProcessCondition, WaitForSeesEachStageOfAnother) {
  const Shared<Place> place;
  Process other = started([&] {
    const std::lock_guard held(place->mutex);
    for (const int stage : {1, 3, 5}) {
      place->changed.wait_for(place->mutex,
                              [&] { return place->stage == stage - 1; });
      place->stage = stage;
      place->changed.notify_all();
    }
  });
  {
    const std::lock_guard held(place->mutex);
    for (const int stage : {2, 4}) {
      EXPECT_TRUE(place->changed.wait_for(
          place->mutex, [&] { return place->stage == stage - 1; }));
      place->stage = stage;
      place->changed.notify_all();
    }
  }
  other.join();
  EXPECT_EQ(other.exitcode(), 0);
  EXPECT_EQ(place->stage, 5);
}

// PROC-36
TEST(ProcessCondition, WaitForGivesUpAfterItsTime) {
  const Shared<Place> place;
  const std::lock_guard held(place->mutex);
  const auto begin = SteadyClock::instance().now();
  EXPECT_FALSE(place->changed.wait_for(
      place->mutex, [] { return false; }, seconds(0.02)));
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.02));
}

TEST(ProcessCondition, WaitingWithoutTheMutexIsAnError) {
  const Shared<Place> place;
  EXPECT_THROW(place->changed.wait(place->mutex), std::runtime_error);
}

// The sleepers are killed while others are notified. Who is left is reached.
TEST(ProcessCondition, KilledSleepersHarmNobody) {
  const Shared<Place> place;
  for (int round = 0; round < 100; ++round) {
    {
      const std::lock_guard held(place->mutex);
      place->asleep = 0;
      place->stage = 0;
    }
    const auto until_stage_one = [&] {
      const std::lock_guard held(place->mutex);
      ++place->asleep;
      place->changed.wait_for(place->mutex, [&] { return place->stage == 1; });
    };
    Process victim = started(until_stage_one);
    Process survivor = started(until_stage_one);
    watch(*place, [&] { return place->asleep == 2; });
    {
      const std::lock_guard held(place->mutex);
      victim.kill();
      place->stage = 1;
      // One for each, and one of them may be dead.
      place->changed.notify(2);
    }
    EXPECT_TRUE(survivor.join(seconds(20))) << round;
    victim.join();
  }
}

// PROC-37
TEST(ProcessBarrier, NobodyGoesOnBeforeAllHaveComeAndEachHasItsIndex) {
  struct Meeting {
    Barrier barrier{3};
    std::atomic<int> come = 0;
    std::array<std::atomic<int>, 3> index_seen = {};
  };
  const Shared<Meeting> meeting;
  EXPECT_EQ(run_family(3,
                       [&](int) {
                         for (int round = 1; round <= 50; ++round) {
                           ++meeting->come;
                           const int index = meeting->barrier.wait();
                           ++meeting->index_seen[static_cast<size_t>(index)];
                           if (meeting->come < 3 * round) {
                             _exit(1);
                           }
                         }
                       }),
            0);
  for (const auto& seen : meeting->index_seen) {
    EXPECT_EQ(seen, 50);
  }
  EXPECT_EQ(meeting->barrier.n_waiting(), 0);
}

// PROC-37
TEST(ProcessBarrier, TheActionRunsOncePerRoundBeforeAnybodyPasses) {
  board().reset();
  const Shared<Barrier> barrier(2, [] { ++board().entered; });
  EXPECT_EQ(run_family(2,
                       [&](int) {
                         for (int round = 1; round <= 20; ++round) {
                           barrier->wait();
                           if (board().entered < round) {
                             _exit(1);
                           }
                         }
                       }),
            0);
  EXPECT_EQ(board().entered, 20);
}

// 0: passed, 3: broken, 4: some other error.
int outcome(Barrier& barrier) {
  try {
    barrier.wait();
    return 0;
  } catch (const BrokenBarrierError&) {
    return 3;
  } catch (...) {
    return 4;
  }
}

// PROC-37
TEST(ProcessBarrier, AbortingBreaksItForAllUntilItIsReset) {
  const Shared<Barrier> barrier(3);
  Process waiter = started([&] { _exit(outcome(*barrier)); });
  wait_until([&] { return barrier->n_waiting() == 1; });
  barrier->abort();
  waiter.join();
  EXPECT_EQ(waiter.exitcode(), 3);
  EXPECT_TRUE(barrier->broken());
  EXPECT_EQ(outcome(*barrier), 3);
  barrier->reset();
  EXPECT_FALSE(barrier->broken());
  EXPECT_EQ(run_family(3, [&](int) { _exit(outcome(*barrier)); }), 0);
}

// PROC-37
TEST(ProcessBarrier, ResettingFailsThoseWhoWaitAndNobodyElse) {
  const Shared<Barrier> barrier(2);
  Process waiter = started([&] { _exit(outcome(*barrier)); });
  wait_until([&] { return barrier->n_waiting() == 1; });
  barrier->reset();
  EXPECT_FALSE(barrier->broken());
  EXPECT_EQ(run_family(2, [&](int) { _exit(outcome(*barrier)); }), 0);
  waiter.join();
  EXPECT_EQ(waiter.exitcode(), 3);
}

// PROC-37
TEST(ProcessBarrier, ATimeOutBreaksItForAll) {
  const Shared<Barrier> barrier(3);
  Process waiter = started([&] { _exit(outcome(*barrier)); });
  wait_until([&] { return barrier->n_waiting() == 1; });
  EXPECT_THROW(barrier->wait(seconds(0.01)), BrokenBarrierError);
  waiter.join();
  EXPECT_EQ(waiter.exitcode(), 3);
}

// PROC-37
TEST(ProcessBarrier, AnActionThatFailsBreaksIt) {
  const Shared<Barrier> barrier(1, [] { throw std::invalid_argument("no"); });
  EXPECT_THROW(barrier->wait(), std::invalid_argument);
  EXPECT_TRUE(barrier->broken());
  EXPECT_THROW(Barrier(0), std::invalid_argument);
}

// I3
TEST(ProcessBarrier, APartyThatDiesInsideBreaksItForTheOthers) {
  const Shared<Barrier> barrier(2, [] { kill(getpid(), SIGKILL); });
  Process waiter = started([&] { _exit(outcome(*barrier)); });
  wait_until([&] { return barrier->n_waiting() == 1; });
  EXPECT_EQ(ending_of(started([&] { barrier->wait(); })), -SIGKILL);
  EXPECT_TRUE(barrier->broken());
  waiter.join();
  EXPECT_EQ(waiter.exitcode(), 3);
}

}  // namespace
}  // namespace ipc

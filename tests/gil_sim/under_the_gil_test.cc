// What waits in gil_sim/ is usable with and without a GIL: the same promises
// under none, under gil_sim/gil.h and under gil_sim/tick_gil.h.
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/barrier.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "gil_sim/queue.h"
#include "gil_sim/semaphore.h"
#include "gil_sim/thread.h"
#include "gil_sim/tick_gil.h"
#include "gil_sim/timer.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "tests/gil_sim/ways_to_wait.h"

namespace gil_sim {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;

// One of the three, under one name. Nobody is asked to drop it: who does, does
// so in order to wait.
enum class Kind { kNone, kInterval, kTicks };

class AnyGil {
 public:
  explicit AnyGil(Kind kind) : kind_(kind) {
    interval_.set_switch_interval(60);
  }

  InterpreterLock& lock() {
    return kind_ == Kind::kNone       ? static_cast<InterpreterLock&>(none_)
           : kind_ == Kind::kInterval ? static_cast<InterpreterLock&>(interval_)
                                      : static_cast<InterpreterLock&>(ticks_);
  }
  bool counts() const { return kind_ != Kind::kNone; }
  int64_t takes() const {
    return interval_.statistics().takes + ticks_.statistics().takes;
  }
  int64_t drops() const {
    return interval_.statistics().drops + ticks_.statistics().drops;
  }

 private:
  const Kind kind_;
  NoGil none_;
  Gil interval_;
  TickGil ticks_;
};

template <class Which>
std::unique_ptr<Wait> make() {
  return std::make_unique<Which>();
}

struct Way {
  const char* name;
  std::unique_ptr<Wait> (*make)();
};
void PrintTo(const Way& way, std::ostream* out) {
  *out << way.name;
}

// All that can be told how long to wait, and to whom no time at all means that
// they may not wait.
const Way kWithTimeout[] = {
    {"Lock", &make<LockWait>},
    {"RLock", &make<RLockWait>},
    {"Condition", &make<ConditionWait>},
    {"Semaphore", &make<SemaphoreWait<Semaphore>>},
    {"BoundedSemaphore", &make<SemaphoreWait<BoundedSemaphore>>},
    {"Event", &make<EventWait>},
    {"Barrier", &make<BarrierWait>},
    {"QueueGet", &make<GetWait>},
    {"QueuePut", &make<PutWait>},
    {"TimerJoin", &make<TimerJoinWait>},
};
const Way kOthers[] = {
    {"QueueJoin", &make<QueueJoinWait>},
};
const auto kKinds = testing::Values(Kind::kNone, Kind::kInterval, Kind::kTicks);

std::string name_of(Kind kind) {
  return kind == Kind::kNone       ? "NoGil"
         : kind == Kind::kInterval ? "Gil"
                                   : "TickGil";
}
std::string name_of_both(
    const testing::TestParamInfo<std::tuple<Kind, Way>>& info) {
  const auto& [kind, way] = info.param;
  return std::string(way.name) + "Under" + name_of(kind);
}

class UnderAnyGil : public testing::TestWithParam<std::tuple<Kind, Way>> {
 protected:
  void TearDown() override {
    EXPECT_EQ(gil.takes(), gil.drops()) << "somebody still holds the GIL";
  }

  AnyGil gil{std::get<0>(GetParam())};
  const std::unique_ptr<Wait> wait = std::get<1>(GetParam()).make();
};
class UnderAnyGilInTime : public UnderAnyGil {};

// Until the only other thread has let go of it. One that forgets would keep it
// for ever, and nobody could end its wait.
void until_dropped(const AnyGil& gil) {
  const auto end = SteadyClock::instance().now() + seconds(20);
  while (gil.counts() && gil.drops() == 0) {
    if (SteadyClock::instance().now() > end) {
      std::fputs("who waits has kept the GIL\n", stderr);
      std::abort();
    }
  }
}

TEST_P(UnderAnyGil, WhoWaitsLetsAnotherRunThatEndsTheWait) {
  bool freed = false;  // guarded by the GIL, or by what is waited for
  Thread waiter([&] {
    const WithGil held(gil.lock());
    EXPECT_TRUE(wait->wait(std::nullopt));
    EXPECT_TRUE(freed);
    EXPECT_EQ(InterpreterLock::held(), &gil.lock());
  });
  waiter.start();
  until_dropped(gil);
  {
    const WithGil held(gil.lock());
    freed = true;
    wait->free();
    EXPECT_EQ(InterpreterLock::held(), &gil.lock());
  }
  waiter.join();
}

TEST_P(UnderAnyGilInTime, WhoHasWaitedInVainHoldsTheGilAgain) {
  Thread waiter([&] {
    const WithGil held(gil.lock());
    EXPECT_FALSE(wait->wait(seconds(0.001)));
    EXPECT_EQ(InterpreterLock::held(), &gil.lock());
    if (gil.counts()) {
      EXPECT_GE(gil.drops(), 1);  // let go meanwhile
      EXPECT_EQ(gil.takes(), gil.drops() + 1);
    }
  });
  waiter.start();
  waiter.join();
}

TEST_P(UnderAnyGilInTime, WhoMayNotWaitIsRefusedAndKeepsTheGil) {
  Thread waiter([&] {
    const WithGil held(gil.lock());
    EXPECT_FALSE(wait->wait(seconds(0)));
    EXPECT_EQ(InterpreterLock::held(), &gil.lock());
    EXPECT_EQ(gil.drops(), 0);
  });
  waiter.start();
  waiter.join();
}

INSTANTIATE_TEST_SUITE_P(Timed, UnderAnyGil,
                         testing::Combine(kKinds,
                                          testing::ValuesIn(kWithTimeout)),
                         &name_of_both);
INSTANTIATE_TEST_SUITE_P(Untimed, UnderAnyGil,
                         testing::Combine(kKinds, testing::ValuesIn(kOthers)),
                         &name_of_both);
INSTANTIATE_TEST_SUITE_P(Timed, UnderAnyGilInTime,
                         testing::Combine(kKinds,
                                          testing::ValuesIn(kWithTimeout)),
                         &name_of_both);

class ProgramUnderAnyGil : public testing::TestWithParam<Kind> {
 protected:
  void TearDown() override {
    EXPECT_EQ(gil.takes(), gil.drops()) << "somebody still holds the GIL";
  }

  AnyGil gil{GetParam()};
};

// Its thread has no lock but what the function takes, and gets it while the
// other one waits for the end.
TEST_P(ProgramUnderAnyGil, ATimersFunctionRunsWhileItsJoinerWaits) {
  bool ran = false;
  const WithGil held(gil.lock());
  Timer timer(seconds(0.001), [&] {
    const WithGil inner(gil.lock());
    ran = true;
  });
  timer.start();
  timer.join();
  EXPECT_TRUE(ran);
  EXPECT_EQ(InterpreterLock::held(), &gil.lock());
}

// Everybody waits for everybody, in small room.
TEST_P(ProgramUnderAnyGil, ProducersAndConsumersGetEverythingAcross) {
  constexpr int kItems = 200;
  Queue<int> queue(2);
  Semaphore at_work(1);
  Barrier all(4);
  std::atomic<int> sum{0};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 4; ++i) {
    threads.push_back(std::make_unique<Thread>([&, produces = i % 2 == 0] {
      const WithGil held(gil.lock());
      all.wait();
      for (int n = 1; n <= kItems; ++n) {
        if (produces) {
          queue.put(n);
        } else {
          const int item = queue.get();
          const std::lock_guard alone(at_work);
          gil.lock().check_eval_breaker();
          sum = sum + item;
          queue.task_done();
        }
      }
      queue.join();
    }));
    threads.back()->start();
  }
  threads.clear();
  EXPECT_EQ(sum, 2 * kItems * (kItems + 1) / 2);
}

INSTANTIATE_TEST_SUITE_P(All, ProgramUnderAnyGil, kKinds, [](const auto& kind) {
  return "Under" + name_of(kind.param);
});

}  // namespace
}  // namespace gil_sim

// The promises of loop/sync/barrier.h, in the order of Python 3.11.
#include "loop/sync/barrier.h"

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"
#include "tests/loop/worlds.h"

namespace loop::sync {
namespace {

using scheduler::BrokenBarrierError;
using scheduler::CancelledError;
using tests::Log;
using tests::ticks;
using tests::turns;

Coroutine<> pass(Log* log, Barrier* barrier, std::string name) {
  try {
    const int index = co_await barrier->wait();
    log->push_back(name + std::to_string(index));
  } catch (const BrokenBarrierError&) {
    log->push_back(name + " broken");
  } catch (const CancelledError&) {
    log->push_back(name + " cancelled");
    throw;
  }
}

std::vector<Task<void>> send(Log* log, Barrier* barrier,
                             std::initializer_list<const char*> names) {
  std::vector<Task<void>> tasks;
  for (const char* const name : names) {
    tasks.push_back(create_task(pass(log, barrier, name)));
  }
  return tasks;
}

std::string describe(const Barrier& barrier) {
  return std::to_string(barrier.n_waiting()) + " wait" +
         (barrier.broken() ? ", broken" : "");
}

class CoroutineBarrier : public tests::EveryOrder {
 protected:
  Barrier two_{2};
  Barrier three_{3};
};
INSTANTIATE_TEST_SUITE_P(Pollers, CoroutineBarrier, tests::kEveryKind,
                         tests::name_of);

// SYNC-18 SYNC-19
TEST_P(CoroutineBarrier, TheLastOneReleasesAllAndNobodyPassesBefore) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto two_of_three = send(log, barrier, {"A", "B"});
    const auto end = create_task(ticks(log, 8));
    co_await turns(3);
    log->push_back(describe(*barrier));
    const auto third = send(log, barrier, {"C"});
    co_await end;
    log->push_back(describe(*barrier));
  };
  run(body(&log_, &three_));
  EXPECT_EQ(log_, (Log{"|", "|", "|", "2 wait", "|", "C2", "|", "A0", "B1", "|",
                       "|", "|", "0 wait"}));
}

Coroutine<> pass_twice(Log* log, Barrier* barrier, std::string name) {
  co_await pass(log, barrier, name + " 1: ");
  co_await pass(log, barrier, name + " 2: ");
}

// SYNC-20
TEST_P(CoroutineBarrier, ServesAnyNumberOfRounds) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto a = create_task(pass_twice(log, barrier, "A"));
    const auto b = create_task(pass_twice(log, barrier, "B"));
    co_await create_task(ticks(log, 8));
    log->push_back(describe(*barrier));
  };
  run(body(&log_, &two_));
  EXPECT_EQ(log_, (Log{"B 1: 1", "|", "A 1: 0", "|", "B 2: 1", "|", "A 2: 0",
                       "|", "|", "|", "|", "|", "0 wait"}));
}

// SYNC-20
TEST_P(CoroutineBarrier, WhoComesWhileARoundDrainsWaitsForTheNext) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto five = send(log, barrier, {"A", "B", "C", "D", "E"});
    const auto end = create_task(ticks(log, 8));
    co_await turns(5);
    log->push_back(describe(*barrier));
    const auto sixth = send(log, barrier, {"F"});
    co_await end;
  };
  run(body(&log_, &two_));
  EXPECT_EQ(log_, (Log{"B1", "|", "A0", "|", "D1", "|", "C0", "|", "|",
                       "1 wait", "|", "F1", "|", "E0", "|"}));
}

// SYNC-21
TEST_P(CoroutineBarrier, AbortFailsThoseWhoWaitAndComeUntilItIsReset) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto present = send(log, barrier, {"A", "B"});
    const auto end = create_task(ticks(log, 12));
    co_await turns(3);
    log->push_back("abort");
    co_await barrier->abort();
    co_await turns(2);
    co_await pass(log, barrier, "C");
    log->push_back(describe(*barrier));
    co_await barrier->reset();
    log->push_back(describe(*barrier));
    const auto next = send(log, barrier, {"D", "E", "F"});
    co_await end;
  };
  run(body(&log_, &three_));
  EXPECT_EQ(log_,
            (Log{"|",        "|",        "|",  "abort",    "|",
                 "A broken", "B broken", "|",  "C broken", "0 wait, broken",
                 "0 wait",   "|",        "F2", "|",        "D0",
                 "E1",       "|",        "|",  "|",        "|",
                 "|"}));
}

// SYNC-21
TEST_P(CoroutineBarrier, ResetFailsThoseWhoWaitAndThenItWorksAgain) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto present = send(log, barrier, {"A", "B"});
    const auto end = create_task(ticks(log, 8));
    co_await turns(3);
    log->push_back("reset");
    co_await barrier->reset();
    const auto next = send(log, barrier, {"C", "D", "E"});
    co_await end;
    log->push_back(describe(*barrier));
  };
  run(body(&log_, &three_));
  EXPECT_EQ(log_, (Log{"|", "|", "|", "reset", "|", "A broken", "B broken",
                       "E2", "|", "C0", "D1", "|", "|", "|", "0 wait"}));
}

// As in Python; a thread barrier would let them through.
TEST_P(CoroutineBarrier, ResetFailsThoseWhoHaveNotYetGoneThrough) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto present = send(log, barrier, {"A", "B"});
    const auto end = create_task(ticks(log, 6));
    co_await turns(2);
    const auto last = send(log, barrier, {"C"});
    co_await turns(1);
    co_await barrier->reset();
    log->push_back("was reset");
    co_await end;
    log->push_back(describe(*barrier));
  };
  run(body(&log_, &three_));
  EXPECT_EQ(log_, (Log{"|", "|", "|", "C2", "was reset", "|", "A broken",
                       "B broken", "|", "|", "0 wait"}));
}

TEST_P(CoroutineBarrier, APartyCancelledWhileItWaitsIsNotCountedAnyMore) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto a = send(log, barrier, {"A"});
    const auto end = create_task(ticks(log, 8));
    co_await turns(3);
    a[0].cancel();
    log->push_back("cancel A");
    co_await turns(2);
    log->push_back(describe(*barrier));
    const auto others = send(log, barrier, {"B", "C"});
    co_await end;
  };
  run(body(&log_, &two_));
  EXPECT_EQ(log_, (Log{"|", "|", "|", "cancel A", "|", "A cancelled", "|",
                       "0 wait", "|", "C1", "|", "B0", "|"}));
}

TEST_P(CoroutineBarrier, APartyCancelledOnItsWayThroughHoldsNobodyUp) {
  constexpr auto body = [](Log* log, Barrier* barrier) -> Coroutine<> {
    const auto ab = send(log, barrier, {"A", "B"});
    const auto end = create_task(ticks(log, 9));
    co_await turns(2);
    const auto c = send(log, barrier, {"C"});
    co_await turns(1);
    ab[0].cancel();
    log->push_back("cancel A");
    co_await turns(3);
    log->push_back(describe(*barrier));
    const auto next = send(log, barrier, {"D", "E", "F"});
    co_await end;
  };
  run(body(&log_, &three_));
  EXPECT_EQ(log_,
            (Log{"|", "|", "|", "C2", "cancel A", "|", "A cancelled", "B1", "|",
                 "|", "0 wait", "|", "F2", "|", "D0", "E1", "|"}));
}

TEST_P(CoroutineBarrier, OneForOnePartyNeverSuspends) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    const auto others = create_task(ticks(log, 1));
    Barrier one(1);
    EXPECT_EQ(one.parties(), 1);
    EXPECT_EQ(co_await one.wait(), 0);
    EXPECT_EQ(co_await one.wait(), 0);
    EXPECT_EQ(*log, Log());
  };
  run(body(&log_));
}

TEST_P(CoroutineBarrier, ForNobodyIsAValueError) {
  EXPECT_THROW(Barrier(0), std::invalid_argument);
}

}  // namespace
}  // namespace loop::sync

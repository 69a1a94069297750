// The promises of gil_sim/main_thread_work.h.
#include "gil_sim/main_thread_work.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <latch>
#include <stdexcept>
#include <string>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

// GIL-17
TEST(MainThreadWork, AHandlerRunsAtACheckPointAndNotInsideAnInstruction) {
  Gil gil;
  std::vector<std::string> log;
  const auto scope = gil.main_thread_work().on_signal(
      SIGUSR1, [&] { log.push_back("handler"); });
  const WithGil held(gil);
  std::raise(SIGUSR1);
  log.push_back("instruction goes on");
  gil.check_eval_breaker();
  log.push_back("next instruction");
  EXPECT_EQ(log, (std::vector<std::string>{"instruction goes on", "handler",
                                           "next instruction"}));
}

// GIL-17 and I1
TEST(MainThreadWork, AHandlerRunsInTheMainThreadWhoeverGotTheSignal) {
  Gil gil;
  std::vector<ThreadHandle> ran_in;
  const auto scope = gil.main_thread_work().on_signal(
      SIGUSR1, [&] { ran_in.push_back(current_thread()); });
  Thread other([&] {
    const WithGil held(gil);
    std::raise(SIGUSR1);  // delivered to this very thread
    gil.check_eval_breaker();
    EXPECT_TRUE(ran_in.empty());
  });
  other.start();
  other.join();
  const WithGil held(gil);
  gil.check_eval_breaker();
  EXPECT_EQ(ran_in, std::vector{main_thread()});
}

// I2
TEST(MainThreadWork, WorkSurvivesHandOversToOtherThreads) {
  for (const bool with_gil : {true, false}) {
    Gil gil;
    NoGil none;
    InterpreterLock& lock =
        with_gil ? static_cast<InterpreterLock&>(gil) : none;
    int calls = 0;
    EXPECT_TRUE(lock.main_thread_work().add_call([&] { ++calls; }));
    for (int i = 0; i < 3; ++i) {
      Thread other([&] {
        const WithGil held(lock);
        lock.check_eval_breaker();
      });
      other.start();
      other.join();
    }
    EXPECT_EQ(calls, 0);
    const WithGil held(lock);
    lock.check_eval_breaker();
    EXPECT_EQ(calls, 1);
  }
}

TEST(MainThreadWork, ASignalThatCameTooLateForItsScopeIsForgotten) {
  Gil gil;
  int handled = 0;
  const WithGil held(gil);
  {
    const auto scope =
        gil.main_thread_work().on_signal(SIGUSR1, [&] { ++handled; });
    std::raise(SIGUSR1);
  }
  gil.check_eval_breaker();
  EXPECT_EQ(handled, 0);
}

TEST(MainThreadWork, AnInnerScopeGivesTheSignalBackToTheOuter) {
  Gil gil;
  std::vector<std::string> log;
  const WithGil held(gil);
  const auto raise_and_check = [&] {
    std::raise(SIGUSR1);
    gil.check_eval_breaker();
  };
  const auto outer = gil.main_thread_work().on_signal(
      SIGUSR1, [&] { log.push_back("outer"); });
  {
    const auto inner = gil.main_thread_work().on_signal(
        SIGUSR1, [&] { log.push_back("inner"); });
    raise_and_check();
  }
  raise_and_check();
  {
    Gil another;
    const auto inner = another.main_thread_work().on_signal(
        SIGUSR1, [&] { log.push_back("another's"); });
  }
  raise_and_check();
  EXPECT_EQ(log, (std::vector<std::string>{"inner", "outer", "outer"}));
}

// GIL-18 and I1
TEST(MainThreadWork, PendingCallsRunInOrderInTheMainThread) {
  Gil gil;
  std::vector<int> log;
  Thread other([&] {
    const WithGil held(gil);
    for (int i = 0; i < 5; ++i) {
      gil.main_thread_work().add_call([&, i] {
        EXPECT_EQ(current_thread(), main_thread());
        log.push_back(i);
      });
      gil.check_eval_breaker();
    }
  });
  other.start();
  other.join();
  EXPECT_TRUE(log.empty());
  const WithGil held(gil);
  gil.check_eval_breaker();
  EXPECT_EQ(log, (std::vector{0, 1, 2, 3, 4}));
}

// GIL-18 and I3
TEST(MainThreadWork, TheRingHolds31CallsAndRefusesOneMore) {
  Gil gil;
  int calls = 0;
  for (int round = 0; round < 2; ++round) {  // the second wraps around
    for (int i = 0; i < 31; ++i) {
      EXPECT_TRUE(gil.main_thread_work().add_call([&] { ++calls; }));
    }
    EXPECT_FALSE(gil.main_thread_work().add_call([&] { ++calls; }));
    const WithGil held(gil);
    gil.check_eval_breaker();
  }
  EXPECT_EQ(calls, 62);
}

// GIL-20
TEST(MainThreadWork, AForkedChildMayAddCallsThoughAnotherThreadWasAddingOne) {
  Gil gil;
  std::atomic<bool> stop{false};
  Thread adding([&] {
    while (!stop) {
      gil.main_thread_work().add_call([] {});
    }
  });
  adding.start();
  const WithGil held(gil);
  for (int i = 0; i < 20; ++i) {
    gil.check_eval_breaker();  // makes room
    const pid_t child = fork();
    EXPECT_NE(child, -1);
    if (child == 0) {
      alarm(20);  // rather than wait for ever
      gil.after_fork_in_child();
      int calls = 0;
      gil.check_eval_breaker();
      gil.main_thread_work().add_call([&] { ++calls; });
      gil.check_eval_breaker();
      _exit(calls);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 1);
  }
  stop = true;
}

// GIL-20. The main thread stands in a call at the fork and does not come along.
TEST(MainThreadWork, AChildForkedBesideAnUnfinishedCallRunsCallsOfItsOwn) {
  Gil gil;
  std::latch inside(1);
  int status = -1;
  Thread forking([&] {
    inside.wait();
    const WithGil held(gil);
    const pid_t child = fork();
    if (child == 0) {
      gil.after_fork_in_child();
      int calls = 0;
      gil.main_thread_work().add_call([&] { ++calls; });
      gil.check_eval_breaker();
      _exit(calls);
    }
    EXPECT_EQ(waitpid(child, &status, 0), child);
  });
  forking.start();
  gil.main_thread_work().add_call([&] {
    inside.count_down();
    forking.join();  // lets go of the lock meanwhile
  });
  const WithGil held(gil);
  gil.check_eval_breaker();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST(MainThreadWork, AnErrorLeavesTheRestForTheNextCheckPoint) {
  Gil gil;
  int calls = 0;
  gil.main_thread_work().add_call([] { throw std::runtime_error("boom"); });
  gil.main_thread_work().add_call([&] { ++calls; });
  const WithGil held(gil);
  EXPECT_THROW(gil.check_eval_breaker(), std::runtime_error);
  EXPECT_EQ(calls, 0);
  gil.check_eval_breaker();
  EXPECT_EQ(calls, 1);
}

TEST(MainThreadWork, ACallMayHaveCheckPointsAndAddCalls) {
  Gil gil;
  std::vector<std::string> log;
  gil.main_thread_work().add_call([&] {
    log.push_back("first begins");
    gil.main_thread_work().add_call([&] { log.push_back("second"); });
    gil.check_eval_breaker();
    log.push_back("first ends");
  });
  const WithGil held(gil);
  gil.check_eval_breaker();
  EXPECT_EQ(log,
            (std::vector<std::string>{"first begins", "first ends", "second"}));
}

// GIL-18 and I2. The check point inside each call lowers what the call has
// just raised.
TEST(MainThreadWork, AHundredCallsThatAddThemselvesAllRun) {
  Gil gil;
  int calls = 0;
  const std::function<void()> again = [&] {
    if (++calls < 100) {
      gil.main_thread_work().add_call(again);
    }
    gil.check_eval_breaker();
  };
  gil.main_thread_work().add_call(again);
  const WithGil held(gil);
  gil.check_eval_breaker();
  EXPECT_EQ(calls, 32);  // a round, and the program goes on
  for (int i = 0; i < 3; ++i) {
    gil.check_eval_breaker();
  }
  EXPECT_EQ(calls, 100);
}

}  // namespace
}  // namespace gil_sim

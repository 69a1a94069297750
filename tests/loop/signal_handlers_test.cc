// The promises of loop/signal_handlers.h, over every poller that waits in real
// time.
#include "loop/signal_handlers.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/signals.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::Log;
using tests::ms;
using tests::Reports;

class Signals : public tests::EveryWorld {
 protected:
  auto write(std::string word) {
    return [this, word] { log.push_back(word); };
  }
  Log log;
};
INSTANTIATE_TEST_SUITE_P(Pollers, Signals, tests::kRealKinds, tests::name_of);

// LOOP-36, I1
TEST_P(Signals, ACallbackRunsInALaterTurnNeverInsideOtherCode) {
  loop.add_signal_handler(SIGUSR1, [&] {
    log.push_back("usr1");
    loop.stop();
  });
  loop.call_soon([&] {
    raise(SIGUSR1);
    log.push_back("after kill");
    loop.call_soon(write("next turn"));
  });
  loop.call_soon(write("behind it"));
  loop.run_forever();
  EXPECT_EQ(log, (Log{"after kill", "behind it", "next turn", "usr1"}));
}

TEST_P(Signals, WakeALoopThatSleeps) {
  loop.add_signal_handler(SIGUSR1, [&] { loop.stop(); });
  std::thread other([] { kill(getpid(), SIGUSR1); });
  loop.run_forever();  // hangs if it is not woken
  other.join();
}

TEST_P(Signals, AreHeardWhileTheLoopIsBusyAndWatchesNothing) {
  bool heard = false;
  loop.add_signal_handler(SIGUSR1, [&] {
    heard = true;
    loop.stop();
  });
  int turns = 0;
  struct Chain {
    static void go(EventLoop* loop, int* turns) {
      if (++*turns == 5) {
        raise(SIGUSR1);
      }
      if (*turns < 1000) {
        loop->call_soon(&go, loop, turns);
      } else {
        loop->stop();
      }
    }
  };
  loop.call_soon(&Chain::go, &loop, &turns);
  loop.run_forever();
  EXPECT_TRUE(heard);
  EXPECT_LT(turns, 10);
}

// LOOP-37
TEST_P(Signals, ASecondCallbackReplacesTheFirst) {
  loop.add_signal_handler(SIGUSR1, write("first"));
  const std::string argument = "second";
  loop.add_signal_handler(SIGUSR1, [&, argument] {
    log.push_back(argument);
    loop.stop();
  });
  raise(SIGUSR1);
  loop.run_forever();
  EXPECT_EQ(log, Log{"second"});
}

// LOOP-38, I4
TEST_P(Signals, RemovingRestoresTheDispositionAndTellsWhetherThereWasOne) {
  EXPECT_FALSE(loop.remove_signal_handler(SIGUSR1));
  loop.add_signal_handler(SIGUSR1, [] {});
  EXPECT_FALSE(os::has_default_disposition(SIGUSR1));
  EXPECT_TRUE(loop.remove_signal_handler(SIGUSR1));
  EXPECT_FALSE(loop.remove_signal_handler(SIGUSR1));
  EXPECT_TRUE(os::has_default_disposition(SIGUSR1));
  const os::ScopedSignalHandler ignored(SIGUSR2, SIG_IGN);
  loop.add_signal_handler(SIGUSR2, [] {});
  loop.remove_signal_handler(SIGUSR2);
  raise(SIGUSR2);  // would end the test
}

// LOOP-39
TEST_P(Signals, RefusesWhatCannotBeCaughtAndOtherThreads) {
  EXPECT_THROW(loop.add_signal_handler(SIGKILL, [] {}), std::runtime_error);
  EXPECT_THROW(loop.add_signal_handler(SIGSTOP, [] {}), std::runtime_error);
  // The C library keeps it for its threads.
  EXPECT_THROW(loop.add_signal_handler(32, [] {}), std::runtime_error);
  EXPECT_THROW(loop.add_signal_handler(0, [] {}), std::invalid_argument);
  EXPECT_THROW(loop.add_signal_handler(NSIG, [] {}), std::invalid_argument);
  EXPECT_THROW(loop.add_signal_handler(-1, [] {}), std::invalid_argument);
  std::thread([&] {
    EXPECT_THROW(loop.add_signal_handler(SIGUSR1, [] {}), std::runtime_error);
  }).join();
  EXPECT_TRUE(os::has_default_disposition(SIGUSR1));
}

TEST_P(Signals, ASecondLoopCannotTakeThemFromTheFirst) {
  loop.add_signal_handler(SIGUSR1, [] {});
  EventLoop other;
  EXPECT_THROW(other.add_signal_handler(SIGUSR1, [] {}), std::runtime_error);
  loop.remove_signal_handler(SIGUSR1);
  other.add_signal_handler(SIGUSR1, [] {});
}

// LOOP-40
TEST_P(Signals, ClosingTheLoopRemovesAllHandlers) {
  loop.add_signal_handler(SIGUSR1, [] {});
  loop.add_signal_handler(SIGUSR2, [] {});
  loop.close();
  EXPECT_TRUE(os::has_default_disposition(SIGUSR1));
  EXPECT_TRUE(os::has_default_disposition(SIGUSR2));
}

TEST_P(Signals, WhatACallbackThrowsIsReportedAndTheNextSignalIsHeard) {
  const Reports reports;
  int calls = 0;
  loop.add_signal_handler(SIGUSR1, [&] {
    if (++calls == 1) {
      raise(SIGUSR1);
      throw std::runtime_error("boom");
    }
    loop.stop();
  });
  raise(SIGUSR1);
  loop.run_forever();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(reports.messages,
            Log{"a callback failed: std::runtime_error: boom"});
}

// I2
TEST_P(Signals, EqualOnesBeforeTheirTurnAreOneCall) {
  loop.add_signal_handler(SIGUSR1, write("usr1"));
  for (int i = 0; i < 1000; ++i) {
    raise(SIGUSR1);
  }
  loop.add_signal_handler(SIGUSR2, [&] { loop.stop(); });
  raise(SIGUSR2);
  loop.run_forever();
  EXPECT_EQ(log, Log{"usr1"});
}

// Signals from another thread in a dense stream, while the loop works and
// handlers come and go: none of it may crash, hang, or be lost at the end. [I3]
TEST_P(Signals, SurviveAStorm) {
  const os::ScopedSignalHandler otherwise(SIGUSR1, SIG_IGN);
  std::atomic<bool> storm = true;
  std::thread sender([&] {
    while (storm) {
      kill(getpid(), SIGUSR1);
    }
  });
  int heard = 0;
  for (int round = 0; round < 100; ++round) {
    loop.add_signal_handler(SIGUSR1, [&] {
      ++heard;
      loop.stop();
    });
    loop.run_forever();
    loop.remove_signal_handler(SIGUSR1);
  }
  storm = false;
  sender.join();
  EXPECT_GE(heard, 100);
}

Coroutine<> sleep_long(Log* log) {
  log->push_back("main");
  try {
    co_await sleep(scheduler::seconds(1000));
  } catch (const scheduler::CancelledError&) {
    log->push_back("main cancelled");
    throw;
  }
}

// LOOP-18
TEST_P(Signals, CtrlCCancelsTheMainTaskAndRunThrowsKeyboardInterrupt) {
  loop.call_soon([] { raise(SIGINT); });
  EXPECT_THROW(run(sleep_long(&log), loop), scheduler::KeyboardInterrupt);
  EXPECT_EQ(log, (Log{"main", "main cancelled"}));
  EXPECT_TRUE(os::has_default_disposition(SIGINT));
}

Coroutine<int> swallow() {
  try {
    co_await sleep(scheduler::seconds(1000));
  } catch (const scheduler::CancelledError&) {
  }
  co_return 7;
}

// LOOP-18
TEST_P(Signals, CtrlCThatTheMainTaskSwallowsIsNoInterrupt) {
  loop.call_soon([] { raise(SIGINT); });
  EXPECT_EQ(run(swallow(), loop), 7);
}

Coroutine<> cancel_oneself() {
  current_task()->cancel();
  co_await sleep(ms(0));
}

TEST_P(Signals, ACancellationWithoutCtrlCIsNoInterrupt) {
  EXPECT_THROW(run(cancel_oneself(), loop), scheduler::CancelledError);
}

Coroutine<> nothing() {
  co_return;
}

TEST_P(Signals, CtrlCIsLeftAloneWhereSomebodyHandlesOrIgnoresIt) {
  const os::ScopedSignalHandler ignored(SIGINT, SIG_IGN);
  loop.call_soon([] { raise(SIGINT); });
  run(nothing(), loop);
}

Coroutine<> hold_the_loop() {
  for (;;) {
    raise(SIGINT);  // the first; and the second, for which nobody waits
  }
  co_return;
}

// LOOP-18. What Python throws into the code that runs, ends the process here.
TEST_P(Signals, ASecondCtrlCBreaksInAtOnce) {
  const pid_t child = os::check(os::syscalls.fork(), "fork");
  if (child == 0) {
    EventLoop own;  // the loop of the test belongs to the parent
    run(hold_the_loop(), own);
    _exit(0);
  }
  int status = 0;
  os::check(os::syscalls.wait4(child, &status, 0, nullptr), "wait4");
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGINT);
}

}  // namespace
}  // namespace loop

// The promises of gil_sim/interpreter.h: which program loses updates under
// which policy and which lock.
#include "gil_sim/interpreter.h"

#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "gil_sim/thread.h"
#include "gil_sim/tick_gil.h"
#include "gtest/gtest.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::SteadyClock;

constexpr int kLaps = 20'000;
constexpr int kTotal = 2 * kLaps;

constexpr CheckPolicy kAll[] = {
    CheckPolicy::kEveryInstruction, CheckPolicy::kJumpsAndCalls,
    CheckPolicy::kBackwardJumpsAndCalls, CheckPolicy::kAwaitsOnly};

Program counter(const std::string& body, int laps = kLaps) {
  return assemble(
      examples::program("A B", examples::repeated(laps, body), 2 * laps));
}

int64_t total_of(const Program& program, InterpreterLock& lock,
                 CheckPolicy checks) {
  Interpreter interpreter(program, lock, checks);
  interpreter.run();
  return interpreter.global("x");
}

// Under the GIL, at its shortest interval.
int64_t total_of(const Program& program, CheckPolicy checks) {
  Gil gil;
  gil.set_switch_interval(1e-6);
  return total_of(program, gil, checks);
}

// A lost update is bad luck, so it is tried until one has been. Of all runs
// none may have too much.
template <class Run>
bool loses_in_some_run(Run run, int64_t all = kTotal) {
  const auto& clock = SteadyClock::instance();
  const auto end = clock.now() + std::chrono::seconds(40);
  while (clock.now() < end) {
    const int64_t total = run();
    EXPECT_LE(total, all);
    if (total < all) {
      return true;
    }
  }
  return false;
}

// BC-03
TEST(Interpreter, WithAChangeOfTurnAnywhereAPlainIncrementLosesUpdates) {
  const Program program = counter(examples::kIncrement);
  EXPECT_TRUE(loses_in_some_run(
      [&] { return total_of(program, CheckPolicy::kEveryInstruction); }));
}

// BC-03. The same under the lock of those days.
TEST(Interpreter, UnderTheTickLockAPlainIncrementLosesUpdates) {
  const Program program = counter(examples::kIncrement);
  EXPECT_TRUE(loses_in_some_run([&] {
    TickGil gil;
    gil.set_check_interval(0);
    return total_of(program, gil, CheckPolicy::kEveryInstruction);
  }));
}

// BC-04 and BC-05. The loop is a while loop with a counter of its own.
TEST(Interpreter, WithChecksAtJumpsAndCallsAPlainIncrementLosesNothing) {
  const Program program = counter(examples::kIncrement);
  for (const CheckPolicy checks :
       {CheckPolicy::kJumpsAndCalls, CheckPolicy::kBackwardJumpsAndCalls}) {
    EXPECT_EQ(total_of(program, checks), kTotal);
  }
}

// BC-04. The mutants: a call, or for 3.10 a jump, between load and store.
TEST(Interpreter, ACallBetweenLoadAndStoreLosesUpdates) {
  const Program program = counter(examples::kIncrementByCall);
  EXPECT_TRUE(loses_in_some_run(
      [&] { return total_of(program, CheckPolicy::kBackwardJumpsAndCalls); }));
}

TEST(Interpreter, AForwardJumpLosesUpdatesWhereItIsACheckPointOnly) {
  const Program program = counter(examples::kIncrementOverJump);
  EXPECT_TRUE(loses_in_some_run(
      [&] { return total_of(program, CheckPolicy::kJumpsAndCalls); }));
  EXPECT_EQ(total_of(program, CheckPolicy::kBackwardJumpsAndCalls), kTotal);
}

// BC-06
TEST(Interpreter, AnInnerLoopBetweenLoadAndStoreLosesUpdates) {
  const Program program = counter(examples::kIncrementAroundLoop);
  for (const CheckPolicy checks :
       {CheckPolicy::kJumpsAndCalls, CheckPolicy::kBackwardJumpsAndCalls}) {
    EXPECT_TRUE(loses_in_some_run([&] { return total_of(program, checks); }));
  }
}

// BC-07
TEST(Interpreter, ALockAroundTheIncrementLosesNothingUnderAnyPolicy) {
  const Program program =
      counter(examples::locked(examples::kIncrementByCall), 2'000);
  for (const CheckPolicy checks : kAll) {
    EXPECT_EQ(total_of(program, checks), 4'000);
    NoGil none;
    EXPECT_EQ(total_of(program, none, checks), 4'000);
  }
}

// BC-08
TEST(Interpreter, AppendsToOneListAreNeverLost) {
  const Program program = assemble(
      "list items\nthread A B\n" +
      examples::repeated(5'000, "  LOAD_FAST i\n  LIST_APPEND items\n"));
  for (const CheckPolicy checks : kAll) {
    Gil gil;
    gil.set_switch_interval(1e-6);
    NoGil none;
    for (InterpreterLock* lock : {static_cast<InterpreterLock*>(&gil),
                                  static_cast<InterpreterLock*>(&none)}) {
      Interpreter interpreter(program, *lock, checks);
      interpreter.run();
      EXPECT_EQ(interpreter.global("items"), 10'000);
    }
  }
}

// BC-09
TEST(Interpreter, WithoutAnyLockPlainIncrementsAreLostUnderAnyPolicy) {
  const Program program = counter(examples::kIncrement);
  for (const CheckPolicy checks : kAll) {
    EXPECT_TRUE(loses_in_some_run([&] {
      NoGil none;
      return total_of(program, none, checks);
    }));
  }
}

// BC-09. What a lock-free program must say instead.
TEST(Interpreter, WithoutAnyLockAtomicIncrementsAreNotLost) {
  const Program program =
      counter("  LOAD_CONST 1\n  ATOMIC_ADD x\n  POP_TOP\n");
  NoGil none;
  EXPECT_EQ(total_of(program, none, CheckPolicy::kEveryInstruction), kTotal);
}

// [C-065]
TEST(Interpreter, ACoroutineLosesUpdatesWhereItAwaitsInTheMiddle) {
  constexpr int kFew = 500;  // an await may cost a turn of all who are ready
  EXPECT_TRUE(loses_in_some_run(
      [&] {
        return total_of(counter(examples::kIncrementByAwait, kFew),
                        CheckPolicy::kAwaitsOnly);
      },
      2 * kFew));
  EXPECT_EQ(total_of(counter(examples::kIncrement + "  AWAIT\n", kFew),
                     CheckPolicy::kAwaitsOnly),
            2 * kFew);
}

// I1. A read that waits lets the others go on; the long instruction does not.
TEST(Interpreter, ABlockingReadLetsGoOfTheInterpreter) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const os::UniqueFd reader(ends[0]);
  os::UniqueFd writer(ends[1]);
  const Program program = assemble(
      "global got = 0\nglobal other = 0\n"
      "thread A\n  READ\n  STORE_GLOBAL got\n"
      "thread B\n  LOAD_CONST 1\n  STORE_GLOBAL other\n");
  Gil gil;
  Interpreter interpreter(program, gil, CheckPolicy::kBackwardJumpsAndCalls,
                          reader.get());
  Thread starter([&] { interpreter.run(); });
  starter.start();
  for (bool done = false; !done;) {
    const WithGil held(gil);
    done = interpreter.global("other") == 1;
  }
  ASSERT_EQ(write(writer.get(), "*", 1), 1);
  starter.join();
  EXPECT_EQ(interpreter.global("got"), '*');
}

// I1. What the explorer proves of coroutines is so here as well.
TEST(Interpreter, ACoroutineThatSleepsInTheMiddleLosesNothing) {
  const Program program = assemble(examples::program(
      "A B",
      "  LOAD_GLOBAL x\n  SLEEP 20000\n  LOAD_CONST 1\n  BINARY_ADD\n"
      "  STORE_GLOBAL x\n",
      2));
  EXPECT_EQ(explore(program, {.checks = CheckPolicy::kAwaitsOnly}).failing(),
            0);
  EXPECT_EQ(total_of(program, CheckPolicy::kAwaitsOnly), 2);
}

// I1
TEST(Interpreter, ACoroutineThatReadsKeepsEverybodyWaiting) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const os::UniqueFd reader(ends[0]);
  const os::UniqueFd writer(ends[1]);
  const Program program = assemble("thread A B\n  READ\n  POP_TOP\n");
  Gil gil;
  Interpreter interpreter(program, gil, CheckPolicy::kAwaitsOnly, reader.get());
  Thread starter([&] { interpreter.run(); });
  starter.start();
  while (gil.waiting() == 0 && gil.statistics().drops == 0) {
    sched_yield();
  }
  EXPECT_EQ(gil.statistics().drops, 0);
  EXPECT_EQ(write(writer.get(), "**", 2), 2);
  starter.join();
}

TEST(Interpreter, AReadAtTheEndOfInputPushesMinusOne) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const os::UniqueFd reader(ends[0]);
  { const os::UniqueFd writer(ends[1]); }
  const Program program =
      assemble("global got = 0\nthread A\n  READ\n  STORE_GLOBAL got\n");
  NoGil none;
  Interpreter interpreter(program, none, CheckPolicy::kEveryInstruction,
                          reader.get());
  interpreter.run();
  EXPECT_EQ(interpreter.global("got"), -1);
}

TEST(Interpreter, AReadWithoutInputIsASystemError) {
  const Program program = assemble("thread A\n  READ\n  POP_TOP\n");
  NoGil none;
  Interpreter interpreter(program, none, CheckPolicy::kEveryInstruction);
  EXPECT_THROW(interpreter.run(), std::system_error);
}

TEST(Interpreter, AFailedAssertionIsThrownAndGivesBackTheLocks) {
  const Program program = assemble(
      "global x = 0\nlock m\n"
      "thread A\n  ACQUIRE m\n  LOAD_CONST 0\n  ASSERT\n  RELEASE m\n"
      "thread B\n  ACQUIRE m\n  LOAD_CONST 7\n  STORE_GLOBAL x\n"
      "  RELEASE m\n");
  Gil gil;
  Interpreter interpreter(program, gil, CheckPolicy::kEveryInstruction);
  try {
    interpreter.run();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "line 6: the assertion does not hold");
  }
  EXPECT_EQ(interpreter.global("x"), 7);
  EXPECT_EQ(gil.statistics().takes, gil.statistics().drops);
}

TEST(Interpreter, TheLongInstructionAndTheSleepTakeTheirTime) {
  const Program program = assemble("thread A\n  LONG 2000\n  SLEEP 3000\n");
  Gil gil;
  Interpreter interpreter(program, gil, CheckPolicy::kEveryInstruction);
  const auto begin = SteadyClock::instance().now();
  interpreter.run();
  EXPECT_GE(SteadyClock::instance().now() - begin,
            std::chrono::microseconds(5000));
}

TEST(Interpreter, AnUnknownGlobalIsAValueError) {
  const Program program = assemble("thread A\n  AWAIT\n");
  NoGil none;
  const Interpreter interpreter(program, none, CheckPolicy::kEveryInstruction);
  EXPECT_THROW(interpreter.global("y"), std::invalid_argument);
}

}  // namespace
}  // namespace gil_sim

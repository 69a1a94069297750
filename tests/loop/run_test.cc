// The promises of loop/run.h.
#include "loop/run.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using tests::Log;
using tests::ms;
using tests::Reports;

Coroutine<> background(Log* log) {
  try {
    co_await sleep(ms(100000));
  } catch (const CancelledError&) {
    log->push_back("bg cancelled");
  }
  co_await sleep(ms(0));
  log->push_back("bg cleanup");
}

class Run : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, Run, tests::kEveryKind, tests::name_of);

// LOOP-16 C-091
TEST_P(Run, CancelsLeftoversAndLetsThemCleanUp) {
  Log log;
  constexpr auto body = [](Log* out) -> Coroutine<std::string> {
    create_task(background(out));
    co_await sleep(ms(0));
    co_return "m";
  };
  EXPECT_EQ(run(body(&log), loop), "m");
  EXPECT_EQ(log, (Log{"bg cancelled", "bg cleanup"}));
}

Coroutine<> nothing() {
  co_return;
}

// LOOP-17: run() of something that is no coroutine does not compile.
TEST_P(Run, InsideARunningLoopIsARuntimeError) {
  Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(run(nothing()), std::runtime_error);
    co_return;
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages, (Log{"coroutine 'nothing' was never awaited"}));
}

Coroutine<> fail_in_cleanup() {
  try {
    co_await sleep(ms(100000));
  } catch (const CancelledError&) {
    throw std::out_of_range("key");
  }
}

TEST_P(Run, ReportsLeftoversThatFail) {
  Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    create_task(fail_in_cleanup());
    co_await sleep(ms(0));
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages,
            (Log{"task 'fail_in_cleanup' failed while the loop was winding "
                 "down: std::out_of_range: key"}));
}

TEST_P(Run, ThrowsWhatMainThrows) {
  constexpr auto body = []() -> Coroutine<> {
    throw std::out_of_range("key");
    co_return;
  };
  EXPECT_THROW(run(body(), loop), std::out_of_range);
}

Coroutine<> exit_with(int code) {
  co_await sleep(ms(1));
  throw scheduler::SystemExit(code);
}

// TASK-80: it leaves whatever runs, but the others still clean up.
TEST_P(Run, LetsAnExitRequestOutOnceTheOthersHaveCleanedUp) {
  Reports reports;
  Log log;
  constexpr auto other = [](Log* out) -> Coroutine<> {
    try {
      co_await sleep(ms(1000));
    } catch (const scheduler::CancelledError&) {
      out->push_back("cleaned up");
      throw;
    }
  };
  constexpr auto main = [](auto* each, Log* out) -> Coroutine<> {
    create_task((*each)(out));
    co_await exit_with(3);
  };
  try {
    run(main(&other, &log), loop);
    FAIL() << "the exit request was lost";
  } catch (const scheduler::SystemExit& exit) {
    EXPECT_EQ(exit.code(), 3);
  }
  EXPECT_EQ(log, Log{"cleaned up"});
  EXPECT_EQ(reports.messages, Log());
}

TEST_P(Run, WindsDownThoughTheLeftoversAskForTheExitToo) {
  Reports reports;
  Log log;
  constexpr auto stubborn = [](Log* out) -> Coroutine<> {
    try {
      co_await sleep(ms(1000));
    } catch (const scheduler::CancelledError&) {
      out->push_back("exits as well");
    }
    throw scheduler::SystemExit(4);
  };
  constexpr auto main = [](auto* each, Log* out) -> Coroutine<> {
    const auto first = create_task((*each)(out));
    const auto second = create_task((*each)(out));
    co_await exit_with(3);
  };
  EXPECT_THROW(run(main(&stubborn, &log), loop), scheduler::SystemExit);
  EXPECT_EQ(log, (Log{"exits as well", "exits as well"}));
  EXPECT_EQ(reports.messages, Log());
}

}  // namespace
}  // namespace loop

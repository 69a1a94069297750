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

// LOOP-16
TEST(Run, CancelsLeftoversAndLetsThemCleanUp) {
  Log log;
  constexpr auto body = [](Log* out) -> Coroutine<std::string> {
    create_task(background(out));
    co_await sleep(ms(0));
    co_return "m";
  };
  EXPECT_EQ(run(body(&log)), "m");
  EXPECT_EQ(log, (Log{"bg cancelled", "bg cleanup"}));
}

Coroutine<> nothing() {
  co_return;
}

// LOOP-17: run() of something that is no coroutine does not compile.
TEST(Run, InsideARunningLoopIsARuntimeError) {
  Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(run(nothing()), std::runtime_error);
    co_return;
  };
  run(body());
  EXPECT_EQ(reports.messages, (Log{"coroutine 'nothing' was never awaited"}));
}

Coroutine<> fail_in_cleanup() {
  try {
    co_await sleep(ms(100000));
  } catch (const CancelledError&) {
    throw std::out_of_range("key");
  }
}

TEST(Run, ReportsLeftoversThatFail) {
  Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    create_task(fail_in_cleanup());
    co_await sleep(ms(0));
  };
  run(body());
  EXPECT_EQ(reports.messages,
            (Log{"task 'fail_in_cleanup' failed while the loop was winding "
                 "down: std::out_of_range: key"}));
}

TEST(Run, ThrowsWhatMainThrows) {
  constexpr auto body = []() -> Coroutine<> {
    throw std::out_of_range("key");
    co_return;
  };
  EXPECT_THROW(run(body()), std::out_of_range);
}

}  // namespace
}  // namespace loop

// The promises of loop/coroutine.h.
#include "loop/coroutine.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::Log;
using tests::ms;
using tests::Reports;
using tests::VirtualLoop;

Coroutine<int> body_that_writes(Log* log) {
  log->push_back("body");
  co_return 1;
}

class ACoroutine : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, ACoroutine, tests::kRealKinds,
                         tests::name_of);

// GEN-40 C-084
TEST_P(ACoroutine, DoesNothingUntilItIsAwaited) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    auto coroutine = body_that_writes(out);
    co_await sleep(ms(1));
    EXPECT_EQ(*out, Log());
    EXPECT_EQ(co_await std::move(coroutine), 1);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"body"}));
}

// The frame is found from the promise's base, without padding between them.
TEST_P(ACoroutine, AResultMayBeAlignedAsStrictlyAsAnyNumber) {
  VirtualLoop v(poller());
  constexpr auto third = []() -> Coroutine<long double> {
    co_await sleep(ms(1));
    co_return 1.0L / 3;
  };
  constexpr auto body = [](auto child) -> Coroutine<long double> {
    co_return 3 * co_await child();
  };
  EXPECT_EQ(run(body(third), v.loop), 1.0L);
}

// GEN-41
TEST_P(ACoroutine, OneThatIsDroppedUnawaitedIsReportedByName) {
  Reports reports;
  Log log;
  { const auto dropped = body_that_writes(&log); }
  EXPECT_EQ(log, Log());
  EXPECT_EQ(reports.messages,
            (Log{"coroutine 'body_that_writes' was never awaited"}));
}

// GEN-42
TEST_P(ACoroutine, AwaitingItASecondTimeIsARuntimeError) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Log log;
    auto coroutine = body_that_writes(&log);
    co_await std::move(coroutine);
    EXPECT_THROW(co_await std::move(coroutine), std::runtime_error);
    EXPECT_THROW(create_task(std::move(coroutine)), std::runtime_error);
  };
  run(body(), v.loop);
}

Coroutine<int> fail_at_depth(int depth) {
  if (depth == 0) {
    throw std::out_of_range("deep");
  }
  co_return 1 + co_await fail_at_depth(depth - 1);
}

TEST_P(ACoroutine, AnErrorComesOutOfEveryAwaitOnItsWay) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(co_await fail_at_depth(5), std::out_of_range);
  };
  run(body(), v.loop);
}

}  // namespace
}  // namespace loop

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

// GEN-40
TEST(Coroutine, DoesNothingUntilItIsAwaited) {
  Log log;
  VirtualLoop v;
  constexpr auto body = [](Log* out) -> Coroutine<> {
    auto coroutine = body_that_writes(out);
    co_await sleep(ms(1));
    EXPECT_EQ(*out, Log());
    EXPECT_EQ(co_await std::move(coroutine), 1);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"body"}));
}

// GEN-41
TEST(Coroutine, OneThatIsDroppedUnawaitedIsReportedByName) {
  Reports reports;
  Log log;
  { const auto dropped = body_that_writes(&log); }
  EXPECT_EQ(log, Log());
  EXPECT_EQ(reports.messages,
            (Log{"coroutine 'body_that_writes' was never awaited"}));
}

// GEN-42
TEST(Coroutine, AwaitingItASecondTimeIsARuntimeError) {
  VirtualLoop v;
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

TEST(Coroutine, AnErrorComesOutOfEveryAwaitOnItsWay) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(co_await fail_at_depth(5), std::out_of_range);
  };
  run(body(), v.loop);
}

struct alignas(32) Wide {
  double parts[4];
};

// The frame is found again although the result needs a stricter alignment.
TEST(Coroutine, AResultMayBeOverAligned) {
  VirtualLoop v;
  constexpr auto make = []() -> Coroutine<Wide> {
    co_await sleep(ms(1));
    co_return Wide{{1, 2, 3, 4}};
  };
  constexpr auto body = [make]() -> Coroutine<double> {
    const Wide wide = co_await make();
    co_return wide.parts[3];
  };
  EXPECT_EQ(run(body(), v.loop), 4);
}

}  // namespace
}  // namespace loop

// The promises of loop/future.h.
#include "loop/future.h"

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::InvalidStateError;
using tests::Log;
using tests::ms;
using tests::Reports;
using tests::VirtualLoop;

std::exception_ptr key_error() {
  return std::make_exception_ptr(std::out_of_range("key"));
}

// Runs the loop for exactly one turn.
void turn(EventLoop& loop) {
  loop.stop();
  loop.run_forever();
}

class AFuture : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, AFuture, tests::kRealKinds, tests::name_of);

// TASK-07
TEST_P(AFuture, AskingAPendingOneIsAnInvalidState) {
  VirtualLoop v(poller());
  const auto future = v.loop.create_future<int>();
  EXPECT_FALSE(future.done());
  EXPECT_THROW(future.result(), InvalidStateError);
  EXPECT_THROW(future.exception(), InvalidStateError);
}

TEST_P(AFuture, SettingAResultTwiceThrowsInvalidStateError) {
  VirtualLoop v(poller());
  const auto future = v.loop.create_future<int>();
  future.set_result(1);
  EXPECT_THROW(future.set_result(2), InvalidStateError);
  EXPECT_THROW(future.set_exception(key_error()), InvalidStateError);
  EXPECT_FALSE(future.cancel());
  EXPECT_EQ(future.result(), 1);
}

TEST_P(AFuture, ACancelledOneThrowsCancelledErrorWhenAsked) {
  VirtualLoop v(poller());
  const auto future = v.loop.create_future<int>();
  EXPECT_TRUE(future.cancel());
  EXPECT_TRUE(future.cancelled());
  EXPECT_THROW(future.result(), CancelledError);
  EXPECT_THROW(future.exception(), CancelledError);
  EXPECT_THROW(future.set_result(1), InvalidStateError);
}

// TASK-08
TEST_P(AFuture, CallbacksRunInTheNextTurnInTheOrderAdded) {
  Log log;
  VirtualLoop v(poller());
  const auto future = v.loop.create_future<int>();
  future.add_done_callback([&](const Future<int>&) { log.push_back("cb1"); });
  future.add_done_callback([&](const Future<int>& done) {
    EXPECT_EQ(done, future);
    log.push_back("cb2");
  });
  future.set_result(1);
  log.push_back("set");
  turn(v.loop);
  EXPECT_EQ(log, (Log{"set", "cb1", "cb2"}));
}

// TASK-09
TEST_P(AFuture, ACallbackAddedToADoneOneIsQueuedAsWell) {
  Log log;
  VirtualLoop v(poller());
  const auto future = v.loop.create_future<void>();
  future.set_result();
  future.add_done_callback([&](const Future<void>&) { log.push_back("cb3"); });
  log.push_back("added");
  turn(v.loop);
  EXPECT_EQ(log, (Log{"added", "cb3"}));
}

int calls = 0;
void count_call(Future<int>) {
  ++calls;
}

// TASK-10
TEST_P(AFuture, TheSameCallbackTwiceRunsTwiceAndIsRemovedTwice) {
  VirtualLoop v(poller());
  calls = 0;
  const auto kept = v.loop.create_future<int>();
  kept.add_done_callback(&count_call);
  kept.add_done_callback(&count_call);
  kept.set_result(1);
  turn(v.loop);
  EXPECT_EQ(calls, 2);

  Log log;
  const auto removed = v.loop.create_future<int>();
  removed.add_done_callback(&count_call);
  removed.add_done_callback(
      [&](const Future<int>&) { log.push_back("stays"); });
  removed.add_done_callback(&count_call);
  EXPECT_EQ(removed.remove_done_callback(&count_call), 2u);
  EXPECT_EQ(removed.remove_done_callback(&count_call), 0u);
  removed.set_result(1);
  turn(v.loop);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(log, (Log{"stays"}));
}

// TASK-11
TEST_P(AFuture, AnErrorInACallbackIsReportedAndTheOthersRun) {
  Log log;
  VirtualLoop v(poller());
  v.loop.set_exception_handler(
      [&](const Report& report) { log.push_back(describe(report.error)); });
  const auto future = v.loop.create_future<void>();
  future.add_done_callback([&](const Future<void>&) { log.push_back("cb1"); });
  future.add_done_callback(
      [](const Future<void>&) { throw std::out_of_range("key"); });
  future.add_done_callback([&](const Future<void>&) { log.push_back("cb3"); });
  future.set_result();
  turn(v.loop);
  EXPECT_EQ(log, (Log{"cb1", "std::out_of_range: key", "cb3"}));
}

Coroutine<> await_and_write(Future<int> future, Log* log, std::string word) {
  co_await future;
  log->push_back(std::move(word));
}

// TASK-12
TEST_P(AFuture, AllWhoWaitGoOnInTheOrderInWhichTheyCame) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Future<int> future;
    create_task(await_and_write(future, out, "w1"));
    create_task(await_and_write(future, out, "w2"));
    co_await sleep(ms(0));
    future.set_result(1);
    co_await sleep(ms(0));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"w1", "w2"}));
}

// TASK-13
TEST_P(AFuture, CallbacksAndWaitersShareOneList) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Future<int> future;
    future.add_done_callback(
        [out](const Future<int>&) { out->push_back("cb"); });
    create_task(await_and_write(future, out, "awaiter"));
    co_await sleep(ms(0));
    future.add_done_callback(
        [out](const Future<int>&) { out->push_back("later cb"); });
    future.set_result(1);
    co_await sleep(ms(0));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"cb", "awaiter", "later cb"}));
}

// TASK-14
TEST_P(AFuture, AnErrorNobodyLooksAtIsReportedWhenItGoes) {
  Reports reports;
  VirtualLoop v(poller());
  {
    const auto future = v.loop.create_future<int>();
    future.set_exception(key_error());
    EXPECT_EQ(reports.messages, Log());
  }
  EXPECT_EQ(reports.messages, (Log{"the error of a future was never retrieved: "
                                   "std::out_of_range: key"}));
}

Coroutine<> await_in_vain(Future<int> future) {
  try {
    co_await future;
  } catch (const std::out_of_range&) {
  }
}

// TASK-15
TEST_P(AFuture, LookingAtTheErrorOnceSuppressesTheReport) {
  Reports reports;
  VirtualLoop v(poller());
  for (int way = 0; way < 3; ++way) {
    const auto future = v.loop.create_future<int>();
    future.set_exception(key_error());
    switch (way) {
      case 0:
        EXPECT_THROW(future.result(), std::out_of_range);
        break;
      case 1:
        EXPECT_TRUE(future.exception());
        break;
      case 2:
        v.loop.run_until_complete(await_in_vain(future));
    }
  }
  v.loop.create_future<int>().set_result(1);
  v.loop.create_future<int>().cancel();
  EXPECT_EQ(reports.messages, Log());
}

TEST_P(AFuture, AHandleOutlivesItsLoop) {
  Reports reports;
  std::optional<Future<int>> future;
  std::optional<Future<int>> failed;
  {
    VirtualLoop v(poller());
    future = v.loop.create_future<int>();
    future->add_done_callback([](const Future<int>&) { FAIL(); });
    failed = v.loop.create_future<int>();
    failed->set_exception(key_error());
  }
  future->set_result(7);
  EXPECT_EQ(future->result(), 7);
  failed.reset();
  EXPECT_EQ(reports.messages.size(), 1u);
}

TEST_P(AFuture, WithoutARunningLoopItCannotBeMade) {
  EXPECT_THROW(Future<int>(), std::runtime_error);
}

TEST_P(AFuture, ANullErrorIsRefused) {
  VirtualLoop v(poller());
  EXPECT_THROW(v.loop.create_future<int>().set_exception(nullptr),
               std::invalid_argument);
}

TEST_P(AFuture, OneOfAnotherLoopCannotBeAwaited) {
  VirtualLoop other(poller());
  VirtualLoop v(poller());
  constexpr auto body = [](Future<int> future) -> Coroutine<> {
    co_await future;
  };
  EXPECT_THROW(run(body(other.loop.create_future<int>()), v.loop),
               std::runtime_error);
}

// A result that cannot be copied is handed over, once.
TEST_P(AFuture, AMoveOnlyResultGoesToTheFirstWhoAwaitsIt) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Future<std::unique_ptr<int>> future;
    future.set_result(std::make_unique<int>(7));
    EXPECT_EQ(*std::as_const(future).result(), 7);
    const auto taken = co_await future;
    EXPECT_EQ(*taken, 7);
    EXPECT_THROW(co_await future, InvalidStateError);
  };
  run(body(), v.loop);
}

// CancelledError is no std::exception: who catches ordinary errors cannot
// swallow a cancellation.
TEST_P(AFuture, ACancellationIsNoOrdinaryError) {
  static_assert(!std::is_base_of_v<std::exception, CancelledError>);
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Future<int> future;
    future.cancel();
    try {
      co_await future;
    } catch (const std::exception&) {
      ADD_FAILURE() << "swallowed";
    }
  };
  EXPECT_THROW(run(body(), v.loop), CancelledError);
}

}  // namespace
}  // namespace loop

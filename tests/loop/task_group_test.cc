// The promises of loop/task_group.h. The logs are what Python 3.11 writes.
#include "loop/task_group.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/actors.h"
#include "tests/loop/cancel_everywhere.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::ErrorGroup;
using scheduler::SystemExit;
using tests::boom;
using tests::child;
using tests::Log;
using tests::ms;
using tests::Reports;
using tests::ticks;
using tests::VirtualLoop;

// "group(group(x), y)": the texts, and how they nest.
std::string texts(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const ErrorGroup& group) {
    std::string all;
    for (const std::exception_ptr& each : group.errors()) {
      all += (all.empty() ? "" : ", ") + texts(each);
    }
    return "group(" + all + ")";
  } catch (const CancelledError&) {
    return "cancelled";
  } catch (const SystemExit& exit) {
    return "exit " + std::to_string(exit.code());
  } catch (const std::exception& each) {
    return each.what();
  }
}

// Runs a group with `body`, and writes down how it was left.
template <class Body>
Coroutine<> in_group(Log* log, Body body) {
  TaskGroup group;
  try {
    co_await group.run([&]() -> Coroutine<> { co_await body(group, log); });
    log->push_back("exit");
  } catch (...) {
    log->push_back(texts(std::current_exception()));
    if (!is_exit_request(std::current_exception()) &&
        !is_cancellation(std::current_exception())) {
      co_return;
    }
    throw;
  }
}

using Body = Coroutine<> (*)(TaskGroup&, Log*);

class ATaskGroup : public tests::InVirtualTime {
 protected:
  static Log log_of(Body body);
};
INSTANTIATE_TEST_SUITE_P(Pollers, ATaskGroup, tests::kRealKinds,
                         tests::name_of);

Log ATaskGroup::log_of(Body body) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto main = [](Log* out, Body group_body) -> Coroutine<> {
    co_await in_group(out, group_body);
    EXPECT_EQ(current_task()->cancelling(), 0u);
  };
  run(main(&log, body), v.loop);
  return log;
}

Coroutine<> create_late(TaskGroup* group, Log* log) {
  co_await sleep(ms(10));
  log->push_back("b done");
  group->create_task(child(log, "c", 30));
}

// TASK-72 C-085
TEST_P(ATaskGroup, IsLeftWhenAllHaveEndedAlsoThoseCreatedWhileItWaited) {
  const Log log = log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(child(out, "a", 20));
    group.create_task(create_late(&group, out));
    out->push_back("body end");
    co_return;
  });
  EXPECT_EQ(log, (Log{"body end", "b done", "a done", "c done", "exit"}));
}

TEST_P(ATaskGroup, WithoutChildrenIsLeftAtOnce) {
  EXPECT_EQ(log_of([](TaskGroup&, Log*) -> Coroutine<> { co_return; }),
            Log{"exit"});
}

TEST_P(ATaskGroup, GivesTasksWhoseResultsCanBeAskedForAfterwards) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    TaskGroup group;
    std::optional<Task<std::string>> a, b;
    co_await group.run([&]() -> Coroutine<> {
      a = group.create_task(child(out, "a", 20), "first");
      b = group.create_task(child(out, "b", 10));
      co_return;
    });
    EXPECT_EQ(a->result() + b->result(), "ab");
  };
  run(body(&log), v.loop);
}

// TASK-73; TASK-74: here in order of creation.
TEST_P(ATaskGroup, AChildThatFailsCancelsItsSiblingsAndTheBody) {
  const Log log = log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(child(out, "a", 1000));
    group.create_task(boom<std::out_of_range>(out, "b", 10));
    group.create_task(child(out, "c", 1000));
    co_await child(out, "body", 1000);
  });
  EXPECT_EQ(log, (Log{"raise b", "a cancelled", "c cancelled", "body cancelled",
                      "group(b)"}));
}

Coroutine<> fail_at_once() {
  throw std::out_of_range("x");
  co_return;
}

// TASK-73: in which turn is what.
TEST_P(ATaskGroup, CancelsInTheTurnAfterAChildHasFailed) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    create_task(in_group(out, [](TaskGroup& group, Log* words) -> Coroutine<> {
      group.create_task(child(words, "a", 1000));
      group.create_task(fail_at_once());
      co_await child(words, "body", 1000);
    }));
    co_await ticks(out, 7);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log,
            (Log{"tick 0", "tick 1", "tick 2", "tick 3", "a cancelled",
                 "body cancelled", "tick 4", "tick 5", "group(x)", "tick 6"}));
}

// TASK-75
TEST_P(ATaskGroup, AnErrorInTheBodyCancelsTheChildrenAndComesOutInAGroup) {
  const Log log = log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(child(out, "a", 1000));
    co_await boom<std::out_of_range>(out, "body", 10);
  });
  EXPECT_EQ(log, (Log{"raise body", "a cancelled", "group(body)"}));
}

Coroutine<> fail_in_clean_up(std::string text) {
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    throw std::out_of_range(text);
  }
}

// TASK-76
TEST_P(ATaskGroup, ErrorsStandInTheOrderInWhichTheyHappened) {
  const Log log = log_of([](TaskGroup& group, Log*) -> Coroutine<> {
    group.create_task(fail_in_clean_up("1"));
    group.create_task(fail_at_once(), "named");
    group.create_task(fail_in_clean_up("2"));
    co_return;
  });
  EXPECT_EQ(log, Log{"group(x, 1, 2)"});
}

// TASK-77
TEST_P(ATaskGroup, ErrorsOfTheCleanUpAreAddedAndThoseOfTheBodyComeLast) {
  EXPECT_EQ(log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
              group.create_task(fail_in_clean_up("clean-up"));
              co_await boom<std::out_of_range>(out, "body", 10);
            }),
            (Log{"raise body", "group(clean-up, body)"}));
  EXPECT_EQ(log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
              group.create_task(fail_in_clean_up("clean-up"));
              group.create_task(boom<std::out_of_range>(out, "b", 10));
              co_return;
            }),
            (Log{"raise b", "group(b, clean-up)"}));
}

// TASK-78
TEST_P(ATaskGroup, AChildThatIsCancelledByItselfDoesNotFailIt) {
  const Log log = log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
    const auto a = group.create_task(child(out, "a", 1000));
    group.create_task(child(out, "b", 20));
    co_await sleep(ms(10));
    a.cancel();
    out->push_back("body end");
  });
  EXPECT_EQ(log, (Log{"body end", "a cancelled", "b done", "exit"}));
}

Coroutine<> inner_group(Log* log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(boom<std::out_of_range>(log, "x", 10));
    co_await child(log, "inner body", 1000);
  });
}

// TASK-79
TEST_P(ATaskGroup, NestedGroupsNestTheirErrors) {
  EXPECT_EQ(log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
              group.create_task(inner_group(out));
              co_return;
            }),
            (Log{"raise x", "inner body cancelled", "group(group(x))"}));
  EXPECT_EQ(log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
              group.create_task(child(out, "outer child", 1000));
              co_await inner_group(out);
            }),
            (Log{"raise x", "inner body cancelled", "outer child cancelled",
                 "group(group(x))"}));
}

// TASK-79
TEST_P(ATaskGroup, AnOuterGroupThatFailsCancelsTheInnerOne) {
  const Log log = log_of([](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(boom<std::out_of_range>(out, "x", 10));
    TaskGroup inner;
    co_await inner.run([&]() -> Coroutine<> {
      inner.create_task(child(out, "inner child", 1000));
      co_await child(out, "body", 1000);
    });
  });
  EXPECT_EQ(log, (Log{"raise x", "body cancelled", "inner child cancelled",
                      "group(x)"}));
}

Coroutine<> exit_later(Log* log, int code) {
  co_await sleep(ms(10));
  log->push_back("exits");
  throw SystemExit(code);
}

// TASK-80
TEST_P(ATaskGroup, AnExitRequestInTheBodyLeavesItAsItself) {
  Reports reports;
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(child(out, "a", 1000));
    group.create_task(fail_in_clean_up("dropped"));
    co_await exit_later(out, 3);
  };
  EXPECT_THROW(run(in_group(&log, Body(body)), v.loop), SystemExit);
  EXPECT_EQ(log, (Log{"exits", "a cancelled", "exit 3"}));
  EXPECT_EQ(reports.messages, Log());
}

// TASK-80
TEST_P(ATaskGroup, AnExitRequestInAChildLeavesTheRunItself) {
  Reports reports;
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(child(out, "a", 1000));
    group.create_task(exit_later(out, 3));
    co_await child(out, "body", 1000);
  };
  const auto main = v.loop.create_task(in_group(&log, Body(body)));
  EXPECT_THROW(v.loop.run_until_complete<void>(main), SystemExit);
  EXPECT_EQ(log, Log{"exits"});  // the group has not even heard of it
  EXPECT_FALSE(main.done());
  EXPECT_THROW(v.loop.run_until_complete<void>(main), SystemExit);
  EXPECT_EQ(log, (Log{"exits", "a cancelled", "body cancelled", "exit 3"}));
  EXPECT_EQ(reports.messages, Log());
}

// I3
TEST_P(ATaskGroup, ACancellationFromOutsideCancelsAllAndComesOut) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(child(out, "a", 1000));
    out->push_back("body end");
    co_return;
  };
  constexpr auto main = [](Log* out, Body group_body) -> Coroutine<> {
    const auto task = create_task(in_group(out, group_body));
    co_await sleep(ms(10));
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
  };
  run(main(&log, body), v.loop);
  EXPECT_EQ(log, (Log{"body end", "a cancelled", "cancelled"}));
}

Coroutine<> clean_up_slowly(Log* log) {
  std::exception_ptr cancelled;
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    cancelled = std::current_exception();
  }
  log->push_back("cleaning");
  co_await sleep(ms(20));
  log->push_back("clean");
  if (cancelled) {
    std::rethrow_exception(cancelled);
  }
}

// I1
TEST_P(ATaskGroup, CancelledTwiceStillWaitsForItsChildren) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(clean_up_slowly(out));
    out->push_back("body end");
    co_return;
  };
  constexpr auto main = [](Log* out, Body group_body) -> Coroutine<> {
    const auto task = create_task(in_group(out, group_body));
    co_await sleep(ms(10));
    task.cancel();
    co_await sleep(ms(10));
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_EQ(task.cancelling(), 2u);
  };
  run(main(&log, body), v.loop);
  EXPECT_EQ(log, (Log{"body end", "cleaning", "clean", "cancelled"}));
}

// The coroutine refused is dropped, and reported as never awaited.
void expect_refusal(TaskGroup& group) {
  constexpr auto nothing = []() -> Coroutine<> { co_return; };
  Reports reports;
  EXPECT_THROW(group.create_task(nothing()), std::runtime_error);
  EXPECT_EQ(reports.messages.size(), 1u);
}

TEST_P(ATaskGroup, TakesNoChildrenBeforeAfterOrWhileItIsBeingCancelled) {
  VirtualLoop v(poller());
  constexpr auto refused_in_clean_up = [](TaskGroup* group) -> Coroutine<> {
    try {
      co_await sleep(ms(1000));
    } catch (const CancelledError&) {
      expect_refusal(*group);
    }
  };
  constexpr auto body = [](auto* late) -> Coroutine<> {
    TaskGroup group;
    expect_refusal(group);
    EXPECT_THROW(co_await group.run([&]() -> Coroutine<> {
      group.create_task((*late)(&group));
      group.create_task(fail_at_once());
      co_return;
    }),
                 ErrorGroup);
    expect_refusal(group);
    EXPECT_THROW(co_await group.run([&]() -> Coroutine<> { co_return; }),
                 std::runtime_error);
  };
  run(body(&refused_in_clean_up), v.loop);
}

TEST_P(ATaskGroup, TenThousandChildrenAreNoTrouble) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    int ended = 0;
    constexpr auto count = [](int* counter) -> Coroutine<> {
      co_await sleep(ms(1));
      ++*counter;
    };
    TaskGroup group;
    co_await group.run([&]() -> Coroutine<> {
      for (int i = 0; i < 10'000; ++i) {
        group.create_task(count(&ended));
      }
      co_return;
    });
    EXPECT_EQ(ended, 10'000);
  };
  run(body(), v.loop);
}

TEST_P(ATaskGroup, WhoseLoopIsClosedIsFreedWithItsChildren) {
  Reports reports;
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](TaskGroup& group, Log* out) -> Coroutine<> {
    group.create_task(child(out, "a", 1000));
    co_await sleep(ms(1000));
  };
  const auto task = v.loop.create_task(in_group(&log, Body(body)));
  v.loop.stop();
  v.loop.run_forever();
  v.loop.close();
  EXPECT_FALSE(task.done());
  EXPECT_EQ(log, Log());
}

Coroutine<> eventful(TaskGroup* group, Log* log) {
  group->create_task(child(log, "a", 20));
  group->create_task(create_late(group, log));
  group->create_task(clean_up_slowly(log));
  co_await child(log, "body", 15);
}

// I1
TEST_P(ATaskGroup, CancelledAtAnyAwaitOutlivesAllItsChildren) {
  constexpr auto scenario = [](Log* out) -> Coroutine<> {
    TaskGroup group;
    co_await group.run([&]() -> Coroutine<> { return eventful(&group, out); });
  };
  tests::cancel_everywhere(
      GetParam(), scenario, [](const Task<void>& victim, const Log&) {
        EXPECT_TRUE(victim.cancelled());
        EXPECT_TRUE(all_tasks(victim.slot().core()).empty());
      });
}

}  // namespace
}  // namespace loop

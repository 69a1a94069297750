// Without memory a loop refuses, and keeps nothing of what it refused.
#include <memory>
#include <new>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "tests/loop/support.h"
#include "tests/support/allocations.h"

namespace loop {
namespace {

// Fails the first allocation of `call`, the second, and so on until it
// succeeds; after each failure, check().
template <class Prepare, class Check>
void fail_everywhere(Prepare prepare, Check check) {
  for (int k = 0;; ++k) {
    SCOPED_TRACE("allocation " + std::to_string(k) + " fails");
    auto call = prepare();
    bool refused = false;
    try {
      const tests::RefuseAllocation refuse(k);
      call();
    } catch (const std::bad_alloc&) {
      refused = true;
    }
    if (!refused) {
      EXPECT_GT(k, 1);
      return;
    }
    check();
  }
}

TEST(WithoutMemory, ATimerThatIsRefusedKeepsNothingOfItsCallback) {
  EventLoop loop;
  const auto owned = std::make_shared<int>(1);
  fail_everywhere(
      [&] {
        return [&] { loop.call_later(tests::ms(1'000'000), [owned] {}); };
      },
      [&] {
        EXPECT_EQ(owned.use_count(), 1);
        EXPECT_EQ(loop.timers(), 0u);
      });
}

TEST(WithoutMemory, ATaskThatIsRefusedIsNotAmongTheTasks) {
  const tests::Reports reports;  // coroutines that were never awaited
  EventLoop loop;
  constexpr auto nothing = []() -> Coroutine<> { co_return; };
  fail_everywhere(
      [&] {
        return [&loop, name = std::string(100, 'x'),
                coroutine = nothing()]() mutable {
          loop.create_task(std::move(coroutine), std::move(name));
        };
      },
      [&] { EXPECT_TRUE(loop.tasks().empty()); });
  loop.stop();
  loop.run_forever();
  EXPECT_TRUE(loop.tasks().empty());
}

}  // namespace
}  // namespace loop

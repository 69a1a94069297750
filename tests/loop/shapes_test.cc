// Every shape of co_await expression this repository uses, with a type that
// notices when a compiler copies it bit by bit or destroys it twice: it
// registers its address when it is constructed. Each shape runs to its end,
// and is destroyed at each of its suspensions. GCC 12 fails with other shapes
// (temporaries of aggregate type); loop/coroutine.h names the rule.
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "loop/task_base.h"
#include "tests/loop/support.h"

namespace loop {
namespace {

using tests::ms;
using tests::Reports;
using tests::VirtualLoop;

// Alive exactly at the addresses where a constructor has run.
class Registered {
 public:
  explicit Registered(int value) : value_(value) { enter(); }
  Registered(const Registered& other) : value_(other.value()) { enter(); }
  Registered(Registered&& other) noexcept : value_(other.value()) { enter(); }
  Registered& operator=(const Registered& other) {
    value_ = other.value();
    check();
    return *this;
  }
  ~Registered() {
    EXPECT_EQ(alive().erase(this), 1u) << "destroyed where none was made";
  }
  int value() const {
    check();
    return value_;
  }
  static std::set<const Registered*>& alive() {
    static std::set<const Registered*> addresses;
    return addresses;
  }

 private:
  void enter() {
    EXPECT_TRUE(alive().insert(this).second) << "made twice at one place";
  }
  void check() const {
    EXPECT_EQ(alive().count(this), 1u) << "used where none was made";
  }
  int value_;
};

// A suspension between construction and use.
Coroutine<Registered> make(int value) {
  co_await sleep(ms(0));
  co_return Registered(value);
}
Coroutine<int> take(Registered by_value) {
  co_await sleep(ms(0));
  co_return by_value.value();
}
Coroutine<int> look(const Registered& by_reference) {
  co_await sleep(ms(0));
  co_return by_reference.value();
}
Coroutine<int> take_pair(std::pair<Registered, int> pair) {
  co_await sleep(ms(0));
  co_return pair.first.value() + pair.second;
}
Coroutine<int> take_default(Registered value = Registered(7)) {
  co_await sleep(ms(0));
  co_return value.value();
}
Registered made_by_a_function(int value) {
  return Registered(value);
}
int add(const Registered& a, const Registered& b) {
  return a.value() + b.value();
}

// Has a constructor, so it is no aggregate.
struct Options {
  explicit Options(int limit) : registered(limit) {}
  Registered registered;
};
Coroutine<int> take_options(Options options) {
  co_await sleep(ms(0));
  co_return options.registered.value();
}

struct Object {
  explicit Object(int value) : registered(value) {}
  Coroutine<int> method() {
    co_await sleep(ms(0));
    co_return registered.value();
  }
  Registered registered;
};

Coroutine<int> temporary_argument() {
  co_return co_await take(Registered(7));
}
Coroutine<int> temporary_by_reference() {
  co_return co_await look(Registered(7));
}
Coroutine<int> value_out_of_a_function() {
  co_return co_await take(made_by_a_function(7));
}
Coroutine<int> named_and_moved() {
  Registered named(7);
  co_return co_await take(std::move(named));
}
Coroutine<int> pair_argument() {
  co_return co_await take_pair({Registered(3), 4});
}
Coroutine<int> default_argument() {
  co_return co_await take_default();
}
Coroutine<int> options_with_a_constructor() {
  co_return co_await take_options(Options(7));
}
Coroutine<int> method_of_a_named_object() {
  Object object(7);
  co_return co_await object.method();
}
Coroutine<int> two_awaits_in_one_call() {
  co_return add(co_await make(3), co_await make(4));
}
Coroutine<int> nested_awaits() {
  co_return co_await take(co_await make(7));
}
Coroutine<int> await_in_a_condition() {
  if (const Registered seven = co_await make(7); seven.value() == 7) {
    co_return seven.value();
  }
  co_return 0;
}
Coroutine<int> await_in_a_loop() {
  int rounds = 0;
  while ((co_await make(rounds)).value() < 7) {
    ++rounds;
  }
  co_return rounds;
}
Coroutine<int> short_circuit() {
  const bool both =
      (co_await make(1)).value() == 1 &&
      ((co_await make(2)).value() == 3 || (co_await make(4)).value() == 4);
  co_return both ? 7 : 0;
}
Coroutine<int> assignment_to_an_element() {
  std::vector<Registered> values(3, Registered(0));
  values[static_cast<size_t>((co_await make(1)).value())] = co_await make(7);
  co_return values[1].value();
}
Coroutine<int> tuple_of_awaits() {
  const auto both = std::make_tuple(co_await make(3), co_await make(4));
  co_return std::get<0>(both).value() + std::get<1>(both).value();
}
Coroutine<int> owned_by_unique_ptr() {
  const auto owned = std::make_unique<Registered>(co_await make(7));
  co_return owned->value();
}
Coroutine<int> optional_result() {
  const std::optional<Registered> maybe = co_await make(7);
  co_return maybe->value();
}
Coroutine<int> coroutine_named_first() {
  // Closures with captures that own something are aggregates to GCC 12: one
  // line makes, the next awaits.
  constexpr auto apply = [](std::function<int()> function) -> Coroutine<int> {
    co_await sleep(ms(0));
    co_return function();
  };
  std::function<int()> function = [r = Registered(7)] { return r.value(); };
  auto coroutine = apply(std::move(function));
  co_return co_await std::move(coroutine);
}
Coroutine<int> temporary_task() {
  co_return co_await create_task(take(Registered(7)));
}
Coroutine<int> gathered() {
  const auto both = co_await gather(take(Registered(3)), take(Registered(4)));
  co_return std::get<0>(both) + std::get<1>(both);
}
Coroutine<int> gathered_objects() {
  const auto both = co_await gather(make(3), make(4));
  co_return add(std::get<0>(both), std::get<1>(both));
}
Coroutine<int> awaited_in_cleanup() {
  std::exception_ptr error;
  try {
    throw Registered(3);
  } catch (const Registered&) {
    error = std::current_exception();  // a handler cannot await
  }
  const Registered four = co_await make(4);
  try {
    std::rethrow_exception(error);
  } catch (const Registered& three) {
    co_return add(three, four);
  }
}

// As of a lock: neither the awaiter nor what it gives can be moved.
struct Guard {
  explicit Guard(int value) : registered(value) {}
  Guard(const Guard&) = delete;
  const Registered registered;
};
class Entry {
 public:
  explicit Entry(int value) : registered_(value) {}
  Entry(const Entry&) = delete;
  bool await_ready() const { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiting) {
    task_ = waiting.promise().task;
    task_->yield();
  }
  Guard await_resume() {
    task_->check_cancelled();
    return Guard(registered_.value());
  }

 private:
  const Registered registered_;
  TaskBase* task_ = nullptr;
};
Coroutine<int> guard_of_a_scope() {
  const auto guard = co_await Entry(7);
  co_await sleep(ms(0));
  co_return guard.registered.value();
}

struct Shape {
  const char* name;
  Coroutine<int> (*function)();
};
constexpr Shape kShapes[] = {
    {"TemporaryArgument", temporary_argument},
    {"TemporaryByReference", temporary_by_reference},
    {"ValueOutOfAFunction", value_out_of_a_function},
    {"NamedAndMoved", named_and_moved},
    {"PairArgument", pair_argument},
    {"DefaultArgument", default_argument},
    {"OptionsWithAConstructor", options_with_a_constructor},
    {"MethodOfANamedObject", method_of_a_named_object},
    {"TwoAwaitsInOneCall", two_awaits_in_one_call},
    {"NestedAwaits", nested_awaits},
    {"AwaitInACondition", await_in_a_condition},
    {"AwaitInALoop", await_in_a_loop},
    {"ShortCircuit", short_circuit},
    {"AssignmentToAnElement", assignment_to_an_element},
    {"TupleOfAwaits", tuple_of_awaits},
    {"OwnedByUniquePtr", owned_by_unique_ptr},
    {"OptionalResult", optional_result},
    {"CoroutineNamedFirst", coroutine_named_first},
    {"TemporaryTask", temporary_task},
    {"Gathered", gathered},
    {"GatheredObjects", gathered_objects},
    {"AwaitedInCleanup", awaited_in_cleanup},
    {"GuardOfAScope", guard_of_a_scope},
};

class Shapes : public testing::TestWithParam<Shape> {};

TEST_P(Shapes, RunToTheirEndWithoutACopyTooMany) {
  {
    VirtualLoop v;
    EXPECT_EQ(run(GetParam().function(), v.loop), 7);
  }
  EXPECT_EQ(Registered::alive().size(), 0u);
}

TEST_P(Shapes, CanBeDestroyedAtEachOfTheirSuspensions) {
  Reports ignored;  // of tasks destroyed while pending
  for (int turns = 0;; ++turns) {
    bool done = false;
    {
      VirtualLoop v;
      const auto task = v.loop.create_task(GetParam().function());
      for (int i = 0; i < turns; ++i) {
        v.loop.stop();
        v.loop.run_forever();
      }
      done = task.done();
    }
    ASSERT_EQ(Registered::alive().size(), 0u) << "after " << turns << " turns";
    if (done) {
      break;
    }
  }
}

TEST_P(Shapes, CanBeCancelledAtEachOfTheirSuspensions) {
  for (int turns = 0;; ++turns) {
    bool cancelled = false;
    {
      VirtualLoop v;
      const auto task = v.loop.create_task(GetParam().function());
      for (int i = 0; i < turns; ++i) {
        v.loop.stop();
        v.loop.run_forever();
      }
      cancelled = task.cancel();
      wind_down(v.loop);
    }
    ASSERT_EQ(Registered::alive().size(), 0u) << "after " << turns << " turns";
    if (!cancelled) {
      break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Shapes, testing::ValuesIn(kShapes),
                         [](const auto& shape) {
                           return std::string(shape.param.name);
                         });

}  // namespace
}  // namespace loop

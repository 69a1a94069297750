// The promises of loop/generator.h: one generator and its consumer.
#include "loop/generator.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/stop_iteration.h"
#include "tests/loop/fragile.h"
#include "tests/loop/support.h"

namespace loop {
namespace {

using tests::Fragile;
using tests::Log;

template <class Error>
std::exception_ptr error(const char* text) {
  return std::make_exception_ptr(Error(text));
}

// Writes its name when its scope is left: Python's finally.
class Finally {
 public:
  Finally(Log& log, std::string line) : log_(log), line_(std::move(line)) {}
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;
  ~Finally() { log_.push_back(line_); }

 private:
  Log& log_;
  const std::string line_;
};

// What a request gave, in words.
template <class Request>
std::string outcome(Request request) {
  try {
    return std::to_string(request());
  } catch (const StopWith<int>& stop) {
    return stop.value ? "stop(" + std::to_string(*stop.value) + ")" : "stop()";
  } catch (const StopIteration&) {
    return "stop";
  } catch (const TypeError& e) {
    return std::string("TypeError: ") + e.what();
  } catch (const std::invalid_argument& e) {
    return std::string("ValueError: ") + e.what();
  } catch (const std::runtime_error& e) {
    return std::string("RuntimeError: ") + e.what();
  } catch (const GeneratorExit&) {
    return "GeneratorExit";
  }
}

// close() in words.
template <class Generator>
std::string closing(Generator& generator) {
  return outcome([&] {
    generator.close();
    return 0;
  });
}

Generator<int> count_to(int limit) {
  for (int i = 0; i < limit; ++i) {
    co_yield i;
  }
}

Generator<int> logging(Log& log) {
  log.push_back("started");
  co_yield 1;
  log.push_back("resumed");
}

// Adds up what it is sent, and says so.
Generator<int, int, int> adder(Log& log) {
  int sum = 0;
  for (;;) {
    const std::optional<int> sent = co_yield sum;
    log.push_back(sent ? std::to_string(*sent) : "none");
    if (!sent) {
      co_return sum;
    }
    sum += *sent;
  }
}

// GEN-01
TEST(Generator, RunsNothingOfItsBodyBeforeTheFirstRequest) {
  Log log;
  auto generator = logging(log);
  EXPECT_EQ(log, Log{});
  generator.next();
  EXPECT_EQ(log, Log{"started"});
}

// GEN-02
TEST(Generator, KeepsItsLocalsFromOneRequestToTheNext) {
  auto generator = count_to(3);
  EXPECT_EQ(generator.next(), 0);
  EXPECT_EQ(generator.next(), 1);
  EXPECT_EQ(generator.next(), 2);
}

// GEN-03
TEST(Generator, SendDeliversItsValueToTheSuspendedYield) {
  Log log;
  auto generator = adder(log);
  EXPECT_EQ(generator.next(), 0);
  EXPECT_EQ(generator.send(4), 4);
  EXPECT_EQ(generator.send(3), 7);
  EXPECT_EQ(log, (Log{"4", "3"}));
}

// GEN-04
TEST(Generator, SendingNothingIsTheSameAsNextAlsoAtTheStart) {
  Log log;
  auto generator = adder(log);
  EXPECT_EQ(generator.send(none), 0);
  EXPECT_EQ(outcome([&] { return generator.send(none); }), "stop(0)");
  EXPECT_EQ(log, Log{"none"});
}

// C-074
TEST(Generator, SendingAValueBeforeTheStartThrowsTypeErrorAndChangesNothing) {
  Log log;
  auto generator = adder(log);
  EXPECT_EQ(outcome([&] { return generator.send(4); }),
            "TypeError: a value was sent to a generator not yet started");
  EXPECT_EQ(generator.next(), 0);
  EXPECT_EQ(log, Log{});
}

// GEN-05 GEN-07
TEST(Generator, DeliversItsReturnedValueOnceOnly) {
  auto generator = []() -> Generator<int, NoValue, int> {
    co_yield 1;
    co_return 9;
  }();
  generator.next();
  const auto next = [&] { return generator.next(); };
  EXPECT_EQ(outcome(next), "stop(9)");
  EXPECT_EQ(outcome(next), "stop()");
  EXPECT_EQ(outcome(next), "stop()");
}

// GEN-06
TEST(Generator, StopsWithoutValueWhenTheBodyFallsOffItsEnd) {
  auto generator = count_to(0);
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
}

// GEN-08
TEST(Generator, IterationSeesYieldedValuesAndIgnoresTheReturnedOne) {
  auto body = []() -> Generator<int, NoValue, int> {
    co_yield 1;
    co_return 2;
  };
  std::vector<int> seen;
  auto generator = body();
  for (const int value : generator) {
    seen.push_back(value);
  }
  EXPECT_EQ(seen, std::vector<int>{1});
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop()");
}

// C-074
TEST(Generator, IterationGoesOnFromThePresentState) {
  auto generator = count_to(4);
  generator.next();
  std::vector<int> seen;
  for (const int value : generator) {
    seen.push_back(value);
  }
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
}

TEST(Generator, IsAnInputRange) {
  static_assert(std::ranges::input_range<Generator<int>>);
  auto generator = count_to(5);
  EXPECT_EQ(std::ranges::count_if(generator, [](int i) { return i > 2; }), 2);
}

// GEN-09
TEST(Generator, AnErrorLeavesTheRequestOnceAndEndsTheGenerator) {
  auto generator = []() -> Generator<int> {
    co_yield 1;
    throw std::runtime_error("broken");
  }();
  generator.next();
  const auto next = [&] { return generator.next(); };
  EXPECT_EQ(outcome(next), "RuntimeError: broken");
  EXPECT_EQ(outcome(next), "stop");
}

// GEN-09
TEST(Generator, AnErrorComesOutOfIterationToo) {
  auto generator = []() -> Generator<int> {
    co_yield 1;
    throw std::runtime_error("broken");
  }();
  auto iterator = generator.begin();
  EXPECT_EQ(*iterator, 1);
  EXPECT_THROW(++iterator, std::runtime_error);
}

TEST(Generator, CarriesTypesThatCanOnlyBeMoved) {
  using Box = std::unique_ptr<int>;
  auto generator = []() -> Generator<Box, Box, Box> {
    std::optional<Box> sent = co_yield std::make_unique<int>(1);
    co_return std::move(*sent);
  }();
  EXPECT_EQ(*generator.next(), 1);
  try {
    generator.send(std::make_unique<int>(2));
    FAIL() << "it did not stop";
  } catch (StopWith<Box>& stop) {
    EXPECT_EQ(**stop.value, 2);
  }
}

TEST(Generator, CarriesReasonsAndAnswersThatCannotBeDefaultConstructed) {
  class Text {
   public:
    explicit Text(std::string words) : text(std::move(words)) {}
    std::string text;
  };
  auto generator = []() -> Generator<Text, Text, Text> {
    std::optional<Text> first = co_yield Text("one?");
    std::optional<Text> second = co_yield Text("two?");
    co_return Text(first->text + second->text);
  }();
  EXPECT_EQ(generator.next().text, "one?");
  EXPECT_EQ(generator.send(Text("1")).text, "two?");
  try {
    generator.send(Text("2"));
    FAIL() << "it did not stop";
  } catch (const StopWith<Text>& stop) {
    EXPECT_EQ(stop.value->text, "12");
  }
}

// Needs no destructor and has no default: it stands in a slot without a flag.
TEST(Generator, CarriesPlainValuesThatCannotBeDefaultConstructed) {
  struct Point {
    explicit Point(int both) : x(both), y(both) {}
    int x, y;
  };
  static_assert(std::is_trivially_destructible_v<Point>);
  auto generator = []() -> Generator<Point> {
    co_yield Point(1);
    co_yield Point(2);
  }();
  EXPECT_EQ(generator.next().x, 1);
  EXPECT_EQ((*generator.begin()).y, 2);
}

TEST(Generator, AValueMayHaveAnAddressOperatorOfItsOwn) {
  struct Veiled {
    explicit Veiled(int its_number) : number(its_number) {}
    Veiled* operator&() { return nullptr; }
    int number;
  };
  auto generator = []() -> Generator<Veiled> { co_yield Veiled(3); }();
  EXPECT_EQ(generator.next().number, 3);
}

TEST(Generator, AValueThatCannotBeMovedOutOfTheBodyIsAnErrorAtItsYield) {
  Log log;
  int moves_left = 1;
  auto generator = [](Log& lines, int& moves) -> Generator<Fragile> {
    try {
      co_yield Fragile(moves);
    } catch (const std::runtime_error& e) {
      lines.push_back(e.what());
    }
    moves = 100;
    co_yield Fragile(moves);
  }(log, moves_left);
  generator.next();
  EXPECT_EQ(log, Log{"it broke on the way"});
  EXPECT_THROW(generator.next(), StopIteration);
}

TEST(Generator, AValueThatCannotBeMovedToTheConsumerLeavesTheBodyAtItsYield) {
  int moves_left = 2;
  auto generator = [](int& moves) -> Generator<Fragile> {
    co_yield Fragile(moves);
  }(moves_left);
  EXPECT_THROW(generator.next(), std::runtime_error);
  EXPECT_THROW(generator.next(), StopIteration);
}

TEST(Generator, ASentValueThatBreaksOnItsWayToTheBodyWasNotSent) {
  Log log;
  auto generator = [](Log& lines) -> Generator<int, Fragile> {
    for (int i = 0;; ++i) {
      const std::optional<Fragile>& sent = co_yield i;
      lines.push_back(sent ? std::to_string(sent->number()) : "none");
    }
  }(log);
  generator.next();
  int moves_left = 1;
  EXPECT_THROW(generator.send(Fragile(moves_left, 7)), std::range_error);
  EXPECT_EQ(log, Log{});
  EXPECT_EQ(generator.next(), 1);
  EXPECT_EQ(generator.send(Fragile(moves_left, 8)), 2);
  EXPECT_EQ(log, (Log{"none", "8"}));
}

TEST(Generator, ASentValueThatBreaksInTheBodyIsAnErrorAtItsYield) {
  Log log;
  auto generator = [](Log& lines) -> Generator<int, Fragile> {
    for (int i = 0;; ++i) {
      try {
        const std::optional<Fragile> sent = co_yield i;
        lines.push_back(sent ? std::to_string(sent->number()) : "none");
      } catch (const std::range_error& e) {
        lines.push_back(e.what());
      }
    }
  }(log);
  generator.next();
  int moves_left = 2;
  EXPECT_EQ(generator.send(Fragile(moves_left, 7)), 1);
  EXPECT_EQ(generator.next(), 2);
  EXPECT_EQ(log, (Log{"it broke on the way", "none"}));
}

Generator<int, NoValue, Fragile> returning(int* moves_left) {
  co_yield 1;
  co_return Fragile(*moves_left, 7);
}

// I3
TEST(Generator, AReturnedValueThatBreaksOnItsWayIsAnErrorOnceAndThenTheEnd) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE("move " + std::to_string(n) + " fails");
    int moves_left = n;
    auto generator = returning(&moves_left);
    generator.next();
    try {
      generator.next();
      ADD_FAILURE() << "there is no second value";
    } catch (const StopWith<Fragile>& stop) {
      EXPECT_EQ(stop.value->number(), 7);
      EXPECT_GT(n, 1);
      return;  // it came through
    } catch (const std::range_error&) {
    }
    try {
      generator.next();
      ADD_FAILURE() << "it has ended";
    } catch (const StopWith<Fragile>& stop) {
      EXPECT_FALSE(stop.value);
    }
  }
}

TEST(Generator, AReturnedValueThatBreaksOnItsWayIsAnErrorOfWhoDelegates) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE("move " + std::to_string(n) + " fails");
    Log log;
    int moves_left = n;
    auto generator = [](Log& lines, int* moves) -> Generator<int> {
      try {
        const Fragile value = co_await returning(moves);
        lines.push_back(std::to_string(value.number()));
      } catch (const std::range_error& e) {
        lines.push_back(e.what());
      }
      co_yield 2;
    }(log, &moves_left);
    EXPECT_EQ(generator.next(), 1);
    EXPECT_EQ(generator.next(), 2);
    EXPECT_THROW(generator.next(), StopIteration);
    if (log == Log{"7"}) {
      EXPECT_GT(n, 1);
      return;  // it came through
    }
    EXPECT_EQ(log, Log{"it broke on the way"});
  }
}

// --- throw_()

// Yields 1; on an error logs it, yields 2, and returns 3.
Generator<int, NoValue, int> catching(Log& log) {
  Finally finally(log, "finally");
  bool caught = false;
  try {
    co_yield 1;
  } catch (const std::runtime_error& e) {
    log.push_back(e.what());
    caught = true;
  }
  if (caught) {
    co_yield 2;
  }
  co_return 3;
}

// GEN-10
TEST(Generator, ThrowRaisesAtTheYieldWithTheBodysHandlersInForce) {
  Log log;
  auto generator = catching(log);
  generator.next();
  EXPECT_EQ(generator.throw_(error<std::runtime_error>("e")), 2);
  EXPECT_EQ(log, Log{"e"});
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop(3)");
  EXPECT_EQ(log, (Log{"e", "finally"}));
}

// GEN-11
TEST(Generator, AThrownErrorThatNothingCatchesComesBackAndEndsIt) {
  auto generator = count_to(3);
  generator.next();
  EXPECT_EQ(
      outcome([&] { return generator.throw_(error<std::runtime_error>("e")); }),
      "RuntimeError: e");
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
}

// GEN-12
TEST(Generator, ThrowingBeforeTheStartEndsItWithoutRunningTheBody) {
  Log log;
  auto generator = logging(log);
  EXPECT_EQ(
      outcome([&] { return generator.throw_(error<std::runtime_error>("e")); }),
      "RuntimeError: e");
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
  EXPECT_EQ(log, Log{});
}

// PEP 479 holds for a body that has not begun, and not where there is none any
// more.
TEST(Generator, AStopThrownInBeforeTheStartIsARuntimeErrorAfterTheEndAStop) {
  auto generator = count_to(3);
  const auto stop = [&] {
    return generator.throw_(std::make_exception_ptr(StopIteration()));
  };
  EXPECT_EQ(outcome(stop), "RuntimeError: generator raised StopIteration");
  EXPECT_EQ(outcome(stop), "stop");
}

TEST(Generator, ThrowingNothingIsATypeErrorInEveryStateAndChangesNone) {
  const auto outcome_of_nothing = [](auto& generator) {
    return outcome([&] { return generator.throw_(nullptr); });
  };
  const std::string refused = "TypeError: nothing was thrown into a generator";
  auto generator = count_to(2);
  EXPECT_EQ(outcome_of_nothing(generator), refused);  // fresh
  EXPECT_EQ(generator.next(), 0);
  EXPECT_EQ(outcome_of_nothing(generator), refused);  // suspended
  EXPECT_EQ(generator.next(), 1);
  generator.close();
  EXPECT_EQ(outcome_of_nothing(generator), refused);
  auto delegating = []() -> Generator<int> { co_await count_to(2); }();
  EXPECT_EQ(delegating.next(), 0);
  EXPECT_EQ(outcome_of_nothing(delegating), refused);
  EXPECT_EQ(delegating.next(), 1);
  EXPECT_EQ(outcome([&] { return delegating.next(); }), "stop");
  EXPECT_EQ(outcome_of_nothing(delegating), refused);  // finished
}

TEST(Generator, ThrowingIntoAFinishedGeneratorGivesTheErrorBack) {
  auto generator = count_to(0);
  outcome([&] { return generator.next(); });
  EXPECT_EQ(
      outcome([&] { return generator.throw_(error<std::runtime_error>("e")); }),
      "RuntimeError: e");
}

// GEN-13
TEST(Generator, ABodyThatCatchesAndReturnsTurnsThrowIntoAStop) {
  auto generator = []() -> Generator<int, NoValue, int> {
    try {
      co_yield 1;
    } catch (const std::runtime_error&) {
      co_return 4;
    }
    co_return 0;
  }();
  generator.next();
  EXPECT_EQ(
      outcome([&] { return generator.throw_(error<std::runtime_error>("e")); }),
      "stop(4)");
}

// GEN-14: a return inside `finally` is a return inside `catch (...)` here.
TEST(Generator, AReturnOnTheWayOutSwallowsTheErrorThrownIn) {
  auto generator = []() -> Generator<int, NoValue, int> {
    try {
      co_yield 1;
    } catch (...) {
      co_return 5;
    }
    co_return 0;
  }();
  generator.next();
  EXPECT_EQ(
      outcome([&] { return generator.throw_(error<std::logic_error>("e")); }),
      "stop(5)");
}

// GEN-15: what Python calls the context is the nested exception of C++, which
// the body asks for.
TEST(Generator, AnErrorRaisedInAHandlerCarriesTheOneThrownIn) {
  auto generator = []() -> Generator<int> {
    try {
      co_yield 1;
    } catch (const std::invalid_argument&) {
      std::throw_with_nested(std::runtime_error("f"));
    }
  }();
  generator.next();
  try {
    generator.throw_(error<std::invalid_argument>("e"));
    FAIL() << "f did not come out";
  } catch (const std::runtime_error& f) {
    EXPECT_STREQ(f.what(), "f");
    EXPECT_THROW(std::rethrow_if_nested(f), std::invalid_argument);
  }
}

// GEN-16
TEST(Generator, TheCloseSignalThrownByHandComesOutToTheCaller) {
  Log log;
  auto generator = catching(log);
  generator.next();
  EXPECT_EQ(outcome([&] {
              return generator.throw_(std::make_exception_ptr(GeneratorExit()));
            }),
            "GeneratorExit");
  EXPECT_EQ(log, Log{"finally"});
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop()");
}

// --- close()

// GEN-17
TEST(Generator, ClosingBeforeTheStartEndsItWithoutRunningTheBody) {
  Log log;
  auto generator = logging(log);
  generator.close();
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
  EXPECT_EQ(log, Log{});
}

// GEN-18
TEST(Generator, ClosingAFinishedOneDoesNothingAnyNumberOfTimes) {
  auto generator = count_to(1);
  generator.next();
  generator.close();
  generator.close();
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
  generator.close();
}

// GEN-19
TEST(Generator, CloseRaisesTheCloseSignalAtTheYieldAndReturnsWhenItIsLetOut) {
  Log log;
  auto generator = [](Log& lines) -> Generator<int> {
    Finally finally(lines, "finally");
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
      lines.push_back("GeneratorExit");
      throw;
    }
  }(log);
  generator.next();
  generator.close();
  EXPECT_EQ(log, (Log{"GeneratorExit", "finally"}));
}

// GEN-19
TEST(Generator, CloseIsContentWithABodyThatReturnsAndDropsTheValue) {
  auto generator = []() -> Generator<int, NoValue, int> {
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
    }
    co_return 7;
  }();
  generator.next();
  generator.close();
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop()");
}

// C++ only: a handler for ordinary errors must not catch the close signal.
TEST(Generator, TheCloseSignalPassesHandlersOfOrdinaryErrors) {
  Log log;
  auto generator = [](Log& lines) -> Generator<int> {
    try {
      co_yield 1;
    } catch (const std::exception&) {
      lines.push_back("swallowed");
    }
  }(log);
  generator.next();
  generator.close();
  EXPECT_EQ(log, Log{});
}

// GEN-20
TEST(Generator, AnErrorRaisedWhileClosingLeavesCloseWithTheSignalAsItsCause) {
  auto generator = []() -> Generator<int> {
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
      std::throw_with_nested(std::runtime_error("key"));
    }
  }();
  generator.next();
  try {
    generator.close();
    FAIL() << "close() returned";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "key");
    EXPECT_THROW(std::rethrow_if_nested(e), GeneratorExit);
  }
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
}

// Yields again, `times` times, when it is told to end.
Generator<int> stubborn(int times) {
  for (int i = 0;; ++i) {
    try {
      co_yield i;
    } catch (const GeneratorExit&) {
      if (i == times) {
        throw;
      }
    }
  }
}

// GEN-21
TEST(Generator, AYieldInAnswerToTheCloseSignalFailsCloseAndKeepsItOpen) {
  auto generator = stubborn(1);
  generator.next();
  EXPECT_EQ(closing(generator),
            "RuntimeError: generator ignored GeneratorExit");
  EXPECT_EQ(closing(generator), "0");
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
}

// GEN-22
TEST(Generator, DestroyingASuspendedOneClosesIt) {
  Log log;
  {
    auto generator = [](Log& lines) -> Generator<int> {
      Finally finally(lines, "finally");
      try {
        co_yield 1;
      } catch (const GeneratorExit&) {
        lines.push_back("GeneratorExit");
      }
    }(log);
    generator.next();
    EXPECT_EQ(log, Log{});
  }
  EXPECT_EQ(log, (Log{"GeneratorExit", "finally"}));
}

// GEN-22
TEST(Generator, LeavingALoopOverItClosesIt) {
  Log log;
  for (const int value : catching(log)) {
    EXPECT_EQ(value, 1);
    break;
  }
  EXPECT_EQ(log, Log{"finally"});
}

// GEN-23
TEST(Generator, DestroyingOneThatNeverStartedRunsNothing) {
  Log log;
  { const auto generator = logging(log); }
  EXPECT_EQ(log, Log{});
}

// GEN-24
TEST(Generator, AYieldInAnswerToDestructionIsReportedAndTheProgramGoesOn) {
  const tests::Reports reports;
  {
    auto generator = stubborn(100);
    generator.next();
  }
  EXPECT_EQ(
      reports.messages,
      Log{"a generator could not be closed: std::runtime_error: generator "
          "ignored GeneratorExit"});
}

// GEN-24
TEST(Generator, AnErrorRaisedDuringDestructionIsReported) {
  const tests::Reports reports;
  {
    auto generator = []() -> Generator<int> {
      try {
        co_yield 1;
      } catch (const GeneratorExit&) {
        throw std::runtime_error("key");
      }
    }();
    generator.next();
  }
  EXPECT_EQ(reports.messages,
            Log{"a generator could not be closed: std::runtime_error: key"});
}

// GEN-24
TEST(Generator, IsClosedQuietlyWhileItsConsumerUnwinds) {
  Log log;
  const tests::Reports reports;
  try {
    auto generator = catching(log);
    generator.next();
    throw std::runtime_error("consumer");
  } catch (const std::runtime_error& e) {
    log.push_back(e.what());
  }
  EXPECT_EQ(log, (Log{"finally", "consumer"}));
  EXPECT_EQ(reports.messages, Log{});
}

// GEN-25
TEST(Generator, AStopSignalThatEscapesFromABodyBecomesARuntimeError) {
  auto generator = [](Generator<int> other) -> Generator<int> {
    for (;;) {
      co_yield other.next();
    }
  }(count_to(1));
  EXPECT_EQ(generator.next(), 0);
  try {
    generator.next();
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "generator raised StopIteration");
    EXPECT_THROW(std::rethrow_if_nested(e), StopIteration);
  }
}

// GEN-26
TEST(Generator, RefusesEveryRequestWhileItsBodyExecutes) {
  Log log;
  Generator<int, int>* self = nullptr;
  auto generator = [](Log& lines,
                      Generator<int, int>*& me) -> Generator<int, int> {
    co_yield 0;
    lines.push_back(outcome([&] { return me->next(); }));
    lines.push_back(outcome([&] { return me->send(1); }));
    lines.push_back(
        outcome([&] { return me->throw_(error<std::runtime_error>("e")); }));
    lines.push_back(closing(*me));
    co_yield 1;
  }(log, self);
  self = &generator;
  generator.next();
  EXPECT_EQ(generator.next(), 1);
  const std::string refusal = "ValueError: generator already executing";
  EXPECT_EQ(log, (Log{refusal, refusal, refusal, refusal}));
}

// GEN-27
TEST(Generator, RunsOnlyWhileItsBodyExecutes) {
  Log log;
  Generator<int>* self = nullptr;
  auto generator = [](Log& lines, Generator<int>*& me) -> Generator<int> {
    lines.push_back(me->running() ? "inside" : "not inside");
    co_yield 1;
  }(log, self);
  self = &generator;
  EXPECT_FALSE(generator.running());
  generator.next();
  EXPECT_FALSE(generator.running());
  outcome([&] { return generator.next(); });
  EXPECT_FALSE(generator.running());
  EXPECT_EQ(log, Log{"inside"});
}

TEST(Generator, MayBeMovedWhileSuspended) {
  auto first = count_to(3);
  first.next();
  auto second = std::move(first);
  EXPECT_EQ(second.next(), 1);
  second = count_to(9);
  EXPECT_EQ(second.next(), 0);
}

TEST(Generator, GoesOnInAnotherThread) {
  auto generator = count_to(2);
  generator.next();
  int second = 0;
  std::thread other([&] { second = generator.next(); });
  other.join();
  EXPECT_EQ(second, 1);
  EXPECT_EQ(outcome([&] { return generator.next(); }), "stop");
}

// g++ 12 destroys temporaries of aggregate type twice where a co_yield stands
// in the expression; this walks the shapes that are safe and counts.
class Counted {
 public:
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
  static int alive;
};
int Counted::alive = 0;

Counted make_counted() {
  return Counted();
}

TEST(Generator, DestroysEachValueThatIterationOnlyLooksAt) {
  auto body = []() -> Generator<Counted> {
    co_yield Counted();
    co_yield Counted();
  };
  for (const Counted& value : body()) {
    EXPECT_GE(value.alive, 1);
  }
  EXPECT_EQ(Counted::alive, 0);
  for (const Counted& value : body()) {
    EXPECT_GE(value.alive, 1);
    break;
  }
  EXPECT_EQ(Counted::alive, 0);
}

TEST(Generator, DestroysEachValueOnceWhereverItIsAbandoned) {
  auto body = []() -> Generator<Counted, Counted> {
    Counted local;
    co_yield local;
    co_yield Counted();
    const std::optional<Counted> sent = co_yield make_counted();
    co_yield sent.value_or(Counted());
    co_yield std::move(local);
  };
  for (int requests = 0; requests <= 6; ++requests) {
    {
      auto generator = body();
      for (int i = 0; i < requests; ++i) {
        try {
          i < 2 ? generator.next() : generator.send(Counted());
        } catch (const StopIteration&) {
        }
      }
    }
    EXPECT_EQ(Counted::alive, 0) << "abandoned after " << requests;
  }
}

}  // namespace
}  // namespace loop

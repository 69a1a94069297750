// The promises of loop/generator_link.h: chains of generators (yield from).
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/generator.h"
#include "loop/stop_iteration.h"
#include "tests/loop/support.h"

namespace loop {
namespace {

using tests::Log;
using Text = Generator<std::string, std::string, std::string>;

template <class Error>
std::exception_ptr error(const char* text) {
  return std::make_exception_ptr(Error(text));
}

// What a request gave, in words.
template <class Request>
std::string outcome(Request request) {
  try {
    return request();
  } catch (const StopWith<std::string>& stop) {
    return "stop(" + stop.value.value_or("") + ")";
  } catch (const StopIteration&) {
    return "stop";
  } catch (const TypeError&) {
    return "TypeError";
  } catch (const std::invalid_argument& e) {
    return std::string("ValueError: ") + e.what();
  } catch (const std::runtime_error& e) {
    return std::string("RuntimeError: ") + e.what();
  } catch (const std::logic_error& e) {
    return std::string("LogicError: ") + e.what();
  } catch (const GeneratorExit&) {
    return "GeneratorExit";
  }
}
std::string next(Text& text) {
  return outcome([&] { return text.next(); });
}
std::string send(Text& text, std::string value) {
  return outcome([&] { return text.send(std::move(value)); });
}
template <class Error>
std::string raise(Text& text, const char* what) {
  return outcome([&] { return text.throw_(error<Error>(what)); });
}
std::string closing(Text& text) {
  return outcome([&] {
    text.close();
    return std::string("closed");
  });
}

// Logs its start, what it is sent, what is raised in it, and its end.
// `name` + 1, + 2 are its values, `name` + R what it returns.
Text speaker(Log& log, std::string name) {
  log.push_back(name + " starts");
  try {
    for (int i = 1; i <= 2; ++i) {
      const std::string value = name + std::to_string(i);
      const std::optional<std::string> sent = co_yield value;
      if (sent) {
        log.push_back(name + " got " + *sent);
      }
    }
  } catch (const GeneratorExit&) {
    log.push_back(name + " is told to end");
    throw;
  }
  log.push_back(name + " ends");
  co_return name + "R";
}

// Delegates, logs what came of it, then speaks itself.
Text outer_of(Log& log, Text inner) {
  log.push_back("outer starts");
  try {
    const std::string result = co_await std::move(inner);
    log.push_back("outer has " + result);
  } catch (const std::runtime_error& e) {
    log.push_back(std::string("outer caught ") + e.what());
  } catch (const GeneratorExit&) {
    log.push_back("outer is told to end");
    throw;
  }
  co_yield "outer";
  co_return "outerR";
}

// GEN-28 GEN-29
TEST(Delegation, TheInnerGeneratorServesRequestsUntilItEnds) {
  Log log;
  auto outer = outer_of(log, speaker(log, "in"));
  EXPECT_EQ(log, Log{});
  EXPECT_EQ(next(outer), "in1");
  EXPECT_EQ(next(outer), "in2");
  EXPECT_EQ(log, (Log{"outer starts", "in starts"}));
  EXPECT_EQ(next(outer), "outer");
  EXPECT_EQ(log,
            (Log{"outer starts", "in starts", "in ends", "outer has inR"}));
  EXPECT_EQ(next(outer), "stop(outerR)");
}

// GEN-30
TEST(Delegation, ASentValueReachesTheInnersYield) {
  Log log;
  auto outer = outer_of(log, speaker(log, "in"));
  next(outer);
  log.clear();
  EXPECT_EQ(send(outer, "v"), "in2");
  EXPECT_EQ(log, Log{"in got v"});
}

Text failing_on_the_second_request() {
  co_yield "first";
  throw std::runtime_error("broken");
}

// GEN-31
TEST(Delegation, AnErrorOfTheInnerAppearsWhereTheOuterDelegates) {
  Log log;
  auto by_next = outer_of(log, failing_on_the_second_request());
  EXPECT_EQ(next(by_next), "first");
  EXPECT_EQ(next(by_next), "outer");
  auto by_send = outer_of(log, failing_on_the_second_request());
  EXPECT_EQ(next(by_send), "first");
  EXPECT_EQ(send(by_send, "v"), "outer");
  EXPECT_EQ(log, (Log{"outer starts", "outer caught broken", "outer starts",
                      "outer caught broken"}));
}

Text catching(Log& log) {
  bool caught = false;
  try {
    co_yield "in1";
  } catch (const std::runtime_error& e) {
    log.push_back(std::string("in caught ") + e.what());
    caught = true;
  }
  if (caught) {
    co_yield "in2";
  }
  co_return "inR";
}

// GEN-32
TEST(Delegation, AThrownErrorIsRaisedInTheInnerFirst) {
  Log log;
  auto outer = outer_of(log, catching(log));
  next(outer);
  log.clear();
  EXPECT_EQ(raise<std::runtime_error>(outer, "e"), "in2");
  EXPECT_EQ(log, Log{"in caught e"});
}

// GEN-32
TEST(Delegation, AThrownErrorThatTheInnerLetsOutReachesTheOuter) {
  Log log;
  auto outer = outer_of(log, speaker(log, "in"));
  next(outer);
  log.clear();
  EXPECT_EQ(raise<std::runtime_error>(outer, "e"), "outer");
  EXPECT_EQ(log, Log{"outer caught e"});
}

// GEN-33
TEST(Delegation, AnInnerThatAnswersAThrownErrorByReturningGivesItsValue) {
  Log log;
  auto inner = []() -> Text {
    try {
      co_yield "in1";
    } catch (const std::runtime_error&) {
    }
    co_return "v";
  };
  auto outer = outer_of(log, inner());
  next(outer);
  EXPECT_EQ(raise<std::runtime_error>(outer, "e"), "outer");
  EXPECT_EQ(log, (Log{"outer starts", "outer has v"}));
}

// GEN-34
TEST(Delegation, ClosingGoesFromTheInsideOut) {
  Log log;
  auto outer = outer_of(log, outer_of(log, speaker(log, "in")));
  next(outer);
  log.clear();
  EXPECT_EQ(closing(outer), "closed");
  EXPECT_EQ(log, (Log{"in is told to end", "outer is told to end",
                      "outer is told to end"}));
  EXPECT_EQ(next(outer), "stop()");
}

// GEN-34: an inner that answers by returning has closed well, and its value is
// dropped.
TEST(Delegation, AnInnerThatReturnsWhenClosedLetsTheClosingGoOn) {
  Log log;
  auto inner = []() -> Text {
    try {
      co_yield "in1";
    } catch (const GeneratorExit&) {
    }
    co_return "dropped";
  };
  auto outer = outer_of(log, inner());
  next(outer);
  EXPECT_EQ(closing(outer), "closed");
  EXPECT_EQ(log, (Log{"outer starts", "outer is told to end"}));
}

Text failing_to_close() {
  try {
    co_yield "in1";
  } catch (const GeneratorExit&) {
    throw std::runtime_error("no");
  }
  co_return "";
}

// GEN-35
TEST(Delegation, AnErrorOfAnInnerThatIsClosedAppearsInTheOuter) {
  Log log;
  auto outer = outer_of(log, failing_to_close());
  next(outer);
  // The outer catches it and yields, which no close may be answered with.
  EXPECT_EQ(closing(outer), "RuntimeError: generator ignored GeneratorExit");
  EXPECT_EQ(log, (Log{"outer starts", "outer caught no"}));
  EXPECT_EQ(next(outer), "stop(outerR)");
}

// GEN-35
TEST(Delegation, TheCloseSignalThrownByHandClosesTheInnersFirst) {
  Log log;
  auto outer = outer_of(log, failing_to_close());
  next(outer);
  EXPECT_EQ(outcome([&] {
              return outer.throw_(std::make_exception_ptr(GeneratorExit()));
            }),
            "outer");
  EXPECT_EQ(log, (Log{"outer starts", "outer caught no"}));

  auto obedient = outer_of(log, speaker(log, "in"));
  next(obedient);
  log.clear();
  EXPECT_EQ(outcome([&] {
              return obedient.throw_(std::make_exception_ptr(GeneratorExit()));
            }),
            "GeneratorExit");
  EXPECT_EQ(log, (Log{"in is told to end", "outer is told to end"}));
}

// Yields once more when it is told to end.
Text stubborn() {
  bool told = false;
  try {
    co_yield "in1";
  } catch (const GeneratorExit&) {
    told = true;
  }
  if (told) {
    co_yield "in2";
  }
  co_return "";
}

TEST(Delegation, AnInnerThatIgnoresClosingGivesItsOuterARuntimeError) {
  Log log;
  auto inner = stubborn();
  auto outer = [](Log& lines, Text& in) -> Text {
    try {
      co_await in;
    } catch (const std::runtime_error& e) {
      lines.push_back(e.what());
    }
    co_return "";
  }(log, inner);
  next(outer);
  EXPECT_EQ(closing(outer), "closed");
  EXPECT_EQ(log, Log{"generator ignored GeneratorExit"});
  // The inner stands at its new yield and may be used by itself.
  EXPECT_EQ(next(inner), "stop()");
}

// GEN-36
TEST(Delegation, ARangeServesNextAndSendingNothing) {
  auto body = [](std::vector<int> items) -> Generator<int, int, int> {
    co_await std::move(items);
    co_return 9;
  };
  auto generator = body({1, 2, 3});
  EXPECT_EQ(generator.next(), 1);
  EXPECT_EQ(generator.send(none), 2);
  EXPECT_EQ(generator.next(), 3);
  try {
    generator.next();
    FAIL() << "it did not stop";
  } catch (const StopWith<int>& stop) {
    EXPECT_EQ(stop.value, 9);
  }
}

// GEN-36
TEST(Delegation, ARangeServesAGeneratorThatTakesNoValues) {
  auto generator = [](std::vector<int> items) -> Generator<int> {
    co_await items;
    co_await items;
  }({1, 2});
  std::vector<int> seen;
  for (const int value : generator) {
    seen.push_back(value);
  }
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 1, 2}));
}

// GEN-37
TEST(Delegation, AValueSentToARangeIsAnErrorWhereTheOuterDelegates) {
  auto body = []() -> Text {
    std::string caught = "nothing";
    try {
      std::vector<std::string> items{"a", "b"};
      co_await std::move(items);
    } catch (const TypeError& e) {
      caught = "caught";
    }
    co_yield caught;
    co_return "";
  };
  auto generator = body();
  EXPECT_EQ(next(generator), "a");
  EXPECT_EQ(send(generator, "v"), "caught");
}

// GEN-38
TEST(Delegation, ValuesPassInAndCombineOnTheWayOutThroughThreeLevels) {
  using Number = Generator<int, int, int>;
  auto doubled = []() -> Number { co_return 2 * (co_yield 0).value(); };
  auto plus_one = [](Number inner) -> Number {
    const int value = co_await std::move(inner);
    co_return value + 1;
  };
  auto times_ten = [](Number inner) -> Number {
    const int value = co_await std::move(inner);
    co_return value * 10;
  };
  auto generator = times_ten(plus_one(doubled()));
  generator.next();
  try {
    generator.send(5);
    FAIL() << "it did not stop";
  } catch (const StopWith<int>& stop) {
    EXPECT_EQ(stop.value, 110);
  }
}

// --- Depth

using Deep = Generator<int, NoValue, int>;

// `depth` levels, each adding one to what the next returned.
Deep levels(int depth, Log* log = nullptr) {
  if (depth == 0) {
    co_yield 0;
    co_return 0;
  }
  int below = 0;
  try {
    below = co_await levels(depth - 1, log);
  } catch (const GeneratorExit&) {
    if (log != nullptr) {
      log->push_back("closed");
    }
    throw;
  }
  co_return below + 1;
}

constexpr int kDeep = 20'000;

int returned_by(Deep& deep) {
  try {
    deep.next();
  } catch (const StopWith<int>& stop) {
    return stop.value.value();
  }
  return -1;
}

// GEN-39
TEST(Delegation, FiveHundredLevelsAddUp) {
  auto deep = levels(500);
  EXPECT_EQ(deep.next(), 0);
  EXPECT_EQ(returned_by(deep), 500);
}

// GEN-39: far deeper than a machine stack of one frame a level allows.
TEST(Delegation, TwentyThousandLevelsNeedNoStack) {
  auto deep = levels(kDeep);
  EXPECT_EQ(deep.next(), 0);
  EXPECT_EQ(returned_by(deep), kDeep);
}

TEST(Delegation, AnErrorCrossesTwentyThousandLevels) {
  auto deep = levels(kDeep);
  deep.next();
  EXPECT_THROW(deep.throw_(error<std::runtime_error>("e")), std::runtime_error);
}

TEST(Delegation, TwentyThousandLevelsAreClosedOneByOne) {
  Log log;
  {
    auto deep = levels(kDeep, &log);
    deep.next();
  }
  EXPECT_EQ(log.size(), size_t{kDeep});
}

// A tree is walked by a chain that grows and shrinks all the time.
TEST(Delegation, ARecursiveWalkYieldsEveryLeafInOrder) {
  struct Walk {
    static Generator<int> leaves(int first, int last) {
      if (last - first == 1) {
        co_yield first;
      } else {
        const int middle = (first + last) / 2;
        co_await leaves(first, middle);
        co_await leaves(middle, last);
      }
    }
  };
  int expected = 0;
  for (const int leaf : Walk::leaves(0, 1000)) {
    EXPECT_EQ(leaf, expected++);
  }
  EXPECT_EQ(expected, 1000);
}

// --- A generator of a chain that is driven by itself

// Delegates to a generator that somebody else owns.
Text borrowing(Log& log, Text& inner) {
  try {
    const std::string result = co_await inner;
    log.push_back("borrower has " + result);
  } catch (const std::logic_error& e) {
    log.push_back(std::string("borrower caught ") + e.what());
  }
  co_yield "own";
  co_return "";
}

// GEN-26 GEN-27: everybody in a chain claims to be running.
TEST(Delegation, EveryGeneratorOfAnExecutingChainRefusesRequests) {
  Log log;
  Text* top = nullptr;
  Text* between = nullptr;
  auto leaf = [](Log& lines, Text*& a, Text*& b) -> Text {
    for (Text* text : {a, b}) {
      lines.push_back(text->running() ? "running" : "not running");
      lines.push_back(next(*text));
      lines.push_back(send(*text, "v"));
      lines.push_back(raise<std::runtime_error>(*text, "e"));
      lines.push_back(closing(*text));
    }
    co_yield "leaf";
    co_return "";
  }(log, top, between);
  auto middle = borrowing(log, leaf);
  auto root = borrowing(log, middle);
  top = &root;
  between = &middle;
  EXPECT_EQ(next(root), "leaf");
  const std::string refusal = "ValueError: generator already executing";
  EXPECT_EQ(log, (Log{"running", refusal, refusal, refusal, refusal, "running",
                      refusal, refusal, refusal, refusal}));
  EXPECT_EQ(next(root), "own");  // the refusals have broken nothing
}

TEST(Delegation, AnInnerGeneratorMayBeDrivenByItselfAndTheChainGoesOn) {
  Log log;
  auto leaf = speaker(log, "leaf");
  auto middle = borrowing(log, leaf);
  auto root = borrowing(log, middle);
  EXPECT_EQ(next(root), "leaf1");
  EXPECT_EQ(next(leaf), "leaf2");  // the leaf itself
  EXPECT_EQ(next(middle), "own");  // from the middle: the leaf ends in this
  EXPECT_EQ(next(root), "own");    // the middle ends, the root goes on
  EXPECT_EQ(next(root), "stop()");
}

TEST(Delegation, AnInnerGeneratorThatLostItsValueFailsItsOuter) {
  Log log;
  auto leaf = speaker(log, "leaf");
  auto root = borrowing(log, leaf);
  EXPECT_EQ(next(root), "leaf1");
  next(leaf);
  EXPECT_EQ(next(leaf), "stop(leafR)");
  log.clear();
  EXPECT_EQ(next(root), "own");
  EXPECT_EQ(log,
            Log{"borrower caught the returned value was delivered before"});
}

// The chain below the middle goes and grows anew; the root must not be left
// with a pointer into what has gone.
TEST(Delegation, DrivingTheMiddleThroughManyChainsKeepsTheRootRight) {
  Log log;
  auto middle = [](Log& lines) -> Text {
    co_await speaker(lines, "a");
    co_await outer_of(lines, speaker(lines, "b"));
    co_return "middleR";
  }(log);
  auto root = borrowing(log, middle);
  EXPECT_EQ(next(root), "a1");
  EXPECT_EQ(next(middle), "a2");
  EXPECT_EQ(next(middle), "b1");  // a's frame has gone
  EXPECT_EQ(next(root), "b2");
  EXPECT_EQ(next(middle), "outer");
  EXPECT_EQ(send(root, "v"), "own");
  EXPECT_EQ(log.back(), "borrower has middleR");
}

TEST(Delegation, ClosingTheMiddleLetsTheRootGoOn) {
  Log log;
  auto middle = outer_of(log, speaker(log, "in"));
  auto root = borrowing(log, middle);
  next(root);
  EXPECT_EQ(closing(middle), "closed");
  EXPECT_EQ(next(root), "own");
}

// A value sent towards a generator that has ended meanwhile is lost; it must
// not turn up at a later yield of the outer one.
TEST(Delegation, AValueSentToAnEndedInnerDoesNotReachTheOuter) {
  Log log;
  auto leaf = speaker(log, "leaf");
  auto root = [](Log& lines, Text& inner) -> Text {
    co_yield "first";
    try {
      co_await inner;
    } catch (const std::logic_error&) {
    }
    const std::optional<std::string> sent = co_yield "own";
    lines.push_back(sent ? "got " + *sent : "got nothing");
    co_return "";
  }(log, leaf);
  next(root);
  next(root);
  leaf.close();
  log.clear();
  EXPECT_EQ(send(root, "lost"), "own");
  EXPECT_EQ(next(root), "stop()");
  EXPECT_EQ(log, Log{"got nothing"});
}

TEST(Delegation, DelegatingToAGeneratorInUseIsRefused) {
  Log log;
  auto shared = speaker(log, "shared");
  auto first = borrowing(log, shared);
  auto second = [](Text& inner) -> Text {
    co_await inner;
    co_return "";
  }(shared);
  EXPECT_EQ(next(first), "shared1");
  EXPECT_EQ(next(second),
            "RuntimeError: another generator delegates to this one");
  EXPECT_EQ(next(first), "shared2");
}

TEST(Delegation, DelegatingToOneselfIsRefused) {
  Text* self = nullptr;
  auto generator = [](Text*& me) -> Text {
    co_await *me;
    co_return "";
  }(self);
  self = &generator;
  EXPECT_EQ(next(generator), "ValueError: generator already executing");
}

TEST(Delegation, AGeneratorAlreadyStartedServesItsRest) {
  Log log;
  auto inner = outer_of(log, speaker(log, "in"));
  next(inner);
  auto outer = borrowing(log, inner);
  EXPECT_EQ(next(outer), "in2");
  EXPECT_EQ(next(outer), "outer");
  EXPECT_EQ(next(outer), "own");
}

// --- Destruction

// GEN-22 GEN-34
TEST(Delegation, DestroyingTheRootClosesTheChainFromTheInsideOut) {
  Log log;
  {
    auto outer = outer_of(log, outer_of(log, speaker(log, "in")));
    next(outer);
    log.clear();
  }
  EXPECT_EQ(log, (Log{"in is told to end", "outer is told to end",
                      "outer is told to end"}));
}

// GEN-24: each body of the chain that will not end is reported, and all frames
// go nevertheless.
TEST(Delegation, AChainThatWillNotCloseIsReportedAndDestroyed) {
  const tests::Reports reports;
  {
    // Answers the close signal by delegating again, for ever.
    struct Endless {
      static Text body(int depth) {
        for (;;) {
          try {
            co_await body_or_yield(depth);
          } catch (const GeneratorExit&) {
          } catch (const std::runtime_error&) {
          }
        }
      }
      static Text body_or_yield(int depth) {
        if (depth > 0) {
          co_await body(depth - 1);
        }
        co_yield "value";
        co_return "";
      }
    };
    auto endless = Endless::body(2);
    next(endless);
  }
  EXPECT_FALSE(reports.messages.empty());
  for (const std::string& line : reports.messages) {
    EXPECT_EQ(line,
              "a generator could not be closed: std::runtime_error: generator "
              "ignored GeneratorExit");
  }
}

}  // namespace
}  // namespace loop

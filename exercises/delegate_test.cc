// What passes, by hand; then conversations by seed, each held twice: with
// delegate(), and with the co_await that it stands for. The logs must agree.
#include "exercises/delegate.h"

#include <cstdint>
#include <exception>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/generator.h"
#include "loop/stop_iteration.h"

namespace exercises {
namespace {

using Log = std::vector<std::string>;

Numbers reference(Numbers inner) {
  co_return co_await inner;
}

Numbers echo() {
  int value = 0;
  for (int i = 0; i < 2; ++i) {
    const std::optional<int> sent = co_yield value;
    value = sent.value_or(-1);
  }
  co_return value;
}

TEST(Delegate, ValuesGoOutAndWhatIsSentGoesIn) {
  Numbers numbers = delegate(echo());
  EXPECT_EQ(numbers.next(), 0);
  EXPECT_EQ(numbers.send(7), 7);
}

TEST(Delegate, WhatInnerReturnsIsReturned) {
  Numbers numbers = delegate(echo());
  numbers.next();
  numbers.next();
  try {
    numbers.send(9);
    FAIL() << "it goes on";
  } catch (const loop::StopWith<int>& stop) {
    EXPECT_EQ(stop.value, 9);
  }
}

Numbers survivor(Log* log) {
  for (;;) {
    try {
      co_yield 1;
    } catch (const std::runtime_error& error) {
      log->push_back(error.what());
    } catch (const loop::GeneratorExit&) {
      log->push_back("closed");
      throw;
    }
  }
}

TEST(Delegate, AnErrorIsThrownIntoInnerWhichMayGoOn) {
  Log log;
  Numbers numbers = delegate(survivor(&log));
  numbers.next();
  const auto error = std::make_exception_ptr(std::runtime_error("ouch"));
  EXPECT_EQ(numbers.throw_(error), 1);
  EXPECT_EQ(log, (Log{"ouch"}));
}

TEST(Delegate, ClosingClosesInnerBeforeItReturns) {
  Log log;
  Numbers numbers = delegate(survivor(&log));
  numbers.next();
  numbers.close();
  EXPECT_EQ(log, (Log{"closed"}));
}

// A body that does at each yield what the dice say with whatever comes in.
Numbers moody(unsigned seed, Log* log) {
  std::mt19937 dice(seed);
  bool refused = false;  // to be closed; once only, or it never could be
  for (int i = 0; i < 8; ++i) {
    const auto mood = dice() % 4;
    bool leave = false;
    try {
      const std::optional<int> sent = co_yield i;
      log->push_back("in: " + (sent ? std::to_string(*sent) : "nothing"));
      leave = mood == 0 && i > 2;
    } catch (const loop::GeneratorExit&) {
      log->push_back("in: exit");
      if (refused || mood != 1) {
        throw;
      }
      refused = true;
    } catch (const std::runtime_error& error) {
      log->push_back(std::string("in: ") + error.what());
      if (mood == 0) {
        throw std::runtime_error("another error");
      }
      if (mood == 1) {
        throw;
      }
      leave = mood == 2;
    }
    if (leave) {
      log->push_back("in: leaves");
      co_return 100 + i;
    }
  }
  co_return 99;
}

constexpr uint_fast32_t kClose = 0;

// One request of eight.
void talk(Numbers& numbers, uint_fast32_t what, int value, Log& log) {
  try {
    if (what == kClose) {
      log.push_back("close");
      numbers.close();
      log.push_back("closed");
    } else if (what < 3) {
      log.push_back("throw");
      const auto error = std::make_exception_ptr(std::runtime_error("thrown"));
      log.push_back("out: " + std::to_string(numbers.throw_(error)));
    } else if (what == 3) {
      log.push_back("throw exit");
      const auto error = std::make_exception_ptr(loop::GeneratorExit());
      log.push_back("out: " + std::to_string(numbers.throw_(error)));
    } else if (what == 4) {
      log.push_back("next");
      log.push_back("out: " + std::to_string(numbers.next()));
    } else {
      log.push_back("send " + std::to_string(value));
      log.push_back("out: " + std::to_string(numbers.send(value)));
    }
  } catch (const loop::StopWith<int>& stop) {
    log.push_back("stop: " +
                  (stop.value ? std::to_string(*stop.value) : "nothing"));
  } catch (const loop::GeneratorExit&) {
    log.push_back("GeneratorExit");
  } catch (const loop::TypeError&) {
    log.push_back("TypeError");
  } catch (const std::exception& error) {
    log.push_back(std::string("error: ") + error.what());
  }
}

Log conversation(Numbers (*outer)(Numbers), unsigned seed) {
  Log log;
  std::mt19937 dice(seed);
  {
    Numbers numbers = outer(moody(seed + 1, &log));
    for (int i = 0; i < 12; ++i) {
      const auto what = dice() % 8;
      talk(numbers, what, static_cast<int>(dice() % 10), log);
    }
    talk(numbers, kClose, 0, log);
  }
  log.push_back("gone");
  return log;
}

TEST(Delegate, NobodyCanTellItFromYieldFrom) {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    ASSERT_EQ(conversation(delegate, seed), conversation(reference, seed))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace exercises

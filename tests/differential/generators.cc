// Generators: they need no loop; see generators.py.
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "loop/generator.h"
#include "loop/stop_iteration.h"
#include "tests/differential/scenario.h"

namespace tests {
namespace {

using loop::Generator;

template <class Error>
std::exception_ptr error() {
  return std::make_exception_ptr(Error(""));
}

// Says what happens at its yields.
Generator<int, int, std::string> echo(Log log) {
  int sent = 0;
  while (sent != 9) {
    try {
      sent = (co_yield sent).value_or(0);
      log("got" + std::to_string(sent));
    } catch (const std::invalid_argument&) {
      log(kind(std::current_exception()));
      sent = 7;
    }
  }
  log("ends");
  co_return "returned";
}

LOOP_SCENARIO(generator_next_and_send) {
  auto generator = echo(log);
  log("made");
  attempt(log, [&] { return generator.send(1); });
  log(generator.next());
  log(generator.send(3));
  log(generator.next());
  attempt(log, [&] { return generator.send(9); });
  attempt(log, [&] { return generator.next(); });
}

LOOP_SCENARIO(generator_throw) {
  auto generator = echo(log);
  log(generator.next());
  log(generator.throw_(error<std::invalid_argument>()));
  log(generator.next());
  attempt(log, [&] { return generator.throw_(error<std::runtime_error>()); });
  attempt(log, [&] { return generator.next(); });
  attempt(log,
          [&] { return echo(log).throw_(error<std::invalid_argument>()); });
}

Generator<int> body_with_clean_up(Log log, bool raises) {
  try {
    co_yield 1;
  } catch (...) {
    log("cleans");
    if (raises) {
      throw std::invalid_argument("");
    }
    throw;
  }
}

LOOP_SCENARIO(generator_close) {
  for (const bool raises : {false, true}) {
    auto generator = body_with_clean_up(log, raises);
    log(generator.next());
    attempt(log, [&] { generator.close(); });
    attempt(log, [&] { return generator.next(); });
  }
  body_with_clean_up(log, false).close();
  log("never began");
}

Generator<int> refuse_to_end(Log log) {
  for (int i = 0; i < 3; ++i) {
    try {
      co_yield i;
    } catch (const loop::GeneratorExit&) {
      log("ignores");
    }
  }
}

LOOP_SCENARIO(generator_close_refused) {
  auto generator = refuse_to_end(log);
  log(generator.next());
  attempt(log, [&] { generator.close(); });
  log(generator.next());
  attempt(log, [&] { return generator.next(); });
}

Generator<int, int> delegate(Log log) {
  log(co_await echo(log));
  log((co_yield 5).value_or(0));
  co_await list(6, 7);
}

LOOP_SCENARIO(generator_delegates) {
  auto generator = delegate(log);
  log(generator.next());
  log(generator.send(2));
  log(generator.throw_(error<std::invalid_argument>()));
  log(generator.send(9));
  log(generator.send(8));
  log(generator.next());
  attempt(log, [&] { return generator.next(); });
}

Generator<int> inner_of_two(Log log) {
  const Finally say_it([&] { log("inner"); });
  co_yield 1;
}

Generator<int> outer_of_two(Log log) {
  const Finally say_it([&] { log("outer"); });
  co_await inner_of_two(log);
}

LOOP_SCENARIO(generator_closes_what_it_delegates_to) {
  auto generator = outer_of_two(log);
  log(generator.next());
  generator.close();
}

Generator<int> enter(Log log, std::optional<Generator<int>>* self) {
  attempt(log, [&] { return (*self)->next(); });
  co_yield 1;
}

LOOP_SCENARIO(generator_cannot_enter_itself) {
  std::optional<Generator<int>> generator;
  generator.emplace(enter(log, &generator));
  log(generator->next());
}

}  // namespace
}  // namespace tests

// tests/differential/scenario.h - what the scenarios share, as in support.py.
//
// CONCEPT     A scenario is a small program that writes words into a log. Each
//             stands here in C++ and, under the same name, in Python, as alike
//             as the languages allow; so their logs must be the same. Actors
//             (child, boom, tidy, ...) write what happens to them, ticks() a
//             "|" in each turn of the loop.
// THREADS     One.
// OWNERSHIP   The words outlive the logs, which are handles.
#ifndef TESTS_DIFFERENTIAL_SCENARIO_H_
#define TESTS_DIFFERENTIAL_SCENARIO_H_

#include <chrono>
#include <concepts>
#include <exception>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "loop/coroutine.h"
#include "loop/ensure_future.h"
#include "loop/event_loop.h"
#include "scheduler/clock.h"

namespace tests {

// log("a", 1, true) writes the words a, 1 and True; a list is written item by
// item. A callback, too.
class Log {
 public:
  explicit Log(std::vector<std::string>& words) : words_(&words) {}
  template <class... Words>
  void operator()(const Words&... words) const {
    (write(words), ...);
  }

 private:
  void write(const std::string& word) const { words_->push_back(word); }
  void write(std::monostate) const { write("None"); }
  void write(bool truth) const { write(truth ? "True" : "False"); }
  void write(const char* word) const { write(std::string(word)); }
  void write(std::integral auto number) const { write(std::to_string(number)); }
  template <class Word>
  void write(const std::vector<Word>& words) const {
    for (const Word& word : words) {
      write(word);
    }
  }

  std::vector<std::string>* words_;
};

struct Scenario {
  std::string name;
  // One of the two.
  loop::Coroutine<> (*in_a_loop)(Log) = nullptr;
  void (*with_a_loop)(Log, loop::EventLoop&) = nullptr;
};
std::vector<Scenario>& scenarios();
// How GoogleTest shows one.
inline void PrintTo(const Scenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

struct Registered {
  explicit Registered(Scenario scenario) {
    scenarios().push_back(std::move(scenario));
  }
};

// async def name(log):
#define SCENARIO(name)                                        \
  loop::Coroutine<> name(Log log);                            \
  const Registered name##_registered({#name, name, nullptr}); \
  loop::Coroutine<> name([[maybe_unused]] Log log)

// def name(log, loop):
#define LOOP_SCENARIO(name)                                   \
  void name(Log log, loop::EventLoop& loop);                  \
  const Registered name##_registered({#name, nullptr, name}); \
  void name([[maybe_unused]] Log log, [[maybe_unused]] loop::EventLoop& loop)

constexpr scheduler::Duration ms(int count) {
  return std::chrono::milliseconds(count);
}

// The name of an error in Python.
std::string kind(const std::exception_ptr& error);

using Text = loop::Coroutine<std::string>;
Text say(Log log, std::string word);
Text child(Log log, std::string name, int after);
Text boom(Log log, std::string name, int after);
// Answers its cancellation with a result.
Text stubborn(Log log, std::string name, int after);
// Takes its time to clean up.
loop::Coroutine<> tidy(Log log, std::string name, int after);
loop::Coroutine<> bad_clean_up(Log log, std::string name, int after);
loop::Coroutine<> steps(Log log, std::string name, int count);
// Shows in which turn the others write.
loop::Coroutine<> ticks(Log log, int count);

// Writes what `awaitable` comes to.
template <class Awaitable>
loop::Coroutine<> caught(Log log, Awaitable awaitable) {
  try {
    if constexpr (std::is_void_v<loop::ResultOf<Awaitable>>) {
      co_await std::move(awaitable);
      log(std::monostate());
    } else {
      log(co_await std::move(awaitable));
    }
  } catch (...) {
    log(kind(std::current_exception()));
  }
}

template <class Function>
void attempt(Log log, Function function) {
  try {
    if constexpr (std::is_void_v<decltype(function())>) {
      function();
      log(std::monostate());
    } else {
      log(function());
    }
  } catch (...) {
    log(kind(std::current_exception()));
  }
}

// finally:
template <class Function>
class Finally {
 public:
  explicit Finally(Function function) : function_(std::move(function)) {}
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;
  ~Finally() { function_(); }

 private:
  Function function_;
};

// [first, rest...], also of what can only be moved.
template <class First, class... Rest>
std::vector<First> list(First first, Rest... rest) {
  std::vector<First> all;
  all.reserve(1 + sizeof...(rest));
  all.push_back(std::move(first));
  (all.push_back(std::move(rest)), ...);
  return all;
}

// [make(name) for name in "abc"]
template <class Make>
auto each(const std::string& names, Make make) {
  std::vector<decltype(make(std::string()))> all;
  for (const char name : names) {
    all.push_back(make(std::string(1, name)));
  }
  return all;
}

}  // namespace tests

#endif  // TESTS_DIFFERENTIAL_SCENARIO_H_

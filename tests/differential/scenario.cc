#include "tests/differential/scenario.h"

#include <stdexcept>

#include "loop/sleep.h"
#include "loop/stop_iteration.h"
#include "scheduler/errors.h"

namespace tests {

using loop::Coroutine;
using loop::sleep;

std::vector<Scenario>& scenarios() {
  static std::vector<Scenario> all;  // before the first static initialiser
  return all;
}

std::string kind(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const scheduler::CancelledError&) {
    return "CancelledError";
  } catch (const scheduler::InvalidStateError&) {
    return "InvalidStateError";
  } catch (const scheduler::TimeoutError&) {
    return "TimeoutError";
  } catch (const scheduler::BrokenBarrierError&) {
    return "BrokenBarrierError";
  } catch (const scheduler::QueueEmpty&) {
    return "QueueEmpty";
  } catch (const scheduler::QueueFull&) {
    return "QueueFull";
  } catch (const scheduler::ErrorGroup& group) {
    std::string kinds;
    for (const std::exception_ptr& each : group.errors()) {
      kinds += (kinds.empty() ? "" : ",") + kind(each);
    }
    return "ExceptionGroup(" + kinds + ")";
  } catch (const loop::StopIteration&) {
    return "StopIteration";
  } catch (const loop::TypeError&) {
    return "TypeError";
  } catch (const std::invalid_argument&) {
    return "ValueError";
  } catch (const std::runtime_error&) {
    return "RuntimeError";
  } catch (...) {
    return "another error";
  }
}

Text say(Log log, std::string word) {
  log(word);
  co_return word;
}

Text child(Log log, std::string name, int after) {
  try {
    co_await sleep(ms(after));
  } catch (const scheduler::CancelledError&) {
    log(name + ".cancelled");
    throw;
  }
  log(name);
  co_return name;
}

Text boom(Log log, std::string name, int after) {
  co_await sleep(ms(after));
  log(name + ".raises");
  throw std::invalid_argument(name);
}

Text stubborn(Log log, std::string name, int after) {
  try {
    co_await sleep(ms(after));
  } catch (const scheduler::CancelledError&) {
    log(name + ".swallows");
  }
  co_return name;
}

Coroutine<> tidy(Log log, std::string name, int after) {
  std::exception_ptr error;  // a handler cannot await
  try {
    co_await sleep(ms(after));
  } catch (...) {
    error = std::current_exception();
  }
  log(name + ".cleans");
  co_await sleep(ms(7));
  log(name + ".clean");
  if (error) {
    std::rethrow_exception(error);
  }
}

Coroutine<> bad_clean_up(Log log, std::string name, int after) {
  try {
    co_await sleep(ms(after));
  } catch (const scheduler::CancelledError&) {
    log(name + ".cleans");
    throw std::invalid_argument(name);
  }
}

Coroutine<> steps(Log log, std::string name, int count) {
  for (int i = 0; i < count; ++i) {
    log(name + std::to_string(i));
    co_await sleep(ms(0));
  }
}

Coroutine<> ticks(Log log, int count) {
  for (int i = 0; i < count; ++i) {
    log("|");
    co_await sleep(ms(0));
  }
}

}  // namespace tests

#include "exercises/delegate.h"

#include <exception>
#include <optional>
#include <utility>

#include "loop/generator.h"
#include "loop/stop_iteration.h"

namespace exercises {

namespace {

// What has come in at the last yield.
struct Arrived {
  std::optional<int> sent;
  std::exception_ptr error;
  bool close = false;
};

// Hands it on. The next value, or nothing once inner has returned `result`.
std::optional<int> pass_on(Numbers& inner, Arrived arrived,
                           std::optional<int>& result) {
  try {
    if (arrived.error) {
      return inner.throw_(std::move(arrived.error));
    }
    return arrived.sent ? inner.send(*arrived.sent) : inner.next();
  } catch (loop::StopWith<int>& stop) {
    result = stop.value;
    return std::nullopt;
  }
}

}  // namespace

Numbers delegate(Numbers inner) {
  Arrived arrived;
  std::optional<int> result;
  while (const std::optional<int> value =
             pass_on(inner, std::exchange(arrived, {}), result)) {
    try {
      arrived.sent = co_yield *value;
    } catch (const loop::GeneratorExit&) {
      arrived.close = true;
    } catch (...) {
      arrived.error = std::current_exception();
    }
    if (arrived.close) {
      inner.close();  // if it refuses, that is the error
      throw loop::GeneratorExit();
    }
  }
  co_return result.value();
}

}  // namespace exercises

#include "loop/coroutine.h"

#include <stdexcept>

namespace loop {

void rethrow(const std::exception_ptr& error) {
  std::rethrow_exception(error);
}

void refuse_second_await() {
  throw std::runtime_error("a coroutine can be awaited once only");
}

}  // namespace loop

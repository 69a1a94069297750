#include "loop/coroutine.h"

#include <stdexcept>
#include <string>

#include "loop/report.h"

namespace loop {

void FrameOwner::drop() noexcept {
  PromiseBase* const frame = release();
  if (frame->task == nullptr) {
    report_unraisable(
        {"coroutine '" + std::string(frame->name) + "' was never awaited",
         nullptr});
  }
  frame->self.destroy();
}

void destroy_chain(PromiseBase* innermost) noexcept {
  while (innermost != nullptr) {
    PromiseBase* const caller = innermost->caller;
    if (innermost->owner != nullptr) {
      innermost->owner->release();  // it must not destroy the frame again
    }
    innermost->self.destroy();
    innermost = caller;
  }
}

void rethrow(const std::exception_ptr& error) {
  std::rethrow_exception(error);
}

void refuse_second_await() {
  throw std::runtime_error("a coroutine can be awaited once only");
}

}  // namespace loop

#include "loop/frame.h"

#include <string>

#include "loop/report.h"

namespace loop {

void FrameOwner::report_never_awaited() const noexcept {
  report_unraisable(
      {"coroutine '" + std::string(frame_->name) + "' was never awaited",
       nullptr});
}

void destroy_chain(PromiseBase* innermost) noexcept {
  while (innermost != nullptr) {
    PromiseBase* const caller = innermost->caller;
    if (innermost->owner != nullptr) {
      innermost->owner->release();  // it must not destroy the frame again
    }
    innermost->body().destroy();
    innermost = caller;
  }
}

}  // namespace loop

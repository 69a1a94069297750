#include "loop/wait.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <stdexcept>

#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/handle.h"
#include "loop/watch.h"

namespace loop {

Coroutine<> wait_until(Slots futures, std::optional<scheduler::Duration> limit,
                       ReturnWhen when) {
  if (futures.empty()) {
    throw std::invalid_argument("wait() needs something to wait for");
  }
  Future<void> enough;
  ScopedHandle timer;
  const auto wake = [&] {
    if (!enough.done()) {
      enough.set_result();
    }
  };
  if (limit) {
    timer.reset(get_running_loop().call_later(*limit, std::ref(wake)));
  }
  size_t left = futures.size();
  const auto one_ended = [&](FutureSlot& future) {
    --left;
    if (left == 0 || when == ReturnWhen::kFirstCompleted ||
        (when == ReturnWhen::kFirstException && !future.cancelled() &&
         future.exception() != nullptr)) {
      wake();
    }
  };
  std::deque<Watch> watches;  // last, so the first to go
  for (const Ref<FutureSlot>& future : futures) {
    watches.emplace_back(*future, std::ref(one_ended));
  }
  co_await enough;
}

}  // namespace loop

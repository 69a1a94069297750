#include "loop/as_completed.h"

#include "loop/event_loop.h"
#include "scheduler/errors.h"

namespace loop {

EndedQueue::EndedQueue(const Slots& futures,
                       std::optional<scheduler::Duration> timeout)
    : running_(futures.size()) {
  auto watch = running_.begin();
  for (const Ref<FutureSlot>& future : futures) {
    const auto mine = watch++;
    mine->emplace(*future, [this, mine](FutureSlot& ended) {
      running_.erase(mine);
      if (running_.empty()) {
        timer_.cancel();
      }
      put(Ref<FutureSlot>(&ended));
    });
  }
  if (timeout && !futures.empty()) {
    timer_.reset(get_running_loop().call_later(*timeout, [this] { expire(); }));
  }
}

void EndedQueue::expire() {
  size_t left = running_.size();
  for (running_.clear(); left > 0; --left) {  // [I2]
    put(Ref<FutureSlot>());
  }
}

void EndedQueue::put(Ref<FutureSlot> ended) {
  ended_.push_back(std::move(ended));
  wake_one();
}

void EndedQueue::wake_one() {
  while (!waiting_.empty()) {
    const Future<void> first = std::move(waiting_.front());
    waiting_.pop_front();
    if (!first.done()) {
      first.set_result();
      return;
    }
  }
}

Coroutine<Ref<FutureSlot>> EndedQueue::next(Ref<EndedQueue> self) {
  while (self->ended_.empty()) {
    const Future<void> turn;
    self->waiting_.push_back(turn);
    try {
      co_await turn;
    } catch (...) {
      std::erase(self->waiting_, turn);
      if (turn.done() && !turn.cancelled() && !self->ended_.empty()) {
        self->wake_one();  // it was woken, but goes; so the next one is
      }
      throw;
    }
  }
  Ref<FutureSlot> ended = std::move(self->ended_.front());
  self->ended_.pop_front();
  if (!ended) {
    throw scheduler::TimeoutError();
  }
  co_return ended;
}

}  // namespace loop

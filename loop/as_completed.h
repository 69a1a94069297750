// loop/as_completed.h - results in the order in which they arrive.
//
// CONCEPT     gather() gives all results when the last is there; here the
//             first can be worked on while the others are still on their way.
//             Nobody knows beforehand which comes first, so what is handed out
//             are not the futures but tickets: a coroutine each, and whichever
//             is awaited next gets the next result.
//
//               for (Coroutine<Page>& next : as_completed(std::move(fetches)))
//                 show(co_await std::move(next));
//
//               done: c, a --.
//                            '--> [c a] --> 1st ticket, 2nd ticket, ...
//
// IN PYTHON   asyncio.as_completed
// INVARIANTS  I1. As many tickets as different futures; none if none is given.
//             I2. Nobody is cancelled: not when time is up, nor when the
//                 iteration is left early.
// THREADS     The loop's thread.
// OWNERSHIP   Generator and tickets share the queue; the queue shares the
//             futures until they are handed out.
// ERRORS      A ticket throws what its future failed with. Once time is up
//             the tickets left throw TimeoutError. A ticket nobody awaits is
//             reported, as any coroutine is.
// READ NEXT   loop/task_group.h
#ifndef LOOP_AS_COMPLETED_H_
#define LOOP_AS_COMPLETED_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "loop/coroutine.h"
#include "loop/ensure_future.h"
#include "loop/future.h"
#include "loop/future_slot.h"
#include "loop/generator.h"
#include "loop/handle.h"
#include "loop/ref.h"
#include "loop/wait.h"
#include "loop/watch.h"
#include "scheduler/clock.h"

namespace loop {

// Those that have ended, in order. The part that does not depend on types.
class EndedQueue {
 public:
  EndedQueue(const Slots& futures, std::optional<scheduler::Duration> timeout);
  EndedQueue(const EndedQueue&) = delete;
  EndedQueue& operator=(const EndedQueue&) = delete;

  // The next one; waits for it.
  static Coroutine<Ref<FutureSlot>> next(Ref<EndedQueue> self);

  // For Ref.
  uint32_t references = 0;
  void let_go() { delete this; }

 private:
  ~EndedQueue() = default;
  void put(Ref<FutureSlot> ended);
  void wake_one();
  void expire();

  std::deque<Ref<FutureSlot>> ended_;  // null stands for: time is up
  std::deque<Future<void>> waiting_;   // first come, first served
  std::list<std::optional<Watch>> running_;
  ScopedHandle timer_;
};

template <class T>
Coroutine<T> next_result(Ref<EndedQueue> queue) {
  // The later use that it sees is the argument's way into the frame.
  // NOLINTNEXTLINE(bugprone-use-after-move)
  const Ref<FutureSlot> ended = co_await EndedQueue::next(std::move(queue));
  if constexpr (std::is_void_v<T>) {
    ended->check_result();
  } else {
    co_return static_cast<FutureSlotOf<T>&>(*ended).take_result();
  }
}

// A generator, as in Python: nothing begins, and no time runs, until the first
// ticket is asked for.
template <class Awaitable>
Generator<Coroutine<ResultOf<Awaitable>>> as_completed(
    std::vector<Awaitable> awaitables,
    std::optional<scheduler::Duration> timeout = std::nullopt) {
  using T = ResultOf<Awaitable>;
  std::vector<Future<T>> futures;
  futures.reserve(awaitables.size());
  for (Awaitable& awaitable : awaitables) {
    futures.push_back(ensure_future(std::move(awaitable)));
  }
  const Slots slots = slots_of(futures);
  const Ref<EndedQueue> queue(new EndedQueue(slots, timeout));
  for (size_t left = slots.size(); left > 0; --left) {
    co_yield next_result<T>(queue);
  }
}

}  // namespace loop

#endif  // LOOP_AS_COMPLETED_H_

// loop/watch.h - being told that a future is done, for as long as one cares.
//
// CONCEPT     add_done_callback() is for good: the callback runs whatever has
//             become of the one who added it. Who waits for one of several
//             things, or with a time limit, may have left by then. A Watch is
//             a callback with a life: when the Watch goes, nobody calls. So a
//             wait that ends early, for whatever reason, tidies up by leaving
//             its scope.
// IN PYTHON   add_done_callback with remove_done_callback in a `finally`
// INVARIANTS  I1. The function is called once at most, in a turn after the
//                 future is done, and never after the Watch has gone.
//             I2. The function may destroy the Watch.
// THREADS     The loop's thread.
// OWNERSHIP   Shares the future until it is done. What stands in the list of
//             the future, or in the ready queue, owns itself: it cannot be
//             taken out of a queue.
// ERRORS      What the function throws is reported by the loop. RuntimeError
//             for a future of another loop.
// READ NEXT   loop/wait.h
#ifndef LOOP_WATCH_H_
#define LOOP_WATCH_H_

#include <functional>

#include "loop/future_slot.h"
#include "loop/ref.h"

namespace loop {

class Watch {
 public:
  using Function = std::function<void(FutureSlot&)>;

  Watch(FutureSlot& future, Function function);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

 private:
  struct Node;

  Ref<FutureSlot> future_;  // null once it is done
  Node* node_;              // null once the function was called, or never will
};

}  // namespace loop

#endif  // LOOP_WATCH_H_

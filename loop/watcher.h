// loop/watcher.h - a callback that is called again and again.
//
// CONCEPT     A handle runs once; what belongs to a descriptor or a signal
//             runs whenever that is ready. It stands in the queue at most
//             once, however often it was told, and may remove itself, or be
//             removed, while its turn is still to come or in progress.
// IN PYTHON   the Handle that _add_reader keeps and queues anew each time
// INVARIANTS  I1. After remove() it is not called any more, even if it stood
//                 in the queue already.
// THREADS     The loop's thread.
// OWNERSHIP   Deletes itself after remove(), when the queue has let go of it.
// ERRORS      What the function throws goes to the loop.
// READ NEXT   loop/descriptors.h
#ifndef LOOP_WATCHER_H_
#define LOOP_WATCHER_H_

#include <functional>
#include <string>
#include <utility>

#include "loop/core.h"
#include "loop/runnable.h"

namespace loop {

class Watcher final : public Runnable {
 public:
  // `kind` is what reports call it; a string literal.
  Watcher(std::function<void()> function, const char* kind)
      : function_(std::move(function)), kind_(kind) {}

  // Puts it into the queue, unless it stands there.
  void queue(Core& core);
  // It is to be called no more: deletes itself, now or in its turn. [I1]
  void remove();

  void run() override;
  void discard() override;
  std::string describe() const override { return kind_; }

 private:
  ~Watcher() = default;
  const std::function<void()> function_;
  const char* const kind_;
  bool queued_ = false;
  bool running_ = false;
  bool removed_ = false;
};

}  // namespace loop

#endif  // LOOP_WATCHER_H_

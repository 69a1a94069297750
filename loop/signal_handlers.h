// loop/signal_handlers.h - signals as ordinary callbacks.
//
// CONCEPT     A signal interrupts whatever runs, between any two instructions,
//             and its handler may do next to nothing there: no lock, no
//             memory, no container of ours. So it does two things only: it
//             sets a flag and wakes the loop. In a later turn the loop finds
//             the flag and queues the callback that the user gave, which may
//             do everything.
//
//               kernel -> handler: flag, eventfd      at any instruction
//                 loop -> callback                    in its turn, as all
//
// IN PYTHON   loop.add_signal_handler, and signal.set_wakeup_fd beneath it
// INVARIANTS  I1. A callback never runs inside other code.
//             I2. Any number of equal signals before its turn is one call.
//             I3. remove() returns only when no handler of any thread can
//                 still touch this object.
//             I4. What happened on a signal before add() happens again after
//                 remove().
// THREADS     The main thread, as in Python. The handler itself runs in
//             whichever thread the kernel picks.
// OWNERSHIP   Owns the callbacks, and the dispositions it has changed. A forked
//             child inherits the dispositions but has no loop: it resets them
//             (os/signals.h).
// ERRORS      ValueError for a number that is no signal; RuntimeError for
//             SIGKILL and SIGSTOP, from another thread, and if another loop
//             has the signal.
// LEFT OUT    signalfd, which needs no handler: the signal must be blocked in
//             every thread, also in those that were there before the loop. One
//             forgotten, and the process dies of it.
// READ NEXT   loop/run.h
#ifndef LOOP_SIGNAL_HANDLERS_H_
#define LOOP_SIGNAL_HANDLERS_H_

#include <signal.h>

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "loop/core.h"
#include "loop/runnable.h"
#include "loop/wakeup.h"
#include "loop/watcher.h"
#include "os/signals.h"

namespace loop {

class SignalHandlers final : private Runnable {
 public:
  SignalHandlers(Core& core, Wakeup& wakeup) : core_(&core), wakeup_(&wakeup) {}
  SignalHandlers(const SignalHandlers&) = delete;
  SignalHandlers& operator=(const SignalHandlers&) = delete;
  ~SignalHandlers() { close(); }

  // Calls `function` whenever `signal` has come; replaces another. `flags` are
  // sigaction's; with SA_RESETHAND a second signal does its default.
  void add(int signal, std::function<void()> function, int flags = SA_RESTART);
  // True if there was one.
  bool remove(int signal);
  void close();

  // For the loop, in each turn: queues this if a signal has come. Acquire: the
  // handler may have run in another thread, and wrote which signal it was.
  void look() {
    if (arrived_.load(std::memory_order_acquire)) [[unlikely]] {
      queue();
    }
  }

 private:
  struct Entry {
    std::optional<os::ScopedSignalHandler> disposition;
    Watcher* callback = nullptr;
  };

  static void handle(int signal);
  void queue();
  // Queues the callbacks of all that have come.
  void run() override;
  void discard() override { queued_ = false; }
  std::string describe() const override { return "signals"; }

  Core* const core_;
  Wakeup* const wakeup_;
  std::map<int, Entry> entries_;
  std::atomic<bool> arrived_ = false;
  bool queued_ = false;
};

}  // namespace loop

#endif  // LOOP_SIGNAL_HANDLERS_H_

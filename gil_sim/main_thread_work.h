// gil_sim/main_thread_work.h - what only the main thread may do, and only
// between two instructions.
//
// CONCEPT     A signal may arrive in the middle of anything, in any thread. So
//             the real handler does next to nothing: it notes the number and
//             raises the eval breaker. The handler that the program wrote runs
//             later, in the main thread, at a check point, where it may do
//             what it likes. Pending calls are the same door for other
//             threads: "run this in the main thread, please".
//
//               signal  ->  note, raise ......... check point: handler runs
//               any thread  add_call, raise ..... check point: call runs
//
// IN PYTHON   signal.signal, PyErr_SetInterrupt, Py_AddPendingCall
// INVARIANTS  I1. Handlers and calls run in the main thread only, in order: of
//                 signals by number, of calls as they came.
//             I2. What was noted is served at the main thread's next check
//                 point, however often the lock changes hands before.
//             I3. The ring of calls holds 31; one more is refused.
// THREADS     add_call() from any thread; the rest from the main thread.
// OWNERSHIP   Part of an interpreter lock. The scope that on_signal() gives
//             ends before the lock does.
// ERRORS      An error of a call or handler leaves the check point that served
//             it; what is left is served at the next.
// LEFT OUT    Interrupting a blocking call of the main thread: EINTR is hidden
//             by retrying it, as PEP 475 has it, but handlers do not run in
//             between.
// READ NEXT   gil_sim/interpreter_lock.h
#ifndef GIL_SIM_MAIN_THREAD_WORK_H_
#define GIL_SIM_MAIN_THREAD_WORK_H_

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "gil_sim/eval_breaker.h"
#include "os/mutex.h"
#include "os/signals.h"

namespace gil_sim {

class MainThreadWork {
 public:
  explicit MainThreadWork(EvalBreaker& breaker) : breaker_(breaker) {}
  MainThreadWork(const MainThreadWork&) = delete;
  MainThreadWork& operator=(const MainThreadWork&) = delete;

  // Queues a call. False: the ring is full.
  bool add_call(std::function<void()> call);

  // For the length of the scope, `signal` runs `handler`, and then again what
  // an outer scope had given it. One interpreter lock at a time can have
  // handlers.
  class [[nodiscard]] SignalScope {
   public:
    SignalScope(MainThreadWork& work, int signal,
                std::function<void()> handler);
    ~SignalScope();

   private:
    MainThreadWork& work_;
    const size_t signal_;
    std::function<void()> handler_before_;
    MainThreadWork* receiver_before_;
    std::optional<os::ScopedSignalHandler> installed_;
  };
  SignalScope on_signal(int signal, std::function<void()> handler) {
    return SignalScope(*this, signal, std::move(handler));
  }

  // Called by a lock that has just been taken. Its breaker is about the holder,
  // so it goes up for the main thread and down for all others.
  void holder_changed() {
    if (any_.load()) [[unlikely]] {
      tell_holder();
    }
  }

  // In a forked child, whose only thread is the caller: another may have been
  // in add_call() at the fork, and is not here to leave it.
  void after_fork_in_child();

  // At a check point, with the lock held: does what there is to do, if this is
  // the main thread.
  void serve();

 private:
  static constexpr size_t kRing = 32;

  void tell_holder();
  void serve_signals();
  bool serve_calls();  // whether none is left
  static void trip(int signal);

  EvalBreaker& breaker_;

  // Set before the breaker is raised and cleared before work is looked for, so
  // no work is ever forgotten. [I2] In the default order: a signal handler
  // sets it, and lock-free atomics are all that one may touch.
  std::atomic<bool> any_{false};
  std::array<std::atomic<bool>, NSIG> tripped_{};

  // Main thread only.
  std::array<std::function<void()>, NSIG> handlers_;
  uint64_t serving_calls_ = 0;  // thread_number() of who does; 0: nobody

  // One place stays empty, so that first == last means empty, not full. [I3]
  os::Mutex mutex_;
  std::array<std::function<void()>, kRing> calls_ GUARDED_BY(mutex_);
  size_t first_ GUARDED_BY(mutex_) = 0;
  size_t last_ GUARDED_BY(mutex_) = 0;
};

}  // namespace gil_sim

#endif  // GIL_SIM_MAIN_THREAD_WORK_H_

// gil_sim/interpreter_lock.h - what every lock around an interpreter can do.
//
// CONCEPT     A thread that runs bytecode *takes* the interpreter's lock, and
//             at check points between instructions it looks whether somebody
//             wants it. It *drops* the lock before it blocks. How the lock
//             decides who is next is the business of the classes below; code
//             that runs under one of them does not change:
//
//               take .. work .. check .. work .. check .. drop
//                                 |
//                                 '-- may hand the lock to another thread
//
// IN PYTHON   take_gil, drop_gil and the evaluation loop's check of the breaker
// INVARIANTS  I1. A thread holds at most one interpreter lock.
//             I2. Only the holder drops, and only the holder checks.
//             I3. While a thread holds the lock, the waits of scheduler/ that
//                 put it to sleep drop it (scheduler/blocking.h).
// THREADS     Any. held() is about the calling thread.
// OWNERSHIP   Must outlive every thread that still uses it.
// ERRORS      Taking twice and dropping what one does not hold are bugs in the
//             caller: assert. CPython calls them fatal errors too.
// READ NEXT   gil_sim/gil.h, and gil_sim/no_gil.h for its absence
#ifndef GIL_SIM_INTERPRETER_LOCK_H_
#define GIL_SIM_INTERPRETER_LOCK_H_

#include <cassert>

#include "gil_sim/eval_breaker.h"
#include "gil_sim/main_thread_work.h"
#include "scheduler/blocking.h"

namespace gil_sim {

class InterpreterLock : private scheduler::BlockingHook {
 public:
  InterpreterLock() = default;
  InterpreterLock(const InterpreterLock&) = delete;
  InterpreterLock& operator=(const InterpreterLock&) = delete;
  virtual ~InterpreterLock() = default;

  // Waits until the lock is the calling thread's.
  void take() {
    assert(held_ == nullptr && "this thread holds an interpreter lock already");
    acquire();
    set_held(this);  // [I1]
  }

  // Gives it up, to take it again later: around a blocking call.
  void drop() {
    assert(held_ == this && "only the holder may drop the lock");  // [I2]
    set_held(nullptr);
    release(Release::kForNow);
  }

  // Gives it up because the thread ends or leaves the interpreter.
  void drop_for_good() {
    assert(held_ == this && "only the holder may drop the lock");  // [I2]
    set_held(nullptr);
    release(Release::kForGood);
  }

  // A check point. Cheap enough for every loop: a load and a branch. Signals
  // come first, then pending calls, then whatever the lock itself wants.
  void check_eval_breaker() {
    assert(held_ == this && "only the holder has check points");  // [I2]
    if (breaker_.any()) [[unlikely]] {
      main_thread_work_.serve();
      on_eval_breaker();
    }
  }

  // Signal handlers and pending calls of this interpreter.
  MainThreadWork& main_thread_work() { return main_thread_work_; }

  // The lock that the calling thread holds, or null. It lets a blocking call
  // release the lock without being told which one, as in Python.
  static InterpreterLock* held() { return held_; }

 protected:
  enum class Release { kForNow, kForGood };

  EvalBreaker breaker_;

 private:
  void before_blocking() final { drop(); }  // [I3]
  void after_blocking() final { take(); }

  static void set_held(InterpreterLock* lock) {
    held_ = lock;
    set(lock);
  }

  virtual void acquire() = 0;
  virtual void release(Release release) = 0;
  // The lock's own reasons to raise the breaker. Called with the lock held.
  virtual void on_eval_breaker() = 0;

  MainThreadWork main_thread_work_{breaker_};
  inline static constinit thread_local InterpreterLock* held_ = nullptr;
};

}  // namespace gil_sim

#endif  // GIL_SIM_INTERPRETER_LOCK_H_

// gil_sim/allow_threads.h - in which scopes a thread holds the lock.
//
// CONCEPT     Two scopes, one inside the other. WithGil: from here to the
//             closing brace this thread runs bytecode. AllowThreads: from here
//             to the closing brace it only waits for the world (a sleep, a
//             read, another thread), so the others may run bytecode meanwhile.
//             It is why a program that waits hardly notices the lock.
//
//               WithGil gil_held(gil);       ####        ########
//               ...                          runs        runs
//               { AllowThreads allow;            ........
//                 read(fd); }                    waits
//
// IN PYTHON   Py_BEGIN_ALLOW_THREADS and Py_END_ALLOW_THREADS;
//             PyGILState_Ensure and PyGILState_Release
// INVARIANTS  I1. A scope leaves the thread as it found it, on every path.
// THREADS     A scope belongs to the thread that opened it.
// OWNERSHIP   Borrows the lock.
// ERRORS      errno survives the closing brace, so the call inside may be
//             judged outside.
// READ NEXT   gil_sim/thread.h
#ifndef GIL_SIM_ALLOW_THREADS_H_
#define GIL_SIM_ALLOW_THREADS_H_

#include "gil_sim/interpreter_lock.h"

namespace gil_sim {

class [[nodiscard]] WithGil {
 public:
  explicit WithGil(InterpreterLock& lock) : lock_(lock) { lock_.take(); }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;
  ~WithGil() { lock_.drop_for_good(); }

 private:
  InterpreterLock& lock_;
};

// Drops whichever lock the calling thread holds. A thread that holds none is
// left alone, so one function serves threads with and without the lock.
class [[nodiscard]] AllowThreads {
 public:
  AllowThreads() : lock_(InterpreterLock::held()) {
    if (lock_ != nullptr) {
      lock_->drop();
    }
  }
  AllowThreads(const AllowThreads&) = delete;
  AllowThreads& operator=(const AllowThreads&) = delete;
  ~AllowThreads() {
    if (lock_ != nullptr) {
      lock_->take();
    }
  }

 private:
  InterpreterLock* const lock_;
};

}  // namespace gil_sim

#endif  // GIL_SIM_ALLOW_THREADS_H_

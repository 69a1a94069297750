// scheduler/blocking.h - what a thread gives up before it sleeps.
//
// CONCEPT     A thread may hold something that others need only as long as it
//             is awake: the lock of an interpreter. If it kept that while it
//             waits for a future, the thread that is to complete the future
//             would wait for it in turn, and neither would ever go on. So a
//             wait opens a scope, and whoever gave the thread such a thing has
//             left a hook there:
//
//               runs ... [ before_blocking | sleeps | after_blocking ] ... runs
//                          lets go of it              has it back
//
//             The one who waits need not know what is let go.
// IN PYTHON   every wait ends in lock.acquire(), which has
//             Py_BEGIN_ALLOW_THREADS around the part that sleeps
// INVARIANTS  I1. Both calls of the hook come in pairs, in one thread.
//             I2. Without a hook a scope costs the look at one variable.
// THREADS     A hook is for the thread that has set it.
// OWNERSHIP   Borrows the hook, which is taken away before it goes.
// ERRORS      A scope that is opened under a mutex is a deadlock in waiting:
//             after_blocking() may sleep until another thread lets go of what
//             it holds, and that thread may want the mutex. So: first the
//             scope, then the mutex.
// READ NEXT   scheduler/concurrent_future.h
#ifndef SCHEDULER_BLOCKING_H_
#define SCHEDULER_BLOCKING_H_

namespace scheduler {

class BlockingHook {
 public:
  virtual void before_blocking() = 0;
  virtual void after_blocking() = 0;

  // The calling thread's from now on; null for none.
  static void set(BlockingHook* hook) { current_ = hook; }
  static BlockingHook* current() { return current_; }

 protected:
  ~BlockingHook() = default;

 private:
  inline static constinit thread_local BlockingHook* current_ = nullptr;
};

// Around whatever may put the calling thread to sleep.
class [[nodiscard]] BlockingScope {
 public:
  BlockingScope() : hook_(BlockingHook::current()) {
    if (hook_ != nullptr) {
      hook_->before_blocking();
    }
  }
  BlockingScope(const BlockingScope&) = delete;
  BlockingScope& operator=(const BlockingScope&) = delete;
  ~BlockingScope() {
    if (hook_ != nullptr) {
      hook_->after_blocking();  // the same one, whatever happened between [I1]
    }
  }

 private:
  BlockingHook* const hook_;
};

}  // namespace scheduler

#endif  // SCHEDULER_BLOCKING_H_

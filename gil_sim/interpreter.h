// gil_sim/interpreter.h - bytecode on real threads, under a real lock.
//
// CONCEPT     Every thread of the program is a gil_sim::Thread that runs the
//             evaluation loop. It holds the interpreter lock while it does,
//             looks up at the check points of the policy, and lets go around a
//             sleep, a read, an await and the wait for a lock of the program.
//             Under the policy of coroutines a sleep and a read keep it: who
//             blocks there keeps everybody waiting.
//             Run one program under Gil, TickGil and NoGil and under each
//             policy: which pair loses updates is the whole story of the GIL.
// IN PYTHON   PyEval_EvalCode; PyThreadState
// INVARIANTS  I1. No switch falls inside an instruction that does not block,
//                 nor under kAwaitsOnly inside any but AWAIT and ACQUIRE.
//             I2. Without any lock the program may lose updates, but it has no
//                 undefined behaviour: variables are relaxed atomics and each
//                 list has a mutex, as in free-threaded Python.
// THREADS     run() from one thread; global() once run() has returned, or under
//             the lock.
// OWNERSHIP   Borrows program, lock and input descriptor.
// ERRORS      std::runtime_error for a failed assertion and std::system_error
//             for a failed read, out of run(), when all threads have ended. A
//             thread that fails gives back its locks, so that the others can.
// LEFT OUT    Detection of deadlocks: such a program hangs here, as it does in
//             Python. The explorer finds them.
// READ NEXT   gil_sim/refcount.h, then gil_sim/model.h
#ifndef GIL_SIM_INTERPRETER_H_
#define GIL_SIM_INTERPRETER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/evaluate.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/lock.h"
#include "os/mutex.h"

namespace gil_sim {

class Interpreter {
 public:
  // READ takes its bytes from `input`, a descriptor.
  Interpreter(const Program& program, InterpreterLock& lock, CheckPolicy checks,
              int input = -1);
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // All threads of the program at once, each from its start to its end.
  void run();

  // One of them, on the calling thread.
  void run_thread(size_t thread);

  int64_t global(std::string_view name) const;  // of a list: its length

 private:
  template <CheckPolicy policy>
  class World;

  struct List {
    mutable os::Mutex mutex;
    std::vector<int64_t> items GUARDED_BY(mutex);
  };

  template <CheckPolicy policy>
  void run_under(size_t thread);

  const Program& program_;
  InterpreterLock& lock_;
  const CheckPolicy checks_;
  const int input_;

  std::unique_ptr<std::atomic<int64_t>[]> globals_;
  std::deque<List> lists_;  // one for each global, used by those that are lists
  std::deque<Lock> locks_;
};

}  // namespace gil_sim

#endif  // GIL_SIM_INTERPRETER_H_

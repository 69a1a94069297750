// gil_sim/thread.h - an activity of its own, started and waited for.
//
// CONCEPT     A thread runs a function beside its creator, in the same memory.
//             It is given its activity as a callable with arguments, or by a
//             subclass that overrides run(). start() asks the system for a new
//             thread of control; join() waits until it has ended. The process
//             ends when its threads have, except for daemons: those are left
//             where they stand, in the middle of whatever they did.
//
//               [new] --start--> [running] --run returns--> [finished]
//                                   '--- join() waits here ----^
//
// IN PYTHON   threading.Thread, current_thread, main_thread, enumerate,
//             excepthook, _shutdown
// INVARIANTS  I1. A thread starts once and ends once; it is alive between.
//             I2. When join() has returned without a time-out, the thread is
//                 gone, thread-local objects included.
//             I3. An error that leaves run() ends this thread only; it goes to
//                 the hook, not to who joins.
//             I4. The program's end waits for every thread but daemons, as
//                 join() does; that of a forked child for those it started.
// THREADS     Any, for handles. A Thread is started by one thread.
// OWNERSHIP   A handle is a reference, as in Python: copies mean the same
//             thread. A Thread object left by its scope waits for its thread,
//             unless that is a daemon, which runs on. A subclass is joined
//             before it is destroyed, since its run() needs it. A forked
//             child has of the threads only the forking one; all others are
//             no longer alive there, and joining them returns at once.
// ERRORS      std::runtime_error (RuntimeError) for a second start, joining
//             oneself or a thread not started; std::system_error if the system
//             gives no thread.
// LEFT OUT    Stopping a thread from outside: it may hold a lock, and nobody
//             would ever release it. Ask it, by an Event. Naming threads after
//             their function: a C++ function does not know its name.
// READ NEXT   gil_sim/thread_pool.h
#ifndef GIL_SIM_THREAD_H_
#define GIL_SIM_THREAD_H_

#include <sys/types.h>

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "scheduler/clock.h"

namespace gil_sim {

// What a thread and all its handles share; thread_state.h has it.
struct ThreadState;

// What anybody may ask of a thread.
class ThreadHandle {
 public:
  explicit ThreadHandle(std::shared_ptr<ThreadState> state)
      : state_(std::move(state)) {}

  std::string name() const;
  void set_name(std::string name);
  // Numbers of the thread: the library's and the kernel's. 0 before the start;
  // unique among live threads, and used again later.
  uint64_t ident() const;
  pid_t native_id() const;
  bool daemon() const;
  bool is_alive() const;

  // Waits for the end, for ever or no longer than `timeout`, and says nothing:
  // ask is_alive(). Drops the interpreter lock meanwhile.
  void join(std::optional<scheduler::Duration> timeout = std::nullopt) const;

  friend bool operator==(const ThreadHandle& a, const ThreadHandle& b) {
    return a.state_ == b.state_;
  }

 protected:
  std::shared_ptr<ThreadState> state_;
};

struct ThreadOptions {
  std::string name = {};            // "Thread-N" if empty
  std::optional<bool> daemon = {};  // as its creator, if not given
};

class Thread : public ThreadHandle {
 public:
  // Runs target(arguments...), copied or moved in.
  template <class Target, class... Arguments>
  requires std::invocable<Target, Arguments...>
  explicit Thread(Target target, Arguments... arguments)
      : Thread(ThreadOptions{}, std::move(target), std::move(arguments)...) {}

  template <class Target, class... Arguments>
  requires std::invocable<Target, Arguments...> Thread(ThreadOptions options,
                                                       Target target,
                                                       Arguments... arguments)
      : Thread(bind(std::move(target), std::move(arguments)...),
               std::move(options)) {}

  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  virtual ~Thread();

  void start();
  void set_daemon(bool daemon);  // before the start

 protected:
  // For a subclass that overrides run().
  explicit Thread(ThreadOptions options = {})
      : Thread(nullptr, std::move(options)) {}
  virtual void run() {}

 private:
  // A shared holder, because std::function wants copies and arguments may be
  // such as cannot be copied.
  template <class Target, class... Arguments>
  static std::function<void()> bind(Target target, Arguments... arguments) {
    auto bound = std::make_shared<std::tuple<Target, Arguments...>>(
        std::move(target), std::move(arguments)...);
    return [bound] {
      std::apply(
          [](auto& function, auto&... values) {
            std::invoke(std::move(function), std::move(values)...);
          },
          *bound);
    };
  }
  Thread(std::function<void()> target, ThreadOptions options);

  static void* entry(void* argument);
};

// The thread that asks. One that was not started here (std::thread) gets a
// dummy, named "Dummy-N": a daemon that nobody can join.
ThreadHandle current_thread();
ThreadHandle main_thread();
// All threads alive: the main one first, then in the order they were started.
std::vector<ThreadHandle> enumerate();
// What the program's end does first of all: tells pools that no more jobs will
// come, and waits for all threads but daemons and the caller, also for those
// that are started meanwhile. [I4]
void join_all_but_daemons();

struct ExceptHookArguments {
  std::exception_ptr error;
  ThreadHandle thread;
};
using ExceptHook = std::function<void(const ExceptHookArguments&)>;

// Replaces what is done with errors that leave run() [I3] and gives back what
// it was; null is the first one, which writes to standard error. Called on the
// thread that failed; must not throw.
ExceptHook set_excepthook(ExceptHook hook);

}  // namespace gil_sim

#endif  // GIL_SIM_THREAD_H_

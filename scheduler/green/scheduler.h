// scheduler/green/scheduler.h - many threads taking turns on one kernel thread.
//
// CONCEPT     The sentence of the course, with stacks for nouns: things that
//             can run (green threads), a queue of those that are ready, and a
//             reason to switch - a thread yields, waits, or is stopped by the
//             timer of scheduler/green/preemption.h. A switch goes straight
//             from one thread to the next; the stack of run() is visited only
//             when a thread ends or nothing is ready.
//
//               run() -> A -> B -> A -> C -> (all wait: sleep until one is due)
//
//             Nothing ready and nobody asleep means that nothing can ever run
//             again: a deadlock. The scheduler sees it, for it knows all who
//             could wake anybody.
// IN PYTHON   gevent's hub; threading's own scheduler is the system's
// INVARIANTS  I1. Round robin: ready threads run in the order they became so.
//             I2. Each offer of the CPU is traced: as many suspensions by
//                 kYield as calls of yield().
//             I3. The data here change under a Guard only.
//             I4. When run() ends, by return or by throw, so have all threads.
// THREADS     One kernel thread; each may have a scheduler of its own.
// OWNERSHIP   Owns threads and stacks; borrows clock and observer.
// ERRORS      run() throws DeadlockError, or what a body threw and no join()
//             asked for: the first of them, and the next one when called again;
//             std::system_error before any has run, if there is no memory for
//             the stack that an overflow is reported from.
//             spawn(): std::system_error when stacks run out.
// LEFT OUT    Several kernel threads (M:N, as Go has them); priorities; system
//             calls that give way (loop/ does that, without stacks).
// READ NEXT   scheduler/green/preemption.h
#ifndef SCHEDULER_GREEN_SCHEDULER_H_
#define SCHEDULER_GREEN_SCHEDULER_H_

#include <cassert>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/green/fiber.h"
#include "scheduler/green/green_thread.h"
#include "scheduler/green/guard.h"
#include "scheduler/green/stack.h"
#include "scheduler/green/wait_queue.h"
#include "scheduler/run_queue.h"
#include "scheduler/task_state.h"
#include "scheduler/trace.h"

namespace scheduler::green {

// Threads wait, and nobody is left who could wake one. The message tells who
// waits for what, and whose error nobody has joined: it may be the cause.
// Before it is thrown their stacks are unwound; the locks that they waited for
// are of no use afterwards. Destructors and handlers that run meanwhile may do
// everything but wait: yield, spawn, unlock, notify, close. A thread that waits
// again, because it took the unwinding for an error and went on, ends the
// process with a sentence: it could never be ended otherwise.
class DeadlockError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Scheduler {
 public:
  explicit Scheduler(Clock& clock = SteadyClock::instance(),
                     size_t stack_size = Stack::kDefaultSize)
      : clock_(&clock), stack_size_(stack_size) {}
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  ~Scheduler();

  // Whom to tell; null for nobody. Before the first spawn().
  void observe(Observer* observer) { observer_ = observer; }

  // A new thread, ready. From outside or from a green thread.
  GreenThread& spawn(std::string name, std::function<void()> body);

  // Runs all threads to their end. [I4]
  void run();

  // What bodies threw and neither join() nor run() has passed on yet.
  size_t errors_left() const;

  // For the running green thread; see also the functions at the end.

  // Null where no green thread runs.
  static Scheduler* running() { return running_; }
  // The same, for callers that must be green threads.
  static Scheduler& current() {
    assert(running_ != nullptr && running_->self_ != nullptr &&
           "only a green thread can do this");
    return *running_;
  }
  GreenThread& self() const { return *self_; }
  Clock& clock() const { return *clock_; }
  [[gnu::always_inline]] void yield();
  void sleep_until(TimePoint when);

  // For those who build locks. All under the caller's Guard.

  // Before the running thread is put where a wake-up would look for it.
  void expect_wakeup();
  // The running thread waits until somebody passes it to wake().
  void block(Reason reason, WaitsFor waits_for);
  void wake(GreenThread& thread);
  // True while a deadlock is cleared away: nobody can be woken any more.
  bool unwinding() const { return unwinding_; }

  // For the timer, under its Guard: the running thread has had its time.
  void preempt();

 private:
  struct Unwind {};  // thrown through the stack of a thread that is given up
  struct Sleeper {
    TimePoint due;
    uint64_t order;  // who lay down first is woken first
    GreenThread* thread;
    bool operator>(const Sleeper& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };

  static void enter(void* thread);
  [[noreturn]] void finish(GreenThread& thread);
  void bury_finished();
  [[gnu::always_inline]] void give_way(Reason reason, Decider decider);
  [[gnu::always_inline]] void suspend(TaskState state, Reason reason,
                                      Decider decider);
  GreenThread* next();
  [[gnu::always_inline]] void dispatch(GreenThread* thread);
  void wake_sleepers();
  void make_ready(GreenThread& thread);
  Stack take_stack();
  std::string who_waits_for_what() const;
  std::string whose_error_is_left() const;
  [[noreturn]] void unwind_self();
  void unwind_all();

  [[gnu::tls_model(
      "initial-exec")]] static inline constinit thread_local Scheduler*
      running_ = nullptr;

  // Set once.
  Clock* const clock_;
  const size_t stack_size_;
  Observer* observer_ = nullptr;
  // Changed under a Guard. [I3]
  Fiber outside_;  // the stack of run()
  std::deque<GreenThread> threads_;
  RunQueue<GreenThread> ready_;
  std::vector<Sleeper> sleepers_;  // a heap, the earliest first
  uint64_t sleeps_ = 0;
  GreenThread* self_ = nullptr;      // who runs; null on the stack of run()
  GreenThread* finished_ = nullptr;  // who has just left its stack for ever
  std::vector<Stack> free_stacks_;
  bool unwinding_ = false;
};

// From yield() to the switch everything is inline; context.h says why.

// The edges of scheduler/task_state.h, checked where asserts are.
inline void take_edge(TaskState& state, TaskState next) {
  assert(is_legal(state, next) && "a thread takes a legal edge only");
  state = next;
}

inline void Scheduler::suspend(TaskState state, Reason reason,
                               Decider decider) {
  take_edge(self_->state_, state);
  if (observer_ != nullptr) {
    observer_->suspended(self_->id_, reason, decider);
  }
}

// Goes on with `thread`, or with run() if null. Returns when the caller's turn
// has come again.
inline void Scheduler::dispatch(GreenThread* thread) {
  if (thread != nullptr) {
    take_edge(thread->state_, TaskState::kRunning);
    if (observer_ != nullptr) {
      observer_->running(thread->id_);
    }
  }
  if (thread == self_) {
    return;
  }
  Fiber& from = self_ == nullptr ? outside_ : *self_->fiber_;
  Fiber& to = thread == nullptr ? outside_ : *thread->fiber_;
  holds.tick_missed = 0;  // a switch is what the tick asked for [Guard I3]
  self_ = thread;
  Fiber::switch_to(from, to);
}

inline void Scheduler::give_way(Reason reason, Decider decider) {
  suspend(TaskState::kReady, reason, decider);
  GreenThread* first = self_;  // if nobody else is ready [I2]
  if (!ready_.empty()) {
    first = &ready_.pop();
    ready_.push(*self_);
  }
  dispatch(first);
}

inline void Scheduler::yield() {
  const Guard guard;
  if (!sleepers_.empty()) {
    wake_sleepers();
  }
  give_way(Reason::kYield, Decider::kTask);
}

// Lets every other ready thread run first.
[[gnu::always_inline]] inline void yield() {
  Scheduler::current().yield();
}

// Lets others run for this long, or for good if it is not due earlier.
inline void sleep_until(TimePoint when) {
  Scheduler::current().sleep_until(when);
}
void sleep_for(Duration duration);

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_SCHEDULER_H_

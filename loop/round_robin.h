// loop/round_robin.h - a scheduler of generators, whole.
//
// CONCEPT     A scheduler is three things: things that can run (generators), a
//             queue of those that are ready, and a reason to switch (they
//             yield). Take the first, run it to its next yield, put it at the
//             end of the queue. Each goes on by its own will only: a body that
//             never yields keeps all others waiting. An event loop adds
//             waiting for times and descriptors to this, and nothing else.
//             [C-070] [C-075]
// IN PYTHON   a deque of generators and next(), as in David Beazley's talks
// INVARIANTS  I1. First come, first served; a task that yields goes last.
//             I2. A task runs only inside run().
// THREADS     One.
// OWNERSHIP   Owns the tasks; borrows the observer.
// ERRORS      run() throws what a task throws. That task is over; the others
//             stay in the queue, and run() may be called again.
// LEFT OUT    Results and waiting for another task: loop/task.h
// READ NEXT   loop/future.h
#ifndef LOOP_ROUND_ROBIN_H_
#define LOOP_ROUND_ROBIN_H_

#include <deque>
#include <string_view>
#include <utility>

#include "loop/generator.h"
#include "loop/stop_iteration.h"
#include "scheduler/trace.h"

namespace loop {

class RoundRobin {
 public:
  // A task yields nothing but its turn: `co_yield none`.
  using Task = Generator<NoValue>;

  explicit RoundRobin(scheduler::Observer* observer = nullptr)
      : observer_(observer) {}

  void spawn(std::string_view name, Task body) {
    ready_.push_back({++last_id_, std::move(body)});
    if (observer_ != nullptr) {
      observer_->created(last_id_, name);
    }
  }

  // Returns when every task is over. Tasks may spawn others meanwhile.
  void run() {
    while (!ready_.empty()) {
      Entry first = std::move(ready_.front());
      ready_.pop_front();
      if (step(first)) {
        ready_.push_back(std::move(first));  // [I1]
      }
    }
  }

 private:
  struct Entry {
    scheduler::TaskId id;
    Task body;
  };

  // Runs one task to its next yield; false if it ended instead.
  bool step(Entry& task) {
    if (observer_ != nullptr) {
      observer_->running(task.id);
    }
    try {
      task.body.next();
    } catch (const StopIteration&) {
      note_end(task);
      return false;
    } catch (...) {
      note_end(task);
      throw;
    }
    if (observer_ != nullptr) {
      observer_->suspended(task.id, scheduler::Reason::kYield,
                           scheduler::Decider::kTask);
    }
    return true;
  }

  void note_end(const Entry& task) {
    if (observer_ != nullptr) {
      observer_->finished(task.id);
    }
  }

  std::deque<Entry> ready_;
  scheduler::TaskId last_id_ = 0;
  scheduler::Observer* const observer_;
};

}  // namespace loop

#endif  // LOOP_ROUND_ROBIN_H_

// scheduler/trace.h - five verbs that tell the life of anything scheduled.
//
// CONCEPT     Whatever the scheduler, what a learner wants to see is the same:
//             when was a task created, when did it run, when and why did it
//             stop, when was it woken, when did it end. Five verbs are enough.
//             A stop carries the reason and *who decided* it: the task itself
//             (it waits, it yields) or the system (it was pre-empted). That
//             one bit is the difference between cooperation and pre-emption.
// IN PYTHON   nothing built in; curio's Activation has the same five hooks.
// INVARIANTS  I1. For one task: created, then running and suspended in turn,
//                 then finished; woken only while suspended.
//             I2. No observer, no cost: a scheduler tests one pointer.
// THREADS     An observer is called on the thread of the scheduler it watches;
//             each thread of a pool gets an observer of its own.
// OWNERSHIP   A scheduler borrows its observer.
// ERRORS      An observer does not throw.
// LEFT OUT    Arguments, results, values: a trace is about time.
// READ NEXT   scheduler/timeline.h
#ifndef SCHEDULER_TRACE_H_
#define SCHEDULER_TRACE_H_

#include <cstdint>
#include <string_view>

namespace scheduler {

// Unique within one observer; the scheduler chooses it.
using TaskId = uint32_t;

// Why a task stopped running.
enum class Reason : uint8_t {
  kYield,      // it let others go first
  kQuantum,    // its time slice was over
  kPreempted,  // a more urgent one took its place
  kSleep,      // it waits for a time
  kIo,         // it waits for a descriptor, a file, a device
  kTask,       // it waits for another task's result
  kLock,       // it waits for a lock, queue, event
  kGil,        // it wants the global interpreter lock
};

// Who decided that it stops.
enum class Decider : uint8_t { kTask, kSystem };

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void created(TaskId task, std::string_view name) = 0;
  virtual void running(TaskId task) = 0;
  virtual void suspended(TaskId task, Reason reason, Decider decider) = 0;
  virtual void woken(TaskId task) = 0;
  virtual void finished(TaskId task) = 0;
};

}  // namespace scheduler

#endif  // SCHEDULER_TRACE_H_

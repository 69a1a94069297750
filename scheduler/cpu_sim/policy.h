// scheduler/cpu_sim/policy.h - who runs next, for how long, and who gives way.
//
// CONCEPT     A kernel keeps the mechanism (switching) apart from the policy
//             (choosing). The mechanism is the simulator; a policy is a queue
//             of ready jobs with an opinion, and answers three questions:
//
//               pop()     who is next
//               slice()   after how long the system takes the CPU back
//               rank()    who is more urgent; a waiting job that outranks a
//                         running one takes its CPU (preemptive policies only)
//
//             A rank never changes while its job runs, though what it stands
//             for may: of two jobs that both run, or both wait, the one that
//             will end first stays the one that will end first. That is why
//             no policy here ever has to look through its jobs: each answer
//             costs O(log n) at most.
//
//               policy     next is                     gives way   starves
//               fcfs       who came first              never       no
//               sjf        the shortest burst          never       the long
//               stcf       the shortest rest           to shorter  the long
//               rr         who came first              by quantum  no
//               priority   the most urgent, ageing     to higher   no
//               mlfq       the highest level           both        no (boost)
//               lottery    whose ticket is drawn       by quantum  improbable
//               fair       who had least, by weight    by quantum  no
// IN PYTHON   nothing; asyncio's loop is first come, first served.
// INVARIANTS  I1. Each ready job stands in exactly one policy, once.
//             I2. Equal jobs run in the order in which they became ready.
//             I3. rank() of a running job changes only at a boost.
// THREADS     One.
// OWNERSHIP   A policy borrows its jobs.
// ERRORS      Popping an empty policy is a bug: assert.
// LEFT OUT    Real-time deadlines; several policies at once, as Linux has.
// READ NEXT   scheduler/cpu_sim/first_come.h
#ifndef SCHEDULER_CPU_SIM_POLICY_H_
#define SCHEDULER_CPU_SIM_POLICY_H_

#include <cstdint>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"

namespace scheduler::cpu_sim {

// Why a job joins the queue.
enum class Entry {
  kArrived,    // it is new
  kWoken,      // its I/O is done
  kExpired,    // its slice is over
  kPreempted,  // it gave way to a job that outranks it
};

// Smaller is more urgent.
using Rank = int64_t;

// A slice that only the end of the burst ends.
inline constexpr Duration kNoLimit = Duration::max();

class Policy {
 public:
  virtual ~Policy() = default;

  virtual bool empty() const = 0;
  // `job` is ready as from now.
  virtual void push(Job& job, Entry entry, TimePoint now) = 0;
  // Takes out the job to run next. REQUIRES: !empty().
  virtual Job& pop() = 0;

  // How long the job, which runs from now on, may go on uninterrupted.
  virtual Duration slice(Job&) { return kNoLimit; }
  // The job has been running for this long; told each time it stops.
  virtual void charge(Job&, Duration) {}

  // True if a waiting job may take the CPU of a running one.
  virtual bool preemptive() const { return false; }
  // The rank of a job that runs from `since` on. [I3]
  virtual Rank rank(const Job&, TimePoint /*since*/) const { return 0; }
  // The rank that the next job would have. REQUIRES: preemptive, !empty().
  virtual Rank best_waiting(TimePoint /*now*/) const { return 0; }

  // When everybody becomes equal again; boost() is called at the first event
  // at or after that time, before anything else happens.
  virtual TimePoint next_boost() const { return TimePoint::max(); }
  virtual void boost(TimePoint /*now*/) {}

  // A job that pop() gave leaves for the queue of another CPU, and joins it:
  // what is counted relative to a queue is translated here.
  virtual void leave(Job&) {}
  virtual void join(Job&) {}
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_POLICY_H_

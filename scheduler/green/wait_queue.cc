#include "scheduler/green/wait_queue.h"

#include "scheduler/green/green_thread.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {

void WaitQueue::wait(Reason reason, WaitsFor waits_for) {
  Scheduler& scheduler = Scheduler::current();
  waiting_.push(scheduler.self());
  scheduler.block(reason, waits_for);
}

GreenThread& WaitQueue::wake_one() {
  GreenThread& thread = waiting_.pop();
  Scheduler::current().wake(thread);
  return thread;
}

void WaitQueue::wake_all() {
  while (!waiting_.empty()) {
    wake_one();
  }
}

}  // namespace scheduler::green

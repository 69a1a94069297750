#include "scheduler/green/wait_queue.h"

#include "scheduler/green/green_thread.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {

bool WaitQueue::empty() const {
  const Scheduler* const scheduler = Scheduler::running();
  return waiting_.empty() || (scheduler != nullptr && scheduler->unwinding());
}

void WaitQueue::wait(Reason reason, WaitsFor waits_for) {
  Scheduler& scheduler = Scheduler::current();
  scheduler.expect_wakeup();
  waiting_.push(scheduler.self());
  scheduler.block(reason, waits_for);
}

GreenThread& WaitQueue::wake_one() {
  GreenThread& thread = waiting_.pop();
  Scheduler::current().wake(thread);
  return thread;
}

void WaitQueue::wake_all() {
  while (!empty()) {
    wake_one();
  }
}

}  // namespace scheduler::green

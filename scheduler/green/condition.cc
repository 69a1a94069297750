#include "scheduler/green/condition.h"

#include "scheduler/green/guard.h"

namespace scheduler::green {

void Condition::wait(Mutex& mutex) {
  {
    const Guard guard;  // over both steps [I1]
    mutex.unlock();
    waiting_.wait(Reason::kLock, {.what = "a condition"});
  }
  mutex.lock();  // [I2]
}

void Condition::notify() {
  const Guard guard;
  if (!waiting_.empty()) {
    waiting_.wake_one();
  }
}

void Condition::notify_all() {
  const Guard guard;
  waiting_.wake_all();
}

}  // namespace scheduler::green

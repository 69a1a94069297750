#include "scheduler/green/mutex.h"

#include <cassert>

#include "scheduler/green/guard.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {

void Mutex::lock() {
  const Guard guard;
  GreenThread& self = Scheduler::current().self();
  assert(holder_ != &self &&
         "a thread that holds the mutex would wait for ever");
  if (holder_ == nullptr) {
    holder_ = &self;
    return;
  }
  waiting_.wait(Reason::kLock, {.what = "a mutex held by", .whom = holder_});
  assert(holder_ == &self && "who unlocks hands the mutex over");
}

void Mutex::unlock() {
  const Guard guard;
  if (Scheduler::current().unwinding()) {
    return;  // nobody is left to lock it, and its holder may be another
  }
  assert(holder_ == &Scheduler::current().self() &&
         "only the holder may unlock a mutex");
  holder_ = waiting_.empty() ? nullptr : &waiting_.wake_one();  // [I2] [I3]
}

}  // namespace scheduler::green

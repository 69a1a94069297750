// tests/gil_sim/ways_to_wait.h - everything of gil_sim/ that a thread waits in.
//
// CONCEPT     One interface for all of them, so that a promise about waiting
//             is written once. Each is made so that a wait does not return at
//             once: the lock is held, the queue empty, the party alone.
// THREADS     Made and freed by one thread, waited for by one other.
// OWNERSHIP   Owns what is waited for.
// READ NEXT   tests/gil_sim/under_the_gil_test.cc
#ifndef TESTS_GIL_SIM_WAYS_TO_WAIT_H_
#define TESTS_GIL_SIM_WAYS_TO_WAIT_H_

#include <mutex>
#include <optional>

#include "gil_sim/barrier.h"
#include "gil_sim/condition.h"
#include "gil_sim/event.h"
#include "gil_sim/lock.h"
#include "gil_sim/queue.h"
#include "gil_sim/semaphore.h"
#include "gil_sim/timer.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace gil_sim {

using Timeout = std::optional<scheduler::Duration>;

class Wait {
 public:
  virtual ~Wait() = default;
  virtual bool wait(Timeout timeout) = 0;  // false: the time was up
  virtual void free() = 0;
};

class LockWait : public Wait {
 public:
  LockWait() { lock_.acquire(); }
  bool wait(Timeout timeout) override { return lock_.acquire(timeout); }
  void free() override { lock_.release(); }

 private:
  Lock lock_;
};

class RLockWait : public Wait {
 public:
  RLockWait() { lock_.acquire(); }
  bool wait(Timeout timeout) override { return lock_.acquire(timeout); }
  void free() override { lock_.release(); }

 private:
  RLock lock_;
};

class ConditionWait : public Wait {
 public:
  bool wait(Timeout timeout) override {
    const std::lock_guard held(lock_);
    return changed_.wait_for([this] { return free_; }, timeout);
  }
  void free() override {
    const std::lock_guard held(lock_);
    free_ = true;
    changed_.notify();
  }

 private:
  Lock lock_;
  Condition changed_{lock_};
  bool free_ = false;
};

template <class AnySemaphore>
class SemaphoreWait : public Wait {
 public:
  SemaphoreWait() { semaphore_.acquire(); }
  bool wait(Timeout timeout) override { return semaphore_.acquire(timeout); }
  void free() override { semaphore_.release(); }

 private:
  AnySemaphore semaphore_{1};
};

class EventWait : public Wait {
 public:
  bool wait(Timeout timeout) override { return event_.wait(timeout); }
  void free() override { event_.set(); }

 private:
  Event event_;
};

class BarrierWait : public Wait {
 public:
  bool wait(Timeout timeout) override {
    try {
      barrier_.wait(timeout);
      return true;
    } catch (const scheduler::BrokenBarrierError&) {
      return false;
    }
  }
  void free() override { barrier_.wait(); }

 private:
  Barrier barrier_{2};
};

class GetWait : public Wait {
 public:
  bool wait(Timeout timeout) override {
    try {
      queue_.get(timeout);
      return true;
    } catch (const scheduler::QueueEmpty&) {
      return false;
    }
  }
  void free() override { queue_.put(1); }

 private:
  Queue<int> queue_;
};

class PutWait : public Wait {
 public:
  PutWait() { queue_.put(1); }
  bool wait(Timeout timeout) override {
    try {
      queue_.put(2, timeout);
      return true;
    } catch (const scheduler::QueueFull&) {
      return false;
    }
  }
  void free() override { queue_.get(); }

 private:
  Queue<int> queue_{1};
};

class QueueJoinWait : public Wait {
 public:
  QueueJoinWait() { queue_.put(1); }
  bool wait(Timeout) override {
    queue_.join();
    return true;
  }
  void free() override { queue_.task_done(); }

 private:
  Queue<int> queue_;
};

class TimerJoinWait : public Wait {
 public:
  TimerJoinWait() { timer_.start(); }
  ~TimerJoinWait() override { timer_.cancel(); }
  bool wait(Timeout timeout) override {
    timer_.join(timeout);
    return !timer_.is_alive();
  }
  void free() override { timer_.cancel(); }

 private:
  Timer timer_{scheduler::seconds(3600), [] {}};
};

}  // namespace gil_sim

#endif  // TESTS_GIL_SIM_WAYS_TO_WAIT_H_

// loop/inbox.h - the door by which other threads reach a loop.
//
// CONCEPT     A loop's queue belongs to its thread. Others put what they have
//             into a second queue, guarded by a lock, and wake the loop if it
//             sleeps; the loop takes all of it at the start of its next turn.
//             A job that runs elsewhere may end long after its loop is closed,
//             so the inbox outlives it, and *expected* letters are addressed
//             by a number: what comes too late is thrown away unopened.
// IN PYTHON   call_soon_threadsafe, and what wrap_future does with it
// INVARIANTS  I1. The loop sleeps only if the inbox was empty after it had
//                 said that it would; whoever finds it asleep wakes it.
//             I2. After close() nothing is accepted or touched.
// THREADS     post() and deliver() any; the rest the loop's.
// OWNERSHIP   Borrows runnables. Shared by loop and senders.
// ERRORS      RuntimeError from post() to a closed loop; deliver() says false.
// READ NEXT   loop/event_loop.h
#ifndef LOOP_INBOX_H_
#define LOOP_INBOX_H_

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "loop/runnable.h"
#include "loop/wakeup.h"
#include "os/mutex.h"

namespace loop {

class Inbox {
 public:
  // For senders. Queues `item`, and wakes the loop if it sleeps.
  void post(Runnable& item) {
    const os::MutexLock lock(mutex_);
    if (closed_) {
      throw std::runtime_error("the event loop is closed");
    }
    put(item);
  }
  // The same for what the loop expects by this number; false: it does not any
  // more, and the runnable, which may be gone, was not touched. [I2]
  bool deliver(uint64_t number) {
    const os::MutexLock lock(mutex_);
    const auto letter = expected_.extract(number);
    if (letter.empty()) {
      return false;
    }
    put(*letter.mapped());
    return true;
  }

  // For the loop's thread. Allows one deliver() of the number it returns.
  uint64_t expect(Runnable& item) {
    const os::MutexLock lock(mutex_);
    expected_.emplace(next_number_, &item);
    return next_number_++;
  }
  // Takes the permission back. False: it is here already.
  bool no_longer_expect(uint64_t number) {
    const os::MutexLock lock(mutex_);
    return expected_.erase(number) != 0;
  }

  // Whether there is anything to take. May miss what comes at this moment.
  bool has_mail() const {
    // Relaxed: a hint; take_all() reads the queue itself under the lock.
    return has_mail_.load(std::memory_order_relaxed);
  }
  // All that has come, moved to the end of `ready`. It is awake now.
  void take_all(ReadyQueue& ready) {
    const os::MutexLock lock(mutex_);
    asleep_ = false;
    // Relaxed: the lock orders it; without the lock it is only a hint.
    has_mail_.store(false, std::memory_order_relaxed);
    ready.append(mail_.take_all());
  }
  // Says that the loop is about to sleep; false: do not, there is mail. [I1]
  bool fall_asleep() {
    const os::MutexLock lock(mutex_);
    asleep_ = mail_.empty();
    return asleep_;
  }

  // Discards everything here and everything expected.
  void close() {
    std::unordered_map<uint64_t, Runnable*> gone;
    ReadyQueue mail;
    {
      const os::MutexLock lock(mutex_);
      closed_ = true;
      gone.swap(expected_);
      mail.append(mail_.take_all());
    }
    for (const auto& [number, item] : gone) {
      item->discard();
    }
    while (!mail.empty()) {
      mail.pop().discard();
    }
  }

  Wakeup& wakeup() { return wakeup_; }

 private:
  void put(Runnable& item) REQUIRES(mutex_) {
    mail_.push(item);
    // Relaxed: a hint. The mail itself is handed over under the mutex.
    has_mail_.store(true, std::memory_order_relaxed);
    if (std::exchange(asleep_, false)) {
      wakeup_.signal();
    }
  }

  Wakeup wakeup_;
  std::atomic<bool> has_mail_ = false;
  os::Mutex mutex_;
  ReadyQueue mail_ GUARDED_BY(mutex_);
  std::unordered_map<uint64_t, Runnable*> expected_ GUARDED_BY(mutex_);
  uint64_t next_number_ GUARDED_BY(mutex_) = 0;
  bool asleep_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace loop

#endif  // LOOP_INBOX_H_

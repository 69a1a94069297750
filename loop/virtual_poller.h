// loop/virtual_poller.h - a wait that takes no time.
//
// CONCEPT     A loop waits for the next timer only because time does not pass
//             faster. With a clock of our own it does: ask the descriptors
//             without waiting, and if none is ready, set the clock to the next
//             deadline. An hour of sleeping tasks runs in a millisecond, in
//             the same order as in real time, and every time the same.
// IN PYTHON   nothing built in; asyncio's own tests use a TestLoop like this.
// INVARIANTS  I1. Time moves only here, and only when nobody could run.
//             I2. Without any timer it really waits: something outside must
//                 come, or the program stands still as it would in real time.
// THREADS     The loop's thread.
// OWNERSHIP   Owns the real poller (epoll, if it is not given another), borrows
//             the clock.
// ERRORS      As the real poller.
// LEFT OUT    Waiting for threads and other processes while timers run: their
//             work takes real time, which this clock does not see.
// READ NEXT   loop/wakeup.h
#ifndef LOOP_VIRTUAL_POLLER_H_
#define LOOP_VIRTUAL_POLLER_H_

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "loop/epoll_poller.h"
#include "loop/poller.h"
#include "scheduler/clock.h"

namespace loop {

class VirtualPoller final : public Poller {
 public:
  explicit VirtualPoller(
      scheduler::ManualClock& clock,
      std::unique_ptr<Poller> real = std::make_unique<EpollPoller>())
      : real_(std::move(real)), clock_(&clock) {}

  void watch(int fd, Interest interest) override { real_->watch(fd, interest); }
  std::span<const PollEvent> wait(
      std::optional<scheduler::Duration> timeout) override {
    if (!timeout) {
      return real_->wait(std::nullopt);  // [I2]
    }
    const auto events = real_->wait(scheduler::Duration::zero());
    if (events.empty()) {
      clock_->advance(*timeout);  // [I1]
    }
    return events;
  }

 private:
  const std::unique_ptr<Poller> real_;
  scheduler::ManualClock* const clock_;
};

}  // namespace loop

#endif  // LOOP_VIRTUAL_POLLER_H_

#include "loop/event_loop.h"

#include <optional>
#include <stdexcept>

#include "loop/epoll_poller.h"
#include "loop/watch.h"
#include "scheduler/errors.h"

namespace loop {

using scheduler::Duration;

EventLoop& get_running_loop() {
  return require_running_core().loop();
}

EventLoop::EventLoop()
    : EventLoop(std::make_unique<EpollPoller>(),
                scheduler::SteadyClock::instance()) {}

EventLoop::EventLoop(std::unique_ptr<Poller> poller,
                     const scheduler::Clock& clock)
    : core_(new Core(*this, clock)),
      poller_(std::move(poller)),
      descriptors_(*core_, *poller_),
      inbox_(std::make_shared<Inbox>()),
      signals_(*core_, inbox_->wakeup()) {
  poller_->watch(inbox_->wakeup().fd(), {.read = true});
}

EventLoop::~EventLoop() {
  close();
}

// One turn, the whole idea.
void EventLoop::run_once() {
  ++turns_;
  if (inbox_->has_mail()) {
    inbox_->take_all(core_->ready);
  }
  poll();
  signals_.look();
  if (!core_->timers.empty()) {
    queue_expired_timers();  // [I3]
  }
  // Those who are ready now, and nobody who becomes ready meanwhile. [I1]
  turn_.append(core_->ready.take_all());
  while (!turn_.empty()) {
    run_turn();
  }
}

// Until the queue is empty, or one of them throws: a try for all of them, not
// for each, is a call less in every switch.
void EventLoop::run_turn() {
  try {
    while (!turn_.empty()) {
      Runnable& item = turn_.pop();
      debug_ ? run_timed(item) : item.run();
    }
  } catch (...) {
    report_failure();  // [I4]
  }
}

void EventLoop::poll() {
  std::optional<Duration> patience;
  bool sleeps = false;
  if (!core_->ready.empty() || stopping_) {
    if (descriptors_.watched() == 0) {
      return;  // [I3]
    }
    patience = Duration::zero();
  } else {
    sleeps = inbox_->fall_asleep();
    if (!core_->timers.empty()) {
      const scheduler::TimePoint now = core_->now();
      const scheduler::TimePoint next = core_->timers.next();
      // Not next - now in all cases: the distance to the beginning of time is
      // more than a Duration can say.
      patience = next <= now ? Duration::zero() : Duration(next - now);
    }
    if (!sleeps) {
      patience = Duration::zero();
    }
  }
  const std::span<const PollEvent> events = poller_->wait(patience);
  if (sleeps || inbox_->has_mail()) {
    inbox_->take_all(core_->ready);
  }
  for (const PollEvent& event : events) {
    if (event.fd == inbox_->wakeup().fd()) {
      inbox_->wakeup().drain();
    } else {
      descriptors_.dispatch(event);
    }
  }
}

void EventLoop::queue_expired_timers() {
  TimerQueue& timers = core_->timers;
  const scheduler::TimePoint now = core_->now();
  while (!timers.empty() && timers.next() <= now) {
    core_->make_ready(timers.pop());
  }
}

// Called in a handler. A request to exit goes on outwards.
void EventLoop::report_failure() {
  try {
    throw;
  } catch (const scheduler::SystemExit&) {
    throw;
  } catch (...) {
    core_->report({"a callback failed", std::current_exception()});
  }
}

void EventLoop::run_timed(Runnable& item) {
  // Asked beforehand: it may be gone afterwards.
  const std::string who = item.describe();
  const scheduler::TimePoint start = core_->now();
  try {
    item.run();
  } catch (...) {
    report_failure();
  }
  const Duration taken = core_->now() - start;
  if (taken >= slow_callback_) {
    core_->report({who + " held the loop for " +
                       std::to_string(scheduler::in_seconds(taken)) + " s",
                   nullptr});
  }
}

void EventLoop::run_forever() {
  core_->enter();
  struct Leave {
    EventLoop& loop;
    ~Leave() {
      // Those whose turn an exit request cut short are first in the next run.
      loop.turn_.append(loop.core_->ready.take_all());
      loop.core_->ready.append(loop.turn_.take_all());
      loop.core_->leave();
      loop.stopping_ = false;
    }
  } const leave{*this};
  do {
    core_->check_process();
    run_once();
  } while (!stopping_);
}

void EventLoop::run_until_done(FutureSlot& future) {
  core_->check_can_enter();
  future.check_belongs_to(*core_);
  try {
    // Not a callback: left behind, that would stop a later run.
    const Watch watch(future, [this](FutureSlot&) { stop(); });
    run_forever();
  } catch (const scheduler::SystemExit&) {
    if (future.done()) {
      future.mark_retrieved();  // its error is the one that is leaving
    }
    throw;
  }
  if (!future.done()) {
    throw std::runtime_error("the loop was stopped before the future was done");
  }
}

void EventLoop::close() {
  if (core_->closed()) {
    return;
  }
  if (core_->is_running()) {
    throw std::runtime_error("a running event loop cannot be closed");
  }
  signals_.close();
  core_->close();  // nothing becomes ready any more
  descriptors_.close();
  inbox_->close();
  turn_.append(core_->ready.take_all());
  while (!turn_.empty()) {
    turn_.pop().discard();
  }
  while (!core_->timers.empty()) {
    core_->timers.pop().discard();
  }
  // First all let go of what they wait for, then all are destroyed: none may
  // be woken by the end of another.
  const std::vector<AnyTask> left = all_tasks(*core_);
  for (const AnyTask& task : left) {
    core_->report(
        {task.task().describe() + " was destroyed but it is pending", nullptr});
    task.task().detach();
  }
  // The youngest first: a child's frame may hold what stands in the frame of
  // the one who made it.
  for (auto task = left.rbegin(); task != left.rend(); ++task) {
    task->task().destroy();
  }
  core_->tasks.clear();
  core_->observer = nullptr;
  if (default_executor_) {
    default_executor_->shutdown(false);
    default_executor_.reset();
  }
  poller_.reset();
  core_->exception_handler = nullptr;  // that was the last report
}

void EventLoop::add_reader(int fd, std::function<void()> function) {
  descriptors_.set_callback(fd, Direction::kRead, std::move(function));
}
void EventLoop::add_writer(int fd, std::function<void()> function) {
  descriptors_.set_callback(fd, Direction::kWrite, std::move(function));
}
bool EventLoop::remove_reader(int fd) {
  core_->check_thread();
  core_->check_process();
  return descriptors_.remove(fd, Direction::kRead);
}
bool EventLoop::remove_writer(int fd) {
  core_->check_thread();
  core_->check_process();
  return descriptors_.remove(fd, Direction::kWrite);
}

void EventLoop::set_exception_handler(
    std::function<void(const Report&)> handler) {
  core_->check_thread();
  core_->exception_handler = std::move(handler);
}
void EventLoop::set_observer(scheduler::Observer* observer) {
  core_->check_thread();
  core_->observer = observer;
}
void EventLoop::set_debug(bool on, Duration slow_callback) {
  core_->check_thread();
  debug_ = on;
  slow_callback_ = slow_callback;
}

}  // namespace loop

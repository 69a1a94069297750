#include "demos/inside_recorder.h"

#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "loop/epoll_poller.h"
#include "loop/poll_poller.h"
#include "loop/virtual_poller.h"

namespace demos {

using scheduler::Duration;

namespace {

std::unique_ptr<loop::Poller> poller_named(std::string_view name) {
  if (name == "epoll") {
    return std::make_unique<loop::EpollPoller>();
  }
  if (name == "poll") {
    return std::make_unique<loop::PollPoller>();
  }
  throw std::invalid_argument("there is no poller called " + std::string(name));
}

std::unique_ptr<loop::Poller> poller_for(std::string_view name,
                                         support::Time time,
                                         scheduler::ManualClock& clock) {
  auto real = poller_named(name);
  if (time == support::Time::kReal) {
    return real;
  }
  return std::make_unique<loop::VirtualPoller>(clock, std::move(real));
}

}  // namespace

// Between the loop and its real poller.
class RecordedLoop::NotingPoller final : public loop::Poller {
 public:
  NotingPoller(RecordedLoop& owner, std::unique_ptr<loop::Poller> real)
      : owner_(owner), real_(std::move(real)) {}

  void watch(int fd, loop::Interest interest) override {
    owner_.watches_[fd] += interest.read ? 1 : 0;
    real_->watch(fd, interest);
  }
  std::span<const loop::PollEvent> wait(
      std::optional<Duration> timeout) override {
    Turn& turn = owner_.turn();
    turn.patience = timeout;
    turn.timers = owner_.loop_.timers();
    turn.watched = owner_.loop_.watched();
    const scheduler::TimePoint start = owner_.clock_.now();
    const auto events = real_->wait(timeout);
    turn.waited = owner_.clock_.now() - start;
    turn.found = events.size();
    return events;
  }

 private:
  RecordedLoop& owner_;
  const std::unique_ptr<loop::Poller> real_;
};

RecordedLoop::RecordedLoop(std::string_view poller, support::Time time)
    : clock_(time == support::Time::kVirtual
                 ? static_cast<const scheduler::Clock&>(manual_)
                 : scheduler::SteadyClock::instance()),
      start_(clock_.now()),
      loop_(std::make_unique<NotingPoller>(*this,
                                           poller_for(poller, time, manual_)),
            clock_) {
  loop_.set_observer(this);
}

std::vector<std::string> RecordedLoop::order() const {
  std::vector<std::string> names;
  for (const Turn& turn : turns_) {
    names.insert(names.end(), turn.ran.begin(), turn.ran.end());
  }
  return names;
}

int RecordedLoop::watches(int fd) const {
  const auto found = watches_.find(fd);
  return found == watches_.end() ? 0 : found->second;
}

void RecordedLoop::created(scheduler::TaskId task, std::string_view name) {
  names_.emplace(task, name);
}

void RecordedLoop::running(scheduler::TaskId task) {
  turn().ran.push_back(names_.at(task));
}

Turn& RecordedLoop::turn() {
  const uint64_t number = loop_.turns();
  if (turns_.empty() || turns_.back().number != number) {
    Turn& fresh = turns_.emplace_back();
    fresh.number = number;
    fresh.time = now();
  }
  return turns_.back();
}

}  // namespace demos

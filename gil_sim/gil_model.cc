#include "gil_sim/gil_model.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <random>

namespace gil_sim {

namespace {

using scheduler::Decider;
using scheduler::Duration;
using scheduler::Reason;
using scheduler::TimePoint;
using Kind = GilWork::Kind;
using What = GilEvent::What;

class GilModel {
 public:
  GilModel(const std::vector<GilThread>& threads,
           const GilModelOptions& options, scheduler::ManualClock& clock,
           scheduler::Observer& observer)
      : threads_(threads),
        options_(options),
        clock_(clock),
        observer_(observer),
        begin_(clock.now()),
        states_(threads.size()),
        dice_(options.seed) {}

  std::vector<GilEvent> run() {
    for (size_t t = 0; t < threads_.size(); ++t) {
      observer_.created(id(t), threads_[t].name);
      observer_.running(id(t));
      begin_work(t);
    }
    for (;;) {
      if (!holder_ && !waiters_.empty()) {
        take(choose());
      }
      const std::optional<TimePoint> next = next_time();
      if (!next) {
        return std::move(events_);
      }
      clock_.sleep_until(*next);
      advance();
    }
  }

 private:
  struct State {
    size_t work = 0;       // index of what it does now, or wants the lock for
    Duration rest{};       // of this work, when it got the lock
    TimePoint since{};     // when it got the lock, began to block or to wait
    int64_t switches = 0;  // when its wait began
    bool blocked = false;
  };

  static scheduler::TaskId id(size_t thread) {
    return static_cast<scheduler::TaskId>(thread);
  }
  TimePoint now() const { return clock_.now(); }
  void record(size_t thread, What what) {
    events_.push_back({now() - begin_, thread, what});
  }

  // With `work` just reached, and no lock: blocks, waits for the lock or ends.
  void begin_work(size_t t) {
    State& state = states_[t];
    if (state.work == threads_[t].work.size()) {
      observer_.finished(id(t));
      record(t, What::kEnd);
      return;
    }
    const GilWork& work = threads_[t].work[state.work];
    state.rest = work.length;
    if (work.kind == Kind::kBlock) {
      state.blocked = true;
      state.since = now();
      observer_.suspended(id(t), Reason::kIo, Decider::kTask);
    } else {
      begin_wait(t, Decider::kTask);
    }
  }

  void begin_wait(size_t t, Decider decider) {
    observer_.suspended(id(t), Reason::kGil, decider);
    const bool free_for_all = !holder_ && waiters_.empty();
    begin_interval(t);
    waiters_.push_back(t);
    if (free_for_all && decider == Decider::kTask) {
      take(t);
    }
  }

  void begin_interval(size_t t) {
    states_[t].since = now();
    states_[t].switches = switches_;
  }

  // Whom the drop wakes. The one that has just stood aside is the last resort:
  // it waits until another has taken the lock. [I3]
  size_t choose() {
    std::vector<size_t> able = waiters_;
    if (standing_aside_ && able.size() > 1) {
      std::erase(able, *standing_aside_);
    }
    switch (options_.wake) {
      case GilWake::kFifo:
        return able.front();
      case GilWake::kLifo:
        return able.back();
      case GilWake::kRandom:
        return able[dice_() % able.size()];
    }
    return able.front();
  }

  void take(size_t t) {
    assert(!holder_ && "at most one thread holds the lock");  // [I1]
    std::erase(waiters_, t);
    holder_ = t;
    if (last_holder_ != t) {
      last_holder_ = t;
      ++switches_;
    }
    // The taker's slice starts without a request, and who stood aside goes to
    // wait only now that the lock has changed hands.
    asked_ = false;
    if (standing_aside_) {
      begin_interval(*standing_aside_);
      standing_aside_.reset();
    }
    states_[t].since = now();
    observer_.running(id(t));
    record(t, What::kTake);
  }

  void drop() {
    record(*holder_, What::kDrop);
    holder_.reset();
  }

  bool has_check_points(size_t t) const {
    return threads_[t].work[states_[t].work].kind == Kind::kCompute;
  }

  std::optional<TimePoint> next_time() const {
    std::optional<TimePoint> next;
    const auto consider = [&](TimePoint time) {
      next = next ? std::min(*next, time) : time;
    };
    for (size_t t = 0; t < states_.size(); ++t) {
      if (states_[t].blocked || holder_ == t) {
        consider(states_[t].since + states_[t].rest);
      }
    }
    for (const size_t t : waiters_) {
      consider(states_[t].since + options_.interval);
    }
    if (asked_ && has_check_points(*holder_)) {
      consider(now());
    }
    return next;
  }

  // What is due now: first the holder, then who comes back, then who asks.
  void advance() {
    if (holder_) {
      advance_holder(*holder_);
    }
    for (size_t t = 0; t < states_.size(); ++t) {
      State& state = states_[t];
      if (state.blocked && now() >= state.since + state.rest) {
        state.blocked = false;
        ++state.work;
        observer_.woken(id(t));
        observer_.running(id(t));  // for an instant, to find the lock taken
        begin_work(t);
      }
    }
    for (const size_t t : waiters_) {
      State& state = states_[t];
      if (holder_ && now() >= state.since + options_.interval) {
        if (state.switches == switches_ && !asked_) {
          asked_ = true;  // [I2]
          record(t, What::kAsk);
        }
        begin_interval(t);
      }
    }
  }

  void advance_holder(size_t t) {
    State& state = states_[t];
    if (now() >= state.since + state.rest) {
      ++state.work;
      const auto& work = threads_[t].work;
      if (state.work < work.size() && work[state.work].kind != Kind::kBlock) {
        state.rest = work[state.work].length;  // goes on, with the lock
        state.since = now();
      } else {
        drop();
        begin_work(t);
        return;
      }
    }
    if (asked_ && has_check_points(t)) {
      state.rest -= now() - state.since;
      drop();
      begin_wait(t, Decider::kSystem);
      standing_aside_ = t;
    }
  }

  const std::vector<GilThread>& threads_;
  const GilModelOptions options_;
  scheduler::ManualClock& clock_;
  scheduler::Observer& observer_;
  const TimePoint begin_;
  std::vector<State> states_;
  std::mt19937_64 dice_;
  std::vector<GilEvent> events_;

  // The lock.
  std::optional<size_t> holder_;
  std::optional<size_t> last_holder_;
  std::optional<size_t> standing_aside_;
  std::vector<size_t> waiters_;  // in the order of their coming
  int64_t switches_ = 0;
  bool asked_ = false;
};

}  // namespace

std::vector<GilEvent> run_gil_model(const std::vector<GilThread>& threads,
                                    const GilModelOptions& options,
                                    scheduler::ManualClock& clock,
                                    scheduler::Observer& observer) {
  assert(options.interval > Duration::zero() && "an interval is positive");
  return GilModel(threads, options, clock, observer).run();
}

}  // namespace gil_sim

#include "gil_sim/main_thread_work.h"

#include <unistd.h>

#include <cassert>
#include <memory>
#include <utility>

#include "gil_sim/thread_number.h"

namespace gil_sim {

namespace {

// Whom a signal is for. Lock-free, as the handler reads it.
constinit std::atomic<MainThreadWork*> receiver{nullptr};
static_assert(std::atomic<MainThreadWork*>::is_always_lock_free);

// Linux gives the first thread of a process the number of the process.
bool on_main_thread() {
  return gettid() == getpid();
}

}  // namespace

bool MainThreadWork::add_call(std::function<void()> call) {
  {
    const os::MutexLock lock(mutex_);
    const size_t next = (last_ + 1) % kRing;
    if (next == first_) {
      return false;  // [I3]
    }
    calls_[last_] = std::move(call);
    last_ = next;
  }
  any_ = true;
  breaker_.raise(EvalBreaker::kMainThreadWork);
  return true;
}

MainThreadWork::SignalScope::SignalScope(MainThreadWork& work, int signal,
                                         std::function<void()> handler)
    : work_(work), signal_(static_cast<size_t>(signal)) {
  assert(on_main_thread() && "signal handlers belong to the main thread");
  assert(signal > 0 && signal < NSIG && "signals are numbered from 1");
  handler_before_ = std::exchange(work_.handlers_[signal_], std::move(handler));
  receiver_before_ = receiver.exchange(&work_);
  installed_.emplace(signal, &trip, SA_RESTART);
}

MainThreadWork::SignalScope::~SignalScope() {
  // First the system's side, so that nothing is noted after it is wiped out.
  installed_.reset();
  receiver = receiver_before_;
  if (!handler_before_) {  // or else what is noted is for the outer handler
    work_.tripped_[signal_] = false;
  }
  work_.handlers_[signal_] = std::move(handler_before_);
}

void MainThreadWork::trip(int signal) {
  MainThreadWork* const work = receiver;
  if (work == nullptr) {
    return;  // another thread got it just before the last scope ended
  }
  work->tripped_[static_cast<size_t>(signal)] = true;
  work->any_ = true;
  work->breaker_.raise(EvalBreaker::kMainThreadWork);
}

void MainThreadWork::after_fork_in_child() NO_THREAD_SAFETY_ANALYSIS {
  // Forgotten, not unlocked; and so is the place that may be half written.
  std::construct_at(&mutex_);
  std::construct_at(&calls_[last_]);
}

void MainThreadWork::tell_holder() {
  if (on_main_thread()) {
    breaker_.raise(EvalBreaker::kMainThreadWork);
  } else {
    breaker_.lower(EvalBreaker::kMainThreadWork);
  }
}

void MainThreadWork::serve() {
  if (!breaker_.has(EvalBreaker::kMainThreadWork) || !on_main_thread()) {
    return;  // [I1]
  }
  breaker_.lower(EvalBreaker::kMainThreadWork);
  any_ = false;
  // Up again if an error or a full round leaves something behind. [I2]
  struct Unfinished {
    MainThreadWork* work;
    ~Unfinished() {
      if (work != nullptr) {
        work->any_ = true;
        work->breaker_.raise(EvalBreaker::kMainThreadWork);
      }
    }
  } unfinished{this};
  serve_signals();
  if (serve_calls()) {
    unfinished.work = nullptr;
  }
}

void MainThreadWork::serve_signals() {
  for (size_t signal = 1; signal < tripped_.size(); ++signal) {
    if (tripped_[signal].exchange(false)) {
      handlers_[signal]();
    }
  }
}

bool MainThreadWork::serve_calls() {
  // The number may be that of a main thread whose call went on while another
  // forked: here it has not come along, and the caller is the main one.
  if (serving_calls_ == thread_number()) {
    // A call that has check points of its own. The outer loop goes on, and
    // looks at its end what is left.
    return true;
  }
  struct Serving {
    uint64_t& by;
    explicit Serving(uint64_t& it) : by(it) { by = thread_number(); }
    ~Serving() { by = 0; }
  } serving(serving_calls_);
  // At most one ring full: a call that adds itself again must not keep the
  // program from going on.
  for (size_t n = 0; n < kRing; ++n) {
    std::function<void()> call;
    {
      const os::MutexLock lock(mutex_);
      if (first_ == last_) {
        return true;
      }
      call = std::exchange(calls_[first_], nullptr);
      first_ = (first_ + 1) % kRing;
    }
    call();  // not under the mutex: it may add calls
  }
  const os::MutexLock lock(mutex_);
  return first_ == last_;
}

}  // namespace gil_sim

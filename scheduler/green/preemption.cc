#include "scheduler/green/preemption.h"

#include <signal.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <stdexcept>

#include "os/signals.h"
#include "os/syscall.h"
#include "scheduler/green/guard.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {

namespace {

// As Go does: nothing else uses it, and by default it is ignored.
constexpr int kTick = SIGURG;

// The one that leads to a switch now, and the first of those that were missed.
// A tick that falls into the switch itself must not pass for its cause.
[[gnu::tls_model("initial-exec")]] constinit thread_local Tick latest_tick;
[[gnu::tls_model("initial-exec")]] constinit thread_local Tick missed_tick;

void switch_threads(bool made_up) {
  if (made_up) {
    latest_tick = missed_tick;
    holds.tick_missed = 0;
  }
  if (Scheduler* const scheduler = Scheduler::running()) {
    scheduler->preempt();
  }
}

// The stack that this runs on is switched away from in the middle of it, and
// it returns when the stopped thread has its next turn.
void on_tick(int, siginfo_t*, void* context) {
  const int saved_errno = errno;
  const Tick tick = {.at = interrupted_at(context),
                     .under_guard = holds.count != 0};
  if (tick.under_guard) {
    if (holds.tick_missed == 0) {
      missed_tick = tick;
    }
    holds.tick_missed = 1;  // [I1]
  } else if (holds.switch_now != nullptr) {
    const Guard guard;
    latest_tick = tick;
    holds.switch_now(false);
  }
  errno = saved_errno;  // [I2]
}

void install_once() {
  static const os::ScopedSignalHandler handler = [] {
    struct sigaction action = {};
    action.sa_sigaction = &on_tick;
    // SA_RESTART: calls that can go on do. Not SA_ONSTACK. [I3] [I4]
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    return os::ScopedSignalHandler(kTick, action);
  }();
}

}  // namespace

Preemption::Preemption(Duration slice) {
  if (slice < kShortestSlice) {
    throw std::invalid_argument("a time slice is 1 ms or longer");
  }
  assert(holds.switch_now == nullptr && "one timer for each kernel thread");
  install_once();

  // Real time: timers of CPU time run on the system's own tick and come every
  // 4 ms, whatever is asked. And aimed at this kernel thread: a signal to the
  // process might interrupt any other.
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kTick;
  event._sigev_un._tid = gettid();
  os::check(os::syscalls.timer_create(CLOCK_MONOTONIC, &event, &timer_),
            "timer_create");
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(slice);
  const timespec period = {.tv_sec = whole.count(),
                           .tv_nsec = (slice - whole).count()};
  const itimerspec ticks = {.it_interval = period, .it_value = period};
  if (os::syscalls.timer_settime(timer_, 0, &ticks, nullptr) == -1) {
    const int error = errno;
    os::syscalls.timer_delete(timer_);  // the destructor does not run for us
    os::throw_error(error, "timer_settime");
  }
  holds.switch_now = &switch_threads;
}

Preemption::~Preemption() {
  // Fails only for a timer that is none. A tick on its way is delivered before
  // the call returns, or dropped with the timer.
  os::syscalls.timer_delete(timer_);
  holds.switch_now = nullptr;
  holds.tick_missed = 0;
}

const Tick& Preemption::latest() {
  return latest_tick;
}

}  // namespace scheduler::green

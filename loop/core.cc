#include "loop/core.h"

#include <pthread.h>

#include <stdexcept>
#include <utility>

namespace loop {

namespace {

thread_local Core* running_here = nullptr;

}  // namespace

std::atomic<uint32_t> Core::forks = 0;

uint32_t Core::watch_forks() {
  [[maybe_unused]] static const int registered =
      pthread_atfork(nullptr, nullptr, [] {
        // Relaxed: the child has one thread, and its copy is its own.
        forks.fetch_add(1, std::memory_order_relaxed);
        running_here = nullptr;
      });
  // Relaxed: written only before a child has a second thread.
  return forks.load(std::memory_order_relaxed);
}

// Never inlined: a coroutine that changes threads would otherwise keep the
// address of the first thread's variable (Clang 14 does).
[[gnu::noinline]] Core* Core::running() {
  return running_here;
}

Core& require_running_core() {
  Core* const core = Core::running();
  if (core == nullptr) {
    throw std::runtime_error("no event loop runs in this thread");
  }
  return *core;
}

EventLoop& Core::loop() const {
  check_open();
  return *loop_;
}

void Core::report(Report report) noexcept {
  try {
    if (exception_handler) {
      // A copy: it may replace itself.
      const auto handler = exception_handler;
      handler(report);
      return;
    }
  } catch (...) {
    report_unraisable(
        {"the exception handler itself failed", std::current_exception()});
  }
  report_unraisable(report);
}

void Core::check_open() const {
  if (closed()) {
    throw std::runtime_error("the event loop is closed");
  }
}

void Core::check_can_enter() const {
  check_process();
  check_open();
  if (is_running()) {
    throw std::runtime_error("this event loop is already running");
  }
  if (running_here != nullptr) {
    throw std::runtime_error(
        "another event loop is already running in this thread");
  }
}

void Core::enter() {
  check_can_enter();
  thread_ = std::this_thread::get_id();
  running_here = this;
}

void Core::leave() {
  thread_ = std::thread::id();
  running_here = nullptr;
}

void Core::refuse_thread() const {
  if (in_forked_child()) {
    return;  // its one thread may be the copy of another than the loop's
  }
  throw std::logic_error(
      "only the thread that runs the event loop may do this; another one uses "
      "call_soon_threadsafe");
}

void Core::refuse_process() {
  throw std::logic_error(
      "this event loop belongs to the process that made it; a forked child "
      "makes its own");
}

}  // namespace loop

#include "gil_sim/thread.h"

#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <stdexcept>

#include "gil_sim/allow_threads.h"
#include "gil_sim/thread_registry.h"
#include "gil_sim/thread_state.h"
#include "os/mutex.h"
#include "os/syscall.h"
#include "scheduler/errors.h"

namespace gil_sim {

namespace {

using Phase = ThreadState::Phase;

// What start() hands to the new thread.
struct Start {
  Thread* thread;  // used only by a subclass, which outlives its thread
  std::shared_ptr<ThreadState> state;
};

// The hook and who guards it. Never destroyed, and in one piece in a forked
// child, like the registry, whose mutex is of the same kind.
struct UserHook {
  std::mutex mutex;
  ExceptHook hook;
};
UserHook& user_hook = []() -> UserHook& {
  static UserHook& only = *new UserHook;
  pthread_atfork([] { only.mutex.lock(); }, [] { only.mutex.unlock(); },
                 [] { only.mutex.unlock(); });
  return only;
}();

void print_error(const ExceptHookArguments& arguments) {
  const char* text = "an error that is no std::exception";
  try {
    std::rethrow_exception(arguments.error);
  } catch (const std::exception& error) {
    text = error.what();  // lives as long as arguments.error
  } catch (const scheduler::CancelledError& error) {
    text = error.what();
  } catch (...) {
  }
  std::fprintf(stderr, "Exception in thread %s: %s\n",
               arguments.thread.name().c_str(), text);
}

void report(std::exception_ptr error) noexcept {
  ExceptHook hook;
  {
    const std::lock_guard lock(user_hook.mutex);
    hook = user_hook.hook;
  }
  (hook ? hook : &print_error)({std::move(error), current_thread()});
}

// Called by each start; the first one counts. What atexit runs, it runs before
// it destroys the globals that are older than the registration. A forked child
// inherits the handler; the registry knows which threads are its own. [I4]
void wait_at_exit() {
  [[maybe_unused]] static const int registered =
      std::atexit(&join_all_but_daemons);
}

}  // namespace

std::string ThreadHandle::name() const {
  const os::MutexLock lock(state_->mutex);
  return state_->name;
}

void ThreadHandle::set_name(std::string name) {
  const os::MutexLock lock(state_->mutex);
  state_->name = std::move(name);
}

uint64_t ThreadHandle::ident() const {
  const os::MutexLock lock(state_->mutex);
  return uint64_t{state_->handle};
}

pid_t ThreadHandle::native_id() const {
  if (ident() == 0) {
    return 0;  // not started
  }
  state_->native_id.wait(0);
  return state_->native_id;
}

bool ThreadHandle::daemon() const {
  const os::MutexLock lock(state_->mutex);
  return state_->daemon;
}

bool ThreadHandle::is_alive() const {
  const os::MutexLock lock(state_->mutex);
  return state_->phase == Phase::kRunning;
}

void ThreadHandle::join(std::optional<scheduler::Duration> timeout) const {
  ThreadState& state = *state_;
  if (ThreadRegistry::is_current(state)) {
    throw std::runtime_error("a thread cannot join itself");
  }
  if (state.dummy) {
    throw std::runtime_error("a thread started elsewhere cannot be joined");
  }
  const auto deadline = scheduler::deadline_after(timeout);
  std::optional<AllowThreads> allow;
  if (!timeout || *timeout > scheduler::Duration::zero()) {
    allow.emplace();  // who only looks keeps the interpreter
  }
  pthread_t handle;
  {
    const os::MutexLock lock(state.mutex);
    if (state.phase == Phase::kNew) {
      throw std::runtime_error("a thread cannot be joined before its start");
    }
    // Until its thread-local objects are gone, which may take time as well.
    while (state.phase != Phase::kJoined &&
           !(state.phase == Phase::kFinished && state.locals_gone)) {
      if (!deadline) {
        state.changed.wait(state.mutex);
      } else if (!state.changed.wait_until(state.mutex, *deadline)) {
        return;
      }
    }
    if (state.phase == Phase::kJoined || state.detached) {
      state.phase = Phase::kJoined;
      return;
    }
    state.phase = Phase::kJoining;
    handle = state.handle;
  }
  // The thread has nothing left to do but to die, which no deadline is needed
  // for. Not under the mutex, which it may be just about to let go. [I2]
  pthread_join(handle, nullptr);
  ThreadRegistry::instance().joined(state);
  const os::MutexLock lock(state.mutex);
  state.phase = Phase::kJoined;
  state.changed.notify_all();
}

Thread::Thread(std::function<void()> target, ThreadOptions options)
    : ThreadHandle(std::make_shared<ThreadState>()) {
  const bool daemon = options.daemon.value_or(current_thread().daemon());
  if (options.name.empty()) {
    options.name = ThreadRegistry::instance().next_name();
  }
  state_->overridden = target == nullptr;
  state_->target = std::move(target);
  const os::MutexLock lock(state_->mutex);
  state_->name = std::move(options.name);
  state_->daemon = daemon;
}

Thread::~Thread() {
  {
    const os::MutexLock lock(state_->mutex);
    assert(!(state_->overridden && state_->phase == Phase::kRunning) &&
           "a subclass joins its thread before it is destroyed");
    if (state_->phase == Phase::kNew) {
      return;
    }
    if (state_->daemon) {
      if (state_->phase == Phase::kRunning ||
          state_->phase == Phase::kFinished) {
        state_->detached = true;
        pthread_detach(state_->handle);
        ThreadRegistry::instance().joined(*state_);
      }
      return;
    }
  }
  assert(!ThreadRegistry::is_current(*state_) &&
         "a thread cannot outlive its own object");
  join();
}

void Thread::set_daemon(bool daemon) {
  const os::MutexLock lock(state_->mutex);
  if (state_->phase != Phase::kNew) {
    throw std::runtime_error("a thread is made a daemon before its start");
  }
  state_->daemon = daemon;
}

void Thread::start() {
  wait_at_exit();
  ThreadState& state = *state_;
  // Held until the handle is known, which the new thread may ask for at once.
  const os::MutexLock lock(state.mutex);
  if (state.phase != Phase::kNew) {
    throw std::runtime_error("a thread is started only once");  // [I1]
  }
  ThreadRegistry::instance().started(state_);
  auto begin = std::make_unique<Start>(Start{this, state_});
  const int error =
      pthread_create(&state.handle, nullptr, &Thread::entry, begin.get());
  if (error != 0) {
    ThreadRegistry::instance().ended(state);
    ThreadRegistry::instance().joined(state);
    state.handle = {};
    os::throw_error(error, "pthread_create");
  }
  static_cast<void>(begin.release());  // the new thread's
  state.phase = Phase::kRunning;
}

void* Thread::entry(void* argument) {
  std::unique_ptr<Start> begin(static_cast<Start*>(argument));
  ThreadState& state = *begin->state;
  ThreadRegistry::become(std::move(begin->state));
  // The kernel keeps fifteen letters, for top -H and debuggers.
  pthread_setname_np(pthread_self(),
                     current_thread().name().substr(0, 15).c_str());
  try {
    if (state.overridden) {
      begin->thread->run();
    } else {
      state.target();
    }
  } catch (...) {
    report(std::current_exception());  // [I3]
  }
  state.target = nullptr;  // what it has captured ends with the activity
  ThreadRegistry::instance().ended(state);
  const os::MutexLock lock(state.mutex);
  state.phase = Phase::kFinished;
  state.changed.notify_all();
  return nullptr;
}

ThreadHandle current_thread() {
  return ThreadHandle(ThreadRegistry::instance().current().shared_from_this());
}

ThreadHandle main_thread() {
  return ThreadHandle(ThreadRegistry::main().shared_from_this());
}

std::vector<ThreadHandle> enumerate() {
  std::vector<ThreadHandle> threads;
  if (const ThreadHandle main = main_thread(); main.is_alive()) {
    threads.push_back(main);
  }
  for (const auto& state : ThreadRegistry::instance().alive()) {
    threads.emplace_back(state);
  }
  return threads;
}

void join_all_but_daemons() {
  {
    ThreadState& main = ThreadRegistry::main();  // for those who join it
    const os::MutexLock lock(main.mutex);
    main.phase = Phase::kJoined;
    main.changed.notify_all();
  }
  for (void (*const call)() : ThreadRegistry::instance().calls_at_end()) {
    call();
  }
  for (;;) {  // those we wait for may start others
    const auto unjoined = ThreadRegistry::instance().unjoined();
    const auto next =
        std::find_if(unjoined.begin(), unjoined.end(), [](const auto& state) {
          return !ThreadHandle(state).daemon() &&
                 !ThreadRegistry::is_current(*state);
        });
    if (next == unjoined.end()) {
      return;
    }
    ThreadHandle(*next).join();
  }
}

ExceptHook set_excepthook(ExceptHook hook) {
  const std::lock_guard lock(user_hook.mutex);
  return std::exchange(user_hook.hook, std::move(hook));
}

}  // namespace gil_sim

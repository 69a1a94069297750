#include "gil_sim/thread.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include "gil_sim/allow_threads.h"
#include "os/mutex.h"
#include "os/syscall.h"
#include "scheduler/errors.h"

namespace gil_sim {

// Who moves the phase, and when:
//   kNew -> kRunning       start()
//   kRunning -> kFinished  the thread, when run() is over
//   kFinished -> kJoining  the first of those in join()
//   kJoining -> kJoined    the same one, when the system's thread is gone
//   kFinished -> kJoined   of a thread that is detached, by the first in join()
struct ThreadState : std::enable_shared_from_this<ThreadState> {
  enum class Phase { kNew, kRunning, kFinished, kJoining, kJoined };

  // Set once, before the start.
  bool overridden = false;  // run() is a subclass's
  bool dummy = false;       // not started here
  int64_t number = 0;       // its place in the registry

  std::function<void()> target;     // its own thread only, once started
  std::atomic<pid_t> native_id{0};  // told by the thread itself

  os::Mutex mutex;
  os::CondVar changed;
  Phase phase GUARDED_BY(mutex) = Phase::kNew;
  bool detached GUARDED_BY(mutex) = false;
  pthread_t handle GUARDED_BY(mutex) = {};
  std::string name GUARDED_BY(mutex);
  bool daemon GUARDED_BY(mutex) = false;
};

namespace {

using Phase = ThreadState::Phase;

// What start() hands to the new thread.
struct Start {
  Thread* thread;  // used only by a subclass, which outlives its thread
  std::shared_ptr<ThreadState> state;
};

struct Registry {
  os::Mutex mutex;
  int64_t names GUARDED_BY(mutex) = 0;
  int64_t dummies GUARDED_BY(mutex) = 0;
  int64_t starts GUARDED_BY(mutex) = 0;
  std::map<int64_t, ThreadHandle> alive GUARDED_BY(mutex);  // by start
  ExceptHook hook GUARDED_BY(mutex);
};

// Never destroyed, like the state of the main thread: daemons outlive main().
Registry& registry() {
  static Registry& only = *new Registry;
  return only;
}

// The calling thread's state; null until somebody asks, in a foreign thread.
constinit thread_local ThreadState* current = nullptr;

// Keeps the state as long as its thread. The first thread-local object of a
// thread started here, so the last to go: the others may still ask who they
// are.
thread_local std::shared_ptr<ThreadState> kept;

ThreadState& become(std::shared_ptr<ThreadState> state) {
  kept = std::move(state);
  current = kept.get();
  current->native_id = gettid();
  current->native_id.notify_all();
  return *current;
}

std::shared_ptr<ThreadState> not_started_here(std::string name, bool daemon) {
  auto state = std::make_shared<ThreadState>();
  const os::MutexLock lock(state->mutex);
  state->phase = Phase::kRunning;
  state->handle = pthread_self();
  state->name = std::move(name);
  state->daemon = daemon;
  return state;
}

ThreadState& main_state() {
  static const std::shared_ptr<ThreadState>& main =
      *new std::shared_ptr(not_started_here("MainThread", false));
  return *main;
}

// Runs while the program is loaded, so on its main thread.
[[maybe_unused]] const bool main_is_known = [] {
  current = &main_state();
  current->native_id = gettid();
  return true;
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
    Registry& all = registry();
    const os::MutexLock lock(all.mutex);
    hook = all.hook;
  }
  (hook ? hook : &print_error)({std::move(error), current_thread()});
}

void wait_for_all_but_daemons() {
  {
    ThreadState& main = main_state();  // for those who join it
    const os::MutexLock lock(main.mutex);
    main.phase = Phase::kJoined;
    main.changed.notify_all();
  }
  for (;;) {  // those we wait for may start others
    const std::vector<ThreadHandle> alive = enumerate();
    const auto next = std::find_if(
        alive.begin(), alive.end(), [](const ThreadHandle& thread) {
          return !thread.daemon() && !(thread == current_thread());
        });
    if (next == alive.end()) {
      return;
    }
    next->join();
  }
}

// Called by each start; the first one counts. What atexit runs, it runs before
// it destroys the globals that are older than the registration. [I4]
void wait_at_exit() {
  static const pid_t owner = getpid();
  [[maybe_unused]] static const int registered = std::atexit([] {
    // A forked child inherits the handler, but not the threads.
    if (getpid() == owner) {
      wait_for_all_but_daemons();
    }
  });
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
  if (&state == current) {
    throw std::runtime_error("a thread cannot join itself");
  }
  if (state.dummy) {
    throw std::runtime_error("a thread started elsewhere cannot be joined");
  }
  const auto deadline = scheduler::deadline_after(timeout);
  const AllowThreads allow;
  pthread_t handle;
  {
    const os::MutexLock lock(state.mutex);
    if (state.phase == Phase::kNew) {
      throw std::runtime_error("a thread cannot be joined before its start");
    }
    while (state.phase != Phase::kFinished && state.phase != Phase::kJoined) {
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
  // The thread has nothing left to do but to die, thread-locals first. Not
  // under the mutex: those may still ask for the thread's name. [I2]
  pthread_join(handle, nullptr);
  const os::MutexLock lock(state.mutex);
  state.phase = Phase::kJoined;
  state.changed.notify_all();
}

Thread::Thread(std::function<void()> target, ThreadOptions options)
    : ThreadHandle(std::make_shared<ThreadState>()) {
  const bool daemon = options.daemon.value_or(current_thread().daemon());
  if (options.name.empty()) {
    Registry& all = registry();
    const os::MutexLock lock(all.mutex);
    options.name = "Thread-" + std::to_string(++all.names);
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
      }
      return;
    }
  }
  assert(state_.get() != current && "a thread cannot outlive its own object");
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
  Registry& all = registry();
  ThreadState& state = *state_;
  // Held until the handle is known, which the new thread may ask for at once.
  const os::MutexLock lock(state.mutex);
  if (state.phase != Phase::kNew) {
    throw std::runtime_error("a thread is started only once");  // [I1]
  }
  {
    const os::MutexLock registry_lock(all.mutex);
    state.number = ++all.starts;
    all.alive.emplace(state.number, *this);
  }
  auto begin = std::make_unique<Start>(Start{this, state_});
  const int error =
      pthread_create(&state.handle, nullptr, &Thread::entry, begin.get());
  if (error != 0) {
    const os::MutexLock registry_lock(all.mutex);
    all.alive.erase(state.number);
    state.handle = {};
    os::throw_error(error, "pthread_create");
  }
  static_cast<void>(begin.release());  // the new thread's
  state.phase = Phase::kRunning;
}

void* Thread::entry(void* argument) {
  std::unique_ptr<Start> begin(static_cast<Start*>(argument));
  ThreadState& state = become(std::move(begin->state));
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
  {
    Registry& all = registry();
    const os::MutexLock lock(all.mutex);
    all.alive.erase(state.number);
  }
  const os::MutexLock lock(state.mutex);
  state.phase = Phase::kFinished;
  state.changed.notify_all();
  return nullptr;
}

ThreadHandle current_thread() {
  if (current == nullptr) {
    int64_t number;
    {
      Registry& all = registry();
      const os::MutexLock lock(all.mutex);
      number = ++all.dummies;
    }
    become(not_started_here("Dummy-" + std::to_string(number), true)).dummy =
        true;
  }
  return ThreadHandle(current->shared_from_this());
}

ThreadHandle main_thread() {
  return ThreadHandle(main_state().shared_from_this());
}

std::vector<ThreadHandle> enumerate() {
  std::vector<ThreadHandle> threads;
  if (const ThreadHandle main = main_thread(); main.is_alive()) {
    threads.push_back(main);
  }
  Registry& all = registry();
  const os::MutexLock lock(all.mutex);
  for (const auto& [number, thread] : all.alive) {
    threads.push_back(thread);
  }
  return threads;
}

ExceptHook set_excepthook(ExceptHook hook) {
  Registry& all = registry();
  const os::MutexLock lock(all.mutex);
  return std::exchange(all.hook, std::move(hook));
}

}  // namespace gil_sim

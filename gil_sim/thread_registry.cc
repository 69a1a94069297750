#include "gil_sim/thread_registry.h"

#include <pthread.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <utility>

#include "os/mutex.h"

namespace gil_sim {

namespace {

// The calling thread's state; null until somebody asks, in a foreign thread.
constinit thread_local ThreadState* current_state = nullptr;

// Keeps the state as long as its thread. The first thread-local object of a
// thread started here, so the last to go: the others may still ask who they
// are, and who joins is told that they are gone.
struct Kept {
  std::shared_ptr<ThreadState> state;
  ~Kept() {
    if (state != nullptr) {
      ThreadState& mine = *state;
      const os::MutexLock lock(mine.mutex);
      mine.locals_gone = true;
      mine.changed.notify_all();
    }
  }
};
thread_local Kept kept;

std::shared_ptr<ThreadState> not_started_here(std::string name, bool daemon) {
  auto state = std::make_shared<ThreadState>();
  const os::MutexLock lock(state->mutex);
  state->phase = ThreadState::Phase::kRunning;
  state->handle = pthread_self();
  state->name = std::move(name);
  state->daemon = daemon;
  return state;
}

// Runs while the program is loaded, so on its main thread.
[[maybe_unused]] const bool main_is_known = [] {
  current_state = &ThreadRegistry::main();
  current_state->native_id = gettid();
  return true;
}();

// A copy, so that nobody holds the registry while looking at the states.
template <class ByStart>
std::vector<std::shared_ptr<ThreadState>> states_of(const ByStart& list) {
  std::vector<std::shared_ptr<ThreadState>> states;
  states.reserve(list.size());
  for (const auto& [number, state] : list) {
    states.push_back(state);
  }
  return states;
}

}  // namespace

// A fork waits until no other thread is changing the lists, so that its child
// gets them in one piece.
ThreadRegistry::ThreadRegistry() {
  pthread_atfork([] { instance().mutex_.lock(); },
                 [] { instance().mutex_.unlock(); },
                 [] { instance().after_fork_in_child(); });
}

void ThreadRegistry::after_fork_in_child() {
  forget_other_threads(alive_);
  forget_other_threads(unjoined_);
  if (!is_current(main())) {
    forget(main());
  }
  mutex_.unlock();
  if (current_state != nullptr) {
    renew(*current_state);  // others may have asked for its name
    current_state->native_id = gettid();
  }
}

// Another thread may have held this mutex at the fork, or waited here. It is
// not here to let go: both are made anew. [I2]
void ThreadRegistry::renew(ThreadState& state) {
  std::construct_at(&state.mutex);
  std::construct_at(&state.changed);
}

void ThreadRegistry::forget(ThreadState& state) NO_THREAD_SAFETY_ANALYSIS {
  renew(state);
  state.phase = ThreadState::Phase::kJoined;  // [I1]
}

void ThreadRegistry::forget_other_threads(ByStart& list) {
  for (auto it = list.begin(); it != list.end();) {
    if (is_current(*it->second)) {
      ++it;
      continue;
    }
    forget(*it->second);
    it = list.erase(it);
  }
}

ThreadRegistry& ThreadRegistry::instance() {
  static ThreadRegistry& only = *new ThreadRegistry;
  return only;
}

ThreadState& ThreadRegistry::main() {
  static const std::shared_ptr<ThreadState>& only =
      *new std::shared_ptr(not_started_here("MainThread", false));
  return *only;
}

std::string ThreadRegistry::next_name() {
  const std::lock_guard lock(mutex_);
  return "Thread-" + std::to_string(++names_);
}

void ThreadRegistry::started(const std::shared_ptr<ThreadState>& state) {
  const std::lock_guard lock(mutex_);
  state->number = ++starts_;
  alive_.emplace(state->number, state);
  unjoined_.emplace(state->number, state);
}

void ThreadRegistry::ended(const ThreadState& state) {
  const std::lock_guard lock(mutex_);
  alive_.erase(state.number);
}

void ThreadRegistry::joined(const ThreadState& state) {
  const std::lock_guard lock(mutex_);
  unjoined_.erase(state.number);
}

std::vector<std::shared_ptr<ThreadState>> ThreadRegistry::alive() {
  const std::lock_guard lock(mutex_);
  return states_of(alive_);
}

std::vector<std::shared_ptr<ThreadState>> ThreadRegistry::unjoined() {
  const std::lock_guard lock(mutex_);
  return states_of(unjoined_);
}

void ThreadRegistry::add_call_at_end(void (*call)()) {
  const std::lock_guard lock(mutex_);
  calls_at_end_.push_back(call);
}

std::vector<void (*)()> ThreadRegistry::calls_at_end() {
  const std::lock_guard lock(mutex_);
  return calls_at_end_;
}

ThreadState& ThreadRegistry::current() {
  if (current_state == nullptr) {
    int64_t number;
    {
      const std::lock_guard lock(mutex_);
      number = ++dummies_;
    }
    become(not_started_here("Dummy-" + std::to_string(number), true));
    current_state->dummy = true;
  }
  return *current_state;
}

bool ThreadRegistry::is_current(const ThreadState& state) {
  return &state == current_state;
}

void ThreadRegistry::become(std::shared_ptr<ThreadState> state) {
  kept.state = std::move(state);
  current_state = kept.state.get();
  current_state->native_id = gettid();
  current_state->native_id.notify_all();
}

}  // namespace gil_sim

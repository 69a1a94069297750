#include "ipc/process.h"

#include <signal.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "os/mutex.h"
#include "os/syscall.h"

namespace ipc {

namespace {

// What a process knows of itself and its running children. A child starts
// with a fresh one: the parent's children are not its own, and the parent's
// lock may be held by a thread that does not exist in the child.
struct Family {
  CurrentProcess self;
  os::Mutex mu;
  struct Member {
    pid_t pid;
    int sentinel;
    bool daemon;
  };
  std::unordered_map<const void*, Member> running GUARDED_BY(mu);
  int started GUARDED_BY(mu) = 0;  // for names
};

Family& family_of(CurrentProcess* child = nullptr) {
  // Never destroyed: the exit handler needs it after statics have gone.
  static Family* family = new Family;
  if (child != nullptr) {
    family = new Family;
    family->self = std::move(*child);
  }
  return *family;
}

// The end of this process is near: see to the children. [I3]
void end_children() {
  Family& family = family_of();
  // Their numbers, so that the lock need not be held while waiting for
  // processes that other threads may be busy with. Not copies of the sentinels:
  // there may be no descriptor left.
  std::vector<pid_t> pids;
  {
    const os::MutexLock lock(family.mu);
    for (const auto& [owner, member] : family.running) {
      if (member.daemon) {
        // ESRCH if it has ended already; there is nobody to tell others.
        os::syscalls.pidfd_send_signal(member.sentinel, SIGTERM, nullptr, 0);
      }
      pids.push_back(member.pid);
    }
  }
  for (const pid_t pid : pids) {
    siginfo_t info;
    // Left to be reaped by its owner, or by the system when we are gone; ECHILD
    // if that has happened.
    os::retry_on_eintr([&] {
      return os::syscalls.waitid(P_PID, static_cast<id_t>(pid), &info,
                                 WEXITED | WNOWAIT);
    });
  }
}

std::string next_name() {
  Family& family = family_of();
  const os::MutexLock lock(family.mu);
  return "Process-" + std::to_string(++family.started);
}

}  // namespace

struct Process::State {
  std::unique_ptr<Body> body;  // null once started
  std::string name;
  bool daemon;
  std::optional<Child> child;

  ~State() { forget(); }
  // The exit handler need not see to this process any more.
  void forget() {
    Family& family = family_of();
    const os::MutexLock lock(family.mu);
    family.running.erase(this);
  }
};

Process::Process(std::unique_ptr<Body> body)
    : state_(new State{.body = std::move(body),
                       .name = next_name(),
                       .daemon = current_process().daemon,
                       .child = std::nullopt}) {}

Process::Process(Process&&) noexcept = default;
Process::~Process() = default;

void Process::start() {
  require_open();
  State& state = *state_;
  if (!state.body) {
    throw std::logic_error("a process is started once");
  }
  if (current_process().daemon) {  // [I2]
    throw std::logic_error("a daemonic process may not have children");
  }
  static const int registered = std::atexit(&end_children);
  assert(registered == 0 && "the C library has room for 32 exit handlers");
  static_cast<void>(registered);  // unused without asserts

  const auto body = [&state] {
    CurrentProcess self{.name = state.name, .daemon = state.daemon};
    family_of(&self);
    struct AtEnd {
      ~AtEnd() { end_children(); }
    } at_end;
    state.body->run();
  };
  state.child.emplace(fork_child(state.name, body, state.body->descriptors()));
  state.body.reset();  // the child has its own copy now
  Family& family = family_of();
  const os::MutexLock lock(family.mu);
  family.running.emplace(
      &state, Family::Member{state.child->pid(), state.child->sentinel(),
                             state.daemon});
}

bool Process::join(std::optional<scheduler::Duration> timeout) {
  Child& child = started("join");
  const bool ended = child.wait(timeout);
  if (ended) {
    state_->forget();
  }
  return ended;
}

bool Process::is_alive() {
  require_open();
  return state_->child && !exitcode();
}

std::optional<pid_t> Process::pid() const {
  require_open();
  return state_->child ? std::optional(state_->child->pid()) : std::nullopt;
}

std::optional<int> Process::exitcode() {
  require_open();
  if (!state_->child) {
    return std::nullopt;
  }
  const std::optional<int> code = state_->child->exit_code();
  if (code) {
    state_->forget();
  }
  return code;
}

int Process::sentinel() const {
  require_open();
  if (!state_->child) {
    throw std::invalid_argument("the process has not been started");
  }
  return state_->child->sentinel();
}

void Process::terminate() {
  started("terminate").send_signal(SIGTERM);
}
void Process::kill() {
  started("kill").send_signal(SIGKILL);
}

void Process::close() {
  if (state_ && state_->child && !state_->child->exit_code()) {
    throw std::invalid_argument("a running process cannot be closed");
  }
  state_.reset();
}

const std::string& Process::name() const {
  require_open();
  return state_->name;
}

void Process::set_name(std::string name) {
  require_open();
  state_->name = std::move(name);
}

bool Process::daemon() const {
  require_open();
  return state_->daemon;
}

void Process::set_daemon(bool daemon) {
  require_open();
  if (!state_->body) {
    throw std::logic_error("a process becomes a daemon before it is started");
  }
  state_->daemon = daemon;
}

void Process::require_open() const {
  if (!state_) {
    throw std::invalid_argument("the process object is closed");
  }
}

Child& Process::started(const char* call) {
  require_open();
  if (!state_->child) {
    throw std::logic_error(std::string(call) +
                           " wants a process that has been started");
  }
  return *state_->child;
}

const CurrentProcess& current_process() {
  return family_of().self;
}

void set_current_process(CurrentProcess self) {
  family_of().self = std::move(self);
}

}  // namespace ipc

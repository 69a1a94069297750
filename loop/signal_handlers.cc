#include "loop/signal_handlers.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace loop {

namespace {

// What a handler may look at. Everything here is lock-free, and sequentially
// consistent: it is no hot path, and [I3] needs one order for all.
struct Slot {
  std::atomic<SignalHandlers*> owner = nullptr;
  std::atomic<bool> pending = false;
};
static_assert(std::atomic<SignalHandlers*>::is_always_lock_free);

std::array<Slot, NSIG> slots;
std::atomic<int> inside = 0;  // threads that run the handler now

[[noreturn]] void refuse(int signal) {
  throw std::runtime_error("signal " + std::to_string(signal) +
                           " cannot be caught");
}

void check_catchable(int signal) {
  if (signal < 1 || signal >= NSIG) {
    throw std::invalid_argument("there is no signal " + std::to_string(signal) +
                                ": they go from 1 to " +
                                std::to_string(NSIG - 1));
  }
  if (signal == SIGKILL || signal == SIGSTOP) {
    refuse(signal);
  }
  if (getpid() != gettid()) {
    throw std::runtime_error(
        "signal handlers belong to the main thread, and this is another one");
  }
}

}  // namespace

void SignalHandlers::handle(int signal) {
  const int error = errno;  // of the code that was interrupted
  ++inside;
  Slot& slot = slots[static_cast<size_t>(signal)];
  if (SignalHandlers* const owner = slot.owner) {
    slot.pending = true;
    owner->arrived_ = true;
    owner->wakeup_->signal();
  }
  --inside;
  errno = error;
}

void SignalHandlers::add(int signal, std::function<void()> function,
                         int flags) {
  core_->check_open();
  core_->check_process();
  check_catchable(signal);
  Slot& slot = slots[static_cast<size_t>(signal)];
  if (slot.owner != nullptr && slot.owner != this) {
    throw std::runtime_error("another event loop has signal " +
                             std::to_string(signal));
  }
  const auto [entry, is_new] = entries_.try_emplace(signal);
  if (is_new) {
    slot.owner = this;  // first: the handler may run at once
    try {
      entry->second.disposition.emplace(signal, &SignalHandlers::handle, flags);
    } catch (const std::system_error&) {  // the C library keeps some for itself
      slot.owner = nullptr;
      entries_.erase(entry);
      refuse(signal);
    }
  } else {
    entry->second.callback->remove();
  }
  entry->second.callback = new Watcher(std::move(function), "signal callback");
}

bool SignalHandlers::remove(int signal) {
  core_->check_thread();
  const auto entry = entries_.find(signal);
  if (entry == entries_.end()) {
    return false;
  }
  entry->second.disposition.reset();  // [I4]
  Slot& slot = slots[static_cast<size_t>(signal)];
  slot.owner = nullptr;
  // Another thread may stand in the handler and have read the owner already.
  // It leaves within a few instructions and one write. [I3]
  while (inside != 0) {
    std::this_thread::yield();
  }
  slot.pending = false;
  entry->second.callback->remove();
  entries_.erase(entry);
  return true;
}

void SignalHandlers::close() {
  while (!entries_.empty()) {
    remove(entries_.begin()->first);
  }
}

void SignalHandlers::queue() {
  // Taken back before the flags are read: what comes in between is found by
  // this turn and asked for once more in the next.
  arrived_ = false;
  if (!queued_) {
    queued_ = true;
    core_->make_ready(*this);
  }
}

void SignalHandlers::run() {
  queued_ = false;
  for (auto& [signal, entry] : entries_) {
    if (slots[static_cast<size_t>(signal)].pending.exchange(false)) {
      entry.callback->queue(*core_);
    }
  }
}

}  // namespace loop

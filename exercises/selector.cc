#include "exercises/selector.h"

#include <sys/select.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/clock.h"

namespace exercises {

namespace {

// What is here knows how to wait to read, if nothing ever goes wrong; and it
// has forgotten everything when it has been asked once.
class Selector final : public loop::Poller {
 public:
  Selector() { FD_ZERO(&read_); }

  void watch(int fd, loop::Interest interest) override {
    if (fd >= FD_SETSIZE) {
      return;  // FD_SET would write beside its set
    }
    if (interest.read) {
      FD_SET(fd, &read_);
      highest_ = std::max(highest_, fd);
    } else {
      FD_CLR(fd, &read_);
    }
  }

  std::span<const loop::PollEvent> wait(
      std::optional<scheduler::Duration> timeout) override {
    const int patience = loop::to_poll_timeout(timeout);
    timeval time = {patience / 1000, patience % 1000 * 1000};
    select(highest_ + 1, &read_, nullptr, nullptr, timeout ? &time : nullptr);
    events_.clear();
    for (int fd = 0; fd <= highest_; ++fd) {
      if (FD_ISSET(fd, &read_)) {
        events_.push_back({.fd = fd, .ready = {.read = true}});
      }
    }
    return events_;
  }

 private:
  fd_set read_;
  int highest_ = -1;
  std::vector<loop::PollEvent> events_;
};

}  // namespace

std::unique_ptr<loop::Poller> make_selector() {
  return std::make_unique<Selector>();
}

}  // namespace exercises

// tests/loop/worlds.h - one test, every poller.
//
// CONCEPT     A World is a loop with its poller and its clock. What a loop
//             promises does not depend on them, so the same tests run over
//             all: in real time with epoll, and in virtual time.
// THREADS     One.
// OWNERSHIP   Owns clock and loop.
#ifndef TESTS_LOOP_WORLDS_H_
#define TESTS_LOOP_WORLDS_H_

#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "loop/epoll_poller.h"
#include "loop/event_loop.h"
#include "loop/virtual_poller.h"
#include "scheduler/clock.h"

namespace tests {

enum class Kind { kEpoll, kVirtual };

inline std::string name_of(const testing::TestParamInfo<Kind>& kind) {
  return kind.param == Kind::kEpoll ? "Epoll" : "Virtual";
}

class World {
 public:
  explicit World(Kind kind) {
    if (kind == Kind::kEpoll) {
      loop_.emplace(std::make_unique<loop::EpollPoller>(),
                    scheduler::SteadyClock::instance());
    } else {
      loop_.emplace(std::make_unique<loop::VirtualPoller>(clock_), clock_);
    }
  }
  loop::EventLoop& loop() { return *loop_; }
  // One turn.
  void turn() {
    loop_->stop();
    loop_->run_forever();
  }

 private:
  scheduler::ManualClock clock_;
  std::optional<loop::EventLoop> loop_;
};

// The base of a suite that runs over all kinds.
class EveryWorld : public testing::TestWithParam<Kind> {
 protected:
  World world{GetParam()};
  loop::EventLoop& loop = world.loop();
};

inline const auto kEveryKind = testing::Values(Kind::kEpoll, Kind::kVirtual);

}  // namespace tests

#endif  // TESTS_LOOP_WORLDS_H_

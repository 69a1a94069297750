// tests/loop/worlds.h - one test, every poller.
//
// CONCEPT     A World is a loop with its poller and its clock. What a loop
//             promises does not depend on them, so the same tests run over
//             all: in real time with epoll, poll and a poller written for the
//             occasion, and in virtual time.
// THREADS     One.
// OWNERSHIP   Owns clock and loop.
#ifndef TESTS_LOOP_WORLDS_H_
#define TESTS_LOOP_WORLDS_H_

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "loop/epoll_poller.h"
#include "loop/event_loop.h"
#include "loop/poll_poller.h"
#include "loop/poller.h"
#include "loop/virtual_poller.h"
#include "scheduler/clock.h"
#include "tests/loop/select_poller.h"

namespace tests {

enum class Kind { kEpoll, kPoll, kSelect, kVirtual };

inline std::string name_of(const testing::TestParamInfo<Kind>& kind) {
  switch (kind.param) {
    case Kind::kEpoll:
      return "Epoll";
    case Kind::kPoll:
      return "Poll";
    case Kind::kSelect:
      return "Select";
    case Kind::kVirtual:
      return "Virtual";
  }
  return "Unknown";
}

inline std::unique_ptr<loop::Poller> real_poller(Kind kind) {
  switch (kind) {
    case Kind::kPoll:
      return std::make_unique<loop::PollPoller>();
    case Kind::kSelect:
      return std::make_unique<SelectPoller>();
    default:
      return std::make_unique<loop::EpollPoller>();
  }
}

class World {
 public:
  explicit World(Kind kind)
      : loop_(poller_of(kind),
              kind == Kind::kVirtual
                  ? static_cast<const scheduler::Clock&>(clock_)
                  : scheduler::SteadyClock::instance()) {}
  loop::EventLoop& loop() { return loop_; }
  // One turn.
  void turn() {
    loop_.stop();
    loop_.run_forever();
  }

 private:
  std::unique_ptr<loop::Poller> poller_of(Kind kind) {
    if (kind == Kind::kVirtual) {
      return std::make_unique<loop::VirtualPoller>(clock_);
    }
    return real_poller(kind);
  }

  scheduler::ManualClock clock_;
  loop::EventLoop loop_;
};

// The base of a suite that runs over all kinds.
class EveryWorld : public testing::TestWithParam<Kind> {
 protected:
  World world{GetParam()};
  loop::EventLoop& loop = world.loop();
};

// The base of a suite whose logs depend on when timers are due. A machine that
// is busy wakes late, which changes who is first; so here every poller serves a
// loop in virtual time: VirtualLoop v(poller()).
class InVirtualTime : public testing::TestWithParam<Kind> {
 protected:
  static std::unique_ptr<loop::Poller> poller() {
    return real_poller(GetParam());
  }
};

inline const auto kEveryKind =
    testing::Values(Kind::kEpoll, Kind::kPoll, Kind::kSelect, Kind::kVirtual);
// For promises about threads, signals and strangers: they come in real time.
inline const auto kRealKinds =
    testing::Values(Kind::kEpoll, Kind::kPoll, Kind::kSelect);

}  // namespace tests

#endif  // TESTS_LOOP_WORLDS_H_

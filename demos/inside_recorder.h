// demos/inside_recorder.h - a loop that writes down what it does, turn by turn.
//
// CONCEPT     Two things can be put around a loop without touching it: a poller
//             that sees how long the loop is ready to wait and what it finds,
//             and an observer that sees which tasks run. Together they tell
//             each turn. Who is asked and by which clock are two questions: a
//             virtual clock lets neither epoll nor poll wait.
// INVARIANTS  I1. A turn that asks the poller, or in which a task runs, has a
//                 record; others do nothing but call callbacks.
// THREADS     One.
// OWNERSHIP   Owns clock, poller and loop.
// ERRORS      std::invalid_argument for a poller that is not known.
#ifndef DEMOS_INSIDE_RECORDER_H_
#define DEMOS_INSIDE_RECORDER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demos/support/demo_loop.h"
#include "loop/event_loop.h"
#include "loop/poller.h"
#include "scheduler/clock.h"
#include "scheduler/trace.h"

namespace demos {

struct Turn {
  uint64_t number = 0;
  scheduler::Duration time{};  // when it began
  // What the poller was asked; empty if it was not. Inside: empty is for ever.
  std::optional<std::optional<scheduler::Duration>> patience;
  size_t timers = 0;  // these two before the wait
  size_t watched = 0;
  size_t found = 0;  // descriptors
  scheduler::Duration waited{};
  std::vector<std::string> ran;
};

class RecordedLoop final : private scheduler::Observer {
 public:
  // "epoll" or "poll".
  RecordedLoop(std::string_view poller, support::Time time);

  loop::EventLoop& loop() { return loop_; }
  scheduler::Duration now() const { return clock_.now() - start_; }

  const std::vector<Turn>& turns() const { return turns_; }
  // All who ran, in order.
  std::vector<std::string> order() const;
  // How often the poller was told to watch `fd` for reading.
  int watches(int fd) const;

 private:
  class NotingPoller;

  void created(scheduler::TaskId task, std::string_view name) override;
  void running(scheduler::TaskId task) override;
  void suspended(scheduler::TaskId, scheduler::Reason,
                 scheduler::Decider) override {}
  void woken(scheduler::TaskId) override {}
  void finished(scheduler::TaskId) override {}
  Turn& turn();

  scheduler::ManualClock manual_;
  const scheduler::Clock& clock_;
  const scheduler::TimePoint start_;
  std::vector<Turn> turns_;
  std::map<scheduler::TaskId, std::string> names_;
  std::map<int, int> watches_;
  loop::EventLoop loop_;
};

}  // namespace demos

#endif  // DEMOS_INSIDE_RECORDER_H_

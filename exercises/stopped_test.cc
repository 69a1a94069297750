// The old moves and two new ones by name; then all 36 pairs against what tasks
// have been seen to do. A task is here a few facts (does it live, has it the
// CPU, does it wait, was it stopped), its state follows from them, and dice say
// what happens to it.
#include "exercises/stopped.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "scheduler/task_state.h"

namespace exercises {
namespace {

constexpr std::array kAll = {State::kNew,     State::kReady,
                             State::kRunning, State::kWaiting,
                             State::kStopped, State::kTerminated};

std::string text_of(State from, State to) {
  constexpr std::array<const char*, 6> kNames = {
      "new", "ready", "running", "waiting", "stopped", "terminated"};
  return std::string(kNames[static_cast<size_t>(from)]) + " to " +
         kNames[static_cast<size_t>(to)];
}

State new_name_of(scheduler::TaskState state) {
  using scheduler::TaskState;
  switch (state) {
    case TaskState::kNew:
      return State::kNew;
    case TaskState::kReady:
      return State::kReady;
    case TaskState::kRunning:
      return State::kRunning;
    case TaskState::kWaiting:
      return State::kWaiting;
    case TaskState::kTerminated:
      return State::kTerminated;
  }
  return State::kTerminated;
}

TEST(Stopped, TheOldMovesAreAsTheyWere) {
  for (const auto from : scheduler::kAllTaskStates) {
    for (const auto to : scheduler::kAllTaskStates) {
      EXPECT_EQ(may_go(new_name_of(from), new_name_of(to)),
                scheduler::is_legal(from, to))
          << scheduler::name_of(from) << " to " << scheduler::name_of(to);
    }
  }
}

TEST(Stopped, ARunningTaskCanBeStoppedAndQueuesWhenItGoesOn) {
  EXPECT_TRUE(may_go(State::kRunning, State::kStopped));
  EXPECT_TRUE(may_go(State::kStopped, State::kReady));
  EXPECT_FALSE(may_go(State::kStopped, State::kRunning));
}

class Task {
 public:
  State state() const {
    return !admitted_ ? State::kNew
           : ended_   ? State::kTerminated
           : stopped_ ? State::kStopped
           : waiting_ ? State::kWaiting
           : has_cpu_ ? State::kRunning
                      : State::kReady;
  }

  // One of nine things, if it can happen now.
  void suffer(uint_fast32_t what) {
    const bool alive = admitted_ && !ended_;
    const bool runs = state() == State::kRunning;
    switch (what % 9) {
      case 0:
        admitted_ = true;
        break;
      case 1:  // the CPU goes to who is ready
        has_cpu_ = has_cpu_ || state() == State::kReady;
        break;
      case 2:  // pre-empted
        has_cpu_ = false;
        break;
      case 3:  // what it asked for takes time
        waiting_ = waiting_ || runs;
        has_cpu_ = has_cpu_ && !runs;
        break;
      case 4:  // and has come, which a stopped one does not notice
        waiting_ = false;
        break;
      case 5:  // its last instruction
        ended_ = ended_ || runs;
        break;
      case 6:  // SIGSTOP
        stopped_ = stopped_ || alive;
        has_cpu_ = has_cpu_ && !alive;
        break;
      case 7:  // SIGCONT: it looks for itself
        waiting_ = waiting_ && !stopped_;
        stopped_ = false;
        break;
      default:  // SIGKILL wakes whoever sleeps; the end comes when it runs
        waiting_ = false;
        stopped_ = false;
    }
  }

 private:
  bool admitted_ = false;
  bool ended_ = false;
  bool has_cpu_ = false;
  bool waiting_ = false;
  bool stopped_ = false;
};

TEST(Stopped, OfAll36PairsThoseAreAdmittedThatHistoriesMake) {
  std::set<std::pair<State, State>> seen;
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 dice(seed);
    Task task;
    for (int i = 0; i < 100; ++i) {
      const State before = task.state();
      task.suffer(dice());
      if (task.state() != before) {
        seen.insert({before, task.state()});
      }
    }
  }
  for (const State from : kAll) {
    for (const State to : kAll) {
      EXPECT_EQ(may_go(from, to), seen.contains({from, to}))
          << text_of(from, to);
    }
  }
}

}  // namespace
}  // namespace exercises

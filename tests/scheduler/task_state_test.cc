// The promises of scheduler/task_state.h.
#include "scheduler/task_state.h"

#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace scheduler {
namespace {

// I1, all 25 pairs. [C-023]
TEST(TaskState, SixEdgesAreLegalAndTheOtherNineteenAreRefused) {
  using enum TaskState;
  const std::set<std::pair<TaskState, TaskState>> legal = {
      {kNew, kReady},       {kReady, kRunning}, {kRunning, kReady},
      {kRunning, kWaiting}, {kWaiting, kReady}, {kRunning, kTerminated}};
  for (const TaskState from : kAllTaskStates) {
    for (const TaskState to : kAllTaskStates) {
      const bool expected = legal.contains({from, to});
      EXPECT_EQ(is_legal(from, to), expected)
          << name_of(from) << " to " << name_of(to);
      TaskState state = from;
      if (expected) {
        advance(state, to);
        EXPECT_EQ(state, to);
      } else {
        EXPECT_THROW(advance(state, to), std::logic_error);
        EXPECT_EQ(state, from) << "a refused move changed the state";
      }
    }
  }
}

TEST(TaskState, ARefusalNamesBothStates) {
  TaskState state = TaskState::kWaiting;
  try {
    advance(state, TaskState::kRunning);
    FAIL() << "a waiting task ran at once";
  } catch (const std::logic_error& error) {
    EXPECT_EQ(std::string(error.what()),
              "a task cannot go from waiting to running");
  }
}

TEST(TaskState, ATaskThatWaitsOnceWalksThroughAllFiveStates) {
  TaskState state = TaskState::kNew;
  std::string walk(name_of(state));
  using enum TaskState;
  for (const TaskState next :
       {kReady, kRunning, kWaiting, kReady, kRunning, kTerminated}) {
    advance(state, next);
    walk += " " + std::string(name_of(state));
  }
  EXPECT_EQ(walk, "new ready running waiting ready running terminated");
}

}  // namespace
}  // namespace scheduler

// scheduler/task_state.h - the five states of anything that runs.
//
// CONCEPT     Whatever is scheduled - process, thread, coroutine, simulated
//             job - is in one of five states, and only six moves exist:
//
//                     admit         dispatch           exit
//               [new] -----> [ready] -----> [running] -----> [terminated]
//                              ^ ^ preempt, yield | |
//                         wake | '----------------' | wait
//                              '---- [waiting] <----'
//
//             Textbooks often list four and leave out *running*; without it
//             there is no way to say that two tasks are ready and one has the
//             CPU. A waiting task never runs at once: it becomes ready and
//             queues like the others. [C-022] [C-023]
// IN PYTHON   asyncio.Task's PENDING hides new, ready, running and waiting.
// INVARIANTS  I1. Only the six edges of kLegalEdges are ever taken.
// THREADS     A value; whoever owns the task guards it.
// OWNERSHIP   Owns nothing.
// ERRORS      std::logic_error that names the refused edge.
// LEFT OUT    Stopped (SIGSTOP) and zombie: the system has them, see os/proc.h.
// READ NEXT   scheduler/run_queue.h
#ifndef SCHEDULER_TASK_STATE_H_
#define SCHEDULER_TASK_STATE_H_

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace scheduler {

enum class TaskState { kNew, kReady, kRunning, kWaiting, kTerminated };

inline constexpr std::array kAllTaskStates = {
    TaskState::kNew, TaskState::kReady, TaskState::kRunning,
    TaskState::kWaiting, TaskState::kTerminated};

struct TaskEdge {
  TaskState from;
  TaskState to;
  std::string_view reason;
};

// Who may move where, and the word for it. [I1]
inline constexpr std::array kLegalEdges = {
    TaskEdge{TaskState::kNew, TaskState::kReady, "admit"},
    TaskEdge{TaskState::kReady, TaskState::kRunning, "dispatch"},
    TaskEdge{TaskState::kRunning, TaskState::kReady, "preempt or yield"},
    TaskEdge{TaskState::kRunning, TaskState::kWaiting, "wait"},
    TaskEdge{TaskState::kWaiting, TaskState::kReady, "wake"},
    TaskEdge{TaskState::kRunning, TaskState::kTerminated, "exit"},
};

constexpr bool is_legal(TaskState from, TaskState to) {
  return std::any_of(
      kLegalEdges.begin(), kLegalEdges.end(),
      [=](const TaskEdge& edge) { return edge.from == from && edge.to == to; });
}

constexpr std::string_view name_of(TaskState state) {
  constexpr std::array<std::string_view, 5> kNames = {"new", "ready", "running",
                                                      "waiting", "terminated"};
  return kNames[static_cast<size_t>(state)];
}

// Moves `state` to `next`, or refuses and leaves it as it was.
inline void advance(TaskState& state, TaskState next) {
  if (!is_legal(state, next)) {
    throw std::logic_error("a task cannot go from " +
                           std::string(name_of(state)) + " to " +
                           std::string(name_of(next)));
  }
  state = next;
}

}  // namespace scheduler

#endif  // SCHEDULER_TASK_STATE_H_

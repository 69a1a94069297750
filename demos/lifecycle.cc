// demos/lifecycle.cc - the states of a task, simulated and live.
//
// The documents list four states: new, ready, waiting, terminated. Without
// *running* one cannot say who has the CPU, and without a way from waiting back
// to ready nobody would ever return. Here every move that a simulated kernel
// makes is printed with its time and reason; --real looks at real processes.
// [C-022] [C-023]
//
//   bazel run //demos:lifecycle
//   bazel run //demos:lifecycle -- --real
//   bazel run //demos:lifecycle -- --exec
//   bazel run //demos:lifecycle -- --io
//
// Expected: one line per move, and last
//   VERDICT C-022 incomplete: ...
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demos/lifecycle_live.h"
#include "demos/lifecycle_programs.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/cpu_sim/workload.h"
#include "scheduler/task_state.h"
#include "scheduler/trace.h"

namespace demos {
namespace {

using scheduler::TaskId;
using scheduler::TaskState;

// Follows each task by what the kernel tells, and refuses any illegal move.
class Biographer final : public scheduler::Observer {
 public:
  explicit Biographer(const scheduler::Clock& clock) : clock_(clock) {}

  void created(TaskId task, std::string_view name) override {
    tasks_.resize(std::max<size_t>(tasks_.size(), task + 1));
    tasks_[task].name = name;
    move(task, TaskState::kReady, "it is admitted");
  }
  void running(TaskId task) override {
    move(task, TaskState::kRunning, "it is chosen");
  }
  void suspended(TaskId task, scheduler::Reason reason,
                 scheduler::Decider) override {
    switch (reason) {
      case scheduler::Reason::kQuantum:
        return move(task, TaskState::kReady, "its slice is over (the system)");
      case scheduler::Reason::kPreempted:
        return move(task, TaskState::kReady, "it is outranked (the system)");
      default:
        return move(task, TaskState::kWaiting, "it waits for I/O (itself)");
    }
  }
  void woken(TaskId task) override {
    move(task, TaskState::kReady, "its I/O is done");
  }
  void finished(TaskId task) override {
    move(task, TaskState::kTerminated, "it exits (itself)");
  }

  size_t edges_seen() const { return edges_.size(); }
  std::string text() const { return table_.text(); }

 private:
  struct Task {
    std::string name;
    TaskState state = TaskState::kNew;
  };

  void move(TaskId id, TaskState next, std::string_view reason) {
    Task& task = tasks_[id];
    const TaskState before = task.state;
    scheduler::advance(task.state, next);
    edges_.insert({before, next});
    table_.add({scheduler::cpu_sim::text_of(clock_.now().time_since_epoch()),
                task.name, std::string(name_of(before)), "->",
                std::string(name_of(next))},
               std::string(reason));
  }

  const scheduler::Clock& clock_;
  std::vector<Task> tasks_;
  std::set<std::pair<TaskState, TaskState>> edges_;
  support::Table table_{{"time", "job", "from", "", "to"}};
};

// A sleeper between two that compute: priorities, so that all moves occur.
void simulate() {
  using namespace scheduler::cpu_sim;
  const Workload workload = parse_workload(
      "sleeper:0:1+3+1,worker:0:4:priority=1,other:1:3:priority=1");
  scheduler::ManualClock clock;
  Biographer biographer(clock);
  Simulator simulator(
      workload, {}, [] { return make_policy("priority", {.age_step = {}}); },
      clock, &biographer);
  simulator.run();
  const auto with_running = std::count_if(
      scheduler::kLegalEdges.begin(), scheduler::kLegalEdges.end(),
      [](const scheduler::TaskEdge& edge) {
        return edge.from == TaskState::kRunning ||
               edge.to == TaskState::kRunning;
      });
  support::print(
      "--jobs=" + text_of(workload) + "\n\n" + biographer.text() + "\n" +
      support::verdict(
          "C-022", "incomplete: the jobs made " +
                       std::to_string(biographer.edges_seen()) +
                       " different moves, and " + std::to_string(with_running) +
                       " of them begin or end in *running*, which the list "
                       "leaves out") +
      "\n");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("lifecycle", [&] {
    bool real = false;
    bool exec = false;
    bool io = false;
    support::Flags flags(
        "lifecycle", "the states of a task, simulated unless a flag is given");
    flags.toggle("real", &real, "letters R, S, D, T, Z of live processes");
    flags.toggle("exec", &exec, "one program file, two processes");
    flags.toggle("io", &io, "input, process, output of a live process");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const support::InterruptScope interrupts;
    if (real) {
      show_real_states();
    }
    if (exec) {
      show_one_file_twice();
    }
    if (io) {
      show_input_and_output();
    }
    if (!real && !exec && !io) {
      simulate();
    }
    return 0;
  });
}

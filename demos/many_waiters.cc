// demos/many_waiters.cc - what does it cost to wait, for each who waits?
//
// A waiting process keeps an address space, a waiting thread a stack, a waiting
// coroutine the few locals it will need again. Each kind is made in a process
// of its own, and the memory is asked for when all of them wait. [C-105]
// [C-113] [C-116]
//
// There is no --clock=virtual: memory and the time to make a waiter are
// measured, and nobody here waits for a clock.
//
//   bazel run //demos:many_waiters
//   bazel run //demos:many_waiters -- --model=tasks,threads --threads=2000
//
// Predict the bytes for each waiter. Expected: a table, and last
//   VERDICT C-113 true: ...
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/meter.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/proc.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using support::print;

// The process and its children, asked before and after all have begun to wait.
class Ruler {
 public:
  // For the other side of a fork: what a waiter costs, how long it took to
  // make one, and how many threads this process has now.
  std::string text(int waiters) const {
    const auto made = clock().now() - start_;
    std::ostringstream text;
    text << (memory() - before_) / waiters << " "
         << scheduler::in_seconds(made) * 1e6 / waiters << " "
         << os::threads_of(getpid()).size();
    return text.str();
  }

 private:
  static scheduler::Clock& clock() {
    return scheduler::SteadyClock::instance();
  }
  static int64_t memory() {
    int64_t bytes = 0;
    for (const pid_t pid : os::tree_of(getpid())) {
      bytes += os::read_pss(pid).value_or(0);
    }
    return bytes;
  }

  const int64_t before_ = memory();
  const scheduler::TimePoint start_ = clock().now();
};

Coroutine<> wait_as_task(loop::Future<void> gate) {
  co_await gate;
}

Coroutine<std::string> many_tasks(int count) {
  const loop::Future<void> gate;
  const Ruler ruler;
  for (int i = 0; i < count; ++i) {
    loop::create_task(wait_as_task(gate));
  }
  co_await loop::sleep(scheduler::Duration::zero());  // now all of them wait
  const std::string text = ruler.text(count);
  gate.set_result();
  co_await loop::sleep(scheduler::Duration::zero());
  co_return text;
}

std::string many_threads(int count) {
  std::latch all_here(count);
  std::latch gate(1);
  const Ruler ruler;
  std::vector<std::jthread> threads;
  // However this function is left, they go first.
  struct Open {
    std::latch& latch;
    ~Open() { latch.count_down(); }
  } const open{gate};
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      all_here.count_down();
      gate.wait();
    });
  }
  all_here.wait();
  return ruler.text(count);
}

std::string many_processes(int count) {
  const os::Pipe here = os::make_pipe();
  const os::Pipe gate = os::make_pipe();
  const Ruler ruler;
  std::vector<std::unique_ptr<support::ChildTree>> processes;
  std::array<std::byte, 1> byte{};
  for (int i = 0; i < count; ++i) {
    processes.push_back(std::make_unique<support::ChildTree>([&] {
      os::write_all(here.writer.get(), byte);
      os::read_some(gate.reader.get(), byte);
    }));
  }
  for (int i = 0; i < count; ++i) {
    os::read_some(here.reader.get(), byte);
  }
  return ruler.text(count);  // their owners end them
}

struct Cost {
  int64_t bytes = 0;
  double microseconds = 0;
  int threads = 0;
};

Cost measure(const std::string& model, int count) {
  const support::Measured measured = support::measure([&]() -> std::string {
    if (model == "tasks") {
      return loop::run(many_tasks(count));
    }
    return model == "threads" ? many_threads(count) : many_processes(count);
  });
  Cost cost;
  std::istringstream(measured.output) >> cost.bytes >> cost.microseconds >>
      cost.threads;
  return cost;
}

size_t reserved_stack() {
  pthread_attr_t attributes;
  size_t size = 0;
  pthread_getattr_default_np(&attributes);
  pthread_attr_getstacksize(&attributes, &size);
  pthread_attr_destroy(&attributes);
  return size;
}

std::string text_of(const std::map<std::string, Cost>& costs) {
  std::string text;
  for (const std::string model : {"tasks", "threads", "processes"}) {
    if (costs.contains(model)) {
      text += (text.empty() ? "" : ", ") + model + " " +
              std::to_string(costs.at(model).bytes);
    }
  }
  return text;
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("many_waiters", [&] {
    std::vector<std::string> models = {"tasks", "threads", "processes"};
    std::map<std::string, int> counts = {
        {"tasks", 10'000}, {"threads", 500}, {"processes", 50}};
    support::Flags flags("many_waiters", "what waiting costs, for each");
    flags.choices("model", &models, models, "who waits");
    flags.number("tasks", &counts["tasks"], 1, 1'000'000, "how many tasks");
    flags.number("threads", &counts["threads"], 1, 10'000, "how many threads");
    flags.number("processes", &counts["processes"], 1, 1'000,
                 "how many processes");
    support::add_real_clock_flag(
        flags,
        "memory and making are measured, and nobody here waits for a clock");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    std::map<std::string, Cost> costs;
    support::Table table(
        {"who waits", "number", "bytes each", "us to make one", "threads"});
    for (const std::string& model : models) {
      const Cost cost = costs[model] = measure(model, counts[model]);
      table.add(
          {model, std::to_string(counts[model]), std::to_string(cost.bytes),
           support::fixed(cost.microseconds, 1), std::to_string(cost.threads)});
    }
    print(table.text() + "\n");
    support::Verdicts verdicts;
    if (costs.contains("tasks")) {
      const Cost& tasks = costs["tasks"];
      verdicts.add("C-105", (tasks.threads == 1 ? "true: " : "false: ") +
                                (std::to_string(counts["tasks"]) + " tasks, " +
                                 std::to_string(tasks.threads) + " thread"));
    }
    if (costs.contains("tasks") && costs.contains("threads")) {
      const Cost& tasks = costs["tasks"];
      const Cost& threads = costs["threads"];
      verdicts.add("C-113",
                   (tasks.bytes < threads.bytes ? "true: " : "not shown: ") +
                       ("bytes for each who waits: " + text_of(costs)));
      verdicts.add("C-116", "imprecise: a waiting thread keeps a stack of " +
                                std::to_string(reserved_stack()) +
                                " bytes, of which it uses " +
                                std::to_string(threads.bytes) +
                                "; a waiting coroutine has none, and keeps " +
                                std::to_string(tasks.bytes));
    }
    print(verdicts.text());
    return 0;
  });
}

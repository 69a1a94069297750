// demos/thread_basics.cc - make a thread, start it, wait for it.
//
// Two threads double a number: one is given a function, the other overrides
// run(). Beside what they print stands the list of the threads alive, with the
// kernel's numbers. Then the documents' loop that starts and joins in one go,
// daemons, and a pool. [C-026] [C-027] [C-044] [C-045] [C-046] [C-047] [C-169]
//
//   bazel run //demos:thread_basics
//   bazel run //demos:thread_basics -- --join-in-loop
//   bazel run //demos:thread_basics -- --daemon
//   bazel run //demos:thread_basics -- --pool
//
// Predict the names, and how long five joins take in each loop. Expected: the
// list at each stage, and last
//   VERDICT C-027 true: ...
#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/gate.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/thread_basics_more.h"
#include "gil_sim/thread.h"
#include "os/proc.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using gil_sim::current_thread;
using gil_sim::Thread;
using gil_sim::ThreadHandle;
using gil_sim::ThreadOptions;
using support::print;
using support::Verdicts;

// What a thread says: main() prints it, in an order that can be relied upon.
struct Line {
  std::string by;
  std::string text;
};

void double_it(int value, Line* line) {
  line->by = current_thread().name();
  line->text =
      std::to_string(value) + " doubled is " + std::to_string(2 * value);
}

// The activity as a function, and as a class.
class Doubler : public Thread {
 public:
  Doubler(int value, Line* line) : value_(value), line_(line) {}
  ~Doubler() override {
    if (ident() != 0) {
      join();  // run() needs this object
    }
  }

 private:
  void run() override { double_it(value_, line_); }

  const int value_;
  Line* const line_;
};

void show_both_forms(Verdicts& verdicts) {
  Line by_function;
  Line by_class;
  Thread function(double_it, 21, &by_function);
  Doubler object(21, &by_class);
  function.start();
  object.start();
  function.join();
  object.join();
  for (const Line& line : {by_function, by_class}) {
    print(line.by + ": " + line.text + "\n");
  }
  verdicts.add("C-044",
               (by_function.text == by_class.text ? "true: " : "false: ") +
                   ("given a function: " + by_function.text +
                    "; overriding run(): " + by_class.text));
}

// Prints it as well.
std::vector<ThreadHandle> live_list(const std::string& when) {
  const std::vector<ThreadHandle> alive = gil_sim::enumerate();
  std::string line = when + ":";
  for (const ThreadHandle& thread : alive) {
    line += " " + thread.name() + " " + std::to_string(thread.native_id());
  }
  print(line + "\n");
  return alive;
}

// Four moments of two threads' lives.
void show_live_list(Verdicts& verdicts) {
  const auto before = live_list("at the start");
  const std::vector<pid_t> kernels = os::threads_of(getpid());
  verdicts.add(
      "C-027",
      (kernels == std::vector<pid_t>{getpid()} ? "true: " : "false: ") +
          ("at the start the kernel counts " + std::to_string(kernels.size()) +
           " thread, number " + std::to_string(kernels.front()) +
           ", in process " + std::to_string(getpid())));

  support::Gate first_gate;
  support::Gate second_gate;
  Thread first([&] { first_gate.wait(); });
  Thread second(ThreadOptions{.name = "the second"},
                [&] { second_gate.wait(); });
  const support::OpensGate first_opens(first_gate);
  const support::OpensGate second_opens(second_gate);
  first.start();
  second.start();
  const auto both = live_list("both started");
  const size_t native = os::threads_of(getpid()).size();
  const std::string names = first.name() + ", " + second.name();
  first_gate.open();
  first.join();
  const auto one = live_list("one has ended");
  second_gate.open();
  second.join();
  const auto after = live_list("both have ended");

  verdicts.add("C-026", "found: threads alive, one stage after the other: " +
                            std::to_string(before.size()) + ", " +
                            std::to_string(both.size()) + ", " +
                            std::to_string(one.size()) + ", " +
                            std::to_string(after.size()) +
                            ", of one process all the time");
  verdicts.add("C-046", "found: a default name and a given one: " + names);
  verdicts.add("C-169", (native > 1 ? "wrong: " : "not shown: ") +
                            ("the kernel counts " + std::to_string(native) +
                             " threads in this process"));
}

// What `action` is refused with.
template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

void show_start_and_join(Verdicts& verdicts) {
  using scheduler::Duration;
  const auto& clock = scheduler::SteadyClock::instance();
  uint64_t inside = 0;
  scheduler::TimePoint worker_end;
  Thread worker([&] {
    inside = current_thread().ident();
    scheduler::SteadyClock::instance().sleep_for(scheduler::seconds(0.1));
    worker_end = scheduler::SteadyClock::instance().now();
  });
  const std::string too_early = refusal([&] { worker.join(); });
  const auto start = clock.now();
  const Duration cpu = support::thread_cpu_time();
  worker.start();
  const std::string twice = refusal([&] { worker.start(); });
  worker.join();
  const Duration used = support::thread_cpu_time() - cpu;
  const auto end = clock.now();
  const auto ms = [](Duration duration) {
    return support::fixed(1000 * scheduler::in_seconds(duration), 1) + " ms";
  };
  verdicts.add("C-045",
               (inside != current_thread().ident() ? "true: " : "false: ") +
                   ("its body ran in another thread; a second start: " + twice +
                    "; a join before it: " + too_early));
  verdicts.add(
      "C-047",
      (end >= worker_end && 2 * used < end - start ? "true: " : "not shown: ") +
          ("from start to joined " + ms(end - start) +
           " passed, of which the caller used " + ms(used) +
           " of the CPU; it went on " +
           (end >= worker_end ? "after" : "before") + " the worker's end"));
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("thread_basics", [&] {
    bool join_in_loop = false;
    bool daemon = false;
    bool pool = false;
    support::Flags flags("thread_basics", "make, start and join threads");
    flags.toggle("join-in-loop", &join_in_loop,
                 "start and join in one loop, then in two");
    flags.toggle("daemon", &daemon, "who keeps a process from ending");
    flags.toggle("pool", &pool, "who gets a job, and who gets a CPU");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    Verdicts verdicts;
    if (daemon) {
      show_daemons(verdicts);
    }
    if (join_in_loop) {
      show_join_in_loop(verdicts);
    }
    if (pool) {
      show_pool(verdicts);
    }
    if (!daemon && !join_in_loop && !pool) {
      show_live_list(verdicts);
      show_both_forms(verdicts);
      show_start_and_join(verdicts);
    }
    print("\n" + verdicts.text());
    return 0;
  });
}

#include "demos/thread_basics_more.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/run_demo.h"
#include "gil_sim/thread.h"
#include "gil_sim/thread_pool.h"
#include "os/io.h"
#include "os/proc.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos {

namespace {

using gil_sim::Thread;
using gil_sim::ThreadOptions;
using scheduler::Duration;
using support::fixed;
using support::print;

scheduler::Clock& the_clock() {
  return scheduler::SteadyClock::instance();
}

constexpr Duration kWork = scheduler::seconds(0.05);
constexpr int kThreads = 5;

// A number, and who doubles it when.
struct Doubling {
  int value = 0;
  scheduler::Timeline timeline{the_clock()};
};

void double_it(Doubling* it) {
  constexpr scheduler::TaskId kMe = 0;
  it->timeline.created(kMe, gil_sim::current_thread().name());
  it->timeline.running(kMe);
  it->timeline.suspended(kMe, scheduler::Reason::kSleep,
                         scheduler::Decider::kTask);
  the_clock().sleep_for(kWork);  // as if it asked a server
  it->timeline.running(kMe);
  it->value *= 2;
  it->timeline.finished(kMe);
}

struct Story {
  std::string values;
  Duration total{};
  double overlap = 0;  // the share of the time in which two or more live
};

Story double_all(bool join_at_once) {
  std::vector<Doubling> all(kThreads);
  std::vector<std::unique_ptr<Thread>> threads;
  const auto start = the_clock().now();
  for (int i = 0; i < kThreads; ++i) {
    Doubling& mine = all[static_cast<size_t>(i)];
    mine.value = i + 1;
    threads.push_back(std::make_unique<Thread>(double_it, &mine));
    threads.back()->start();
    if (join_at_once) {
      threads.back()->join();
    }
  }
  for (const auto& thread : threads) {
    thread->join();
  }
  Story story;
  story.total = the_clock().now() - start;
  scheduler::Timeline timeline(the_clock());
  for (const Doubling& one : all) {
    story.values +=
        (story.values.empty() ? "" : " ") + std::to_string(one.value);
    timeline.merge(one.timeline.lanes(), one.timeline.events());
  }
  story.overlap = scheduler::overlap_of(timeline.slices()).lifetimes;
  print((join_at_once ? "start and join in one loop\n"
                      : "\nstart in one loop, join in another\n") +
        scheduler::draw_gantt(timeline.lanes(), timeline.slices()));
  return story;
}

std::string told(const Story& story) {
  return fixed(100 * story.overlap, 0) + " % of the time two or more alive, " +
         fixed(scheduler::in_seconds(story.total), 2) + " s, " + story.values;
}

// A process whose main() ends at once and whose thread does not.
struct Departure {
  std::string said;  // by the thread
  double seconds = 0;
};

Departure leave_with_thread(bool daemon) {
  os::Pipe pipe = os::make_pipe();
  const auto start = the_clock().now();
  support::ChildTree process([&] {
    pipe.reader.reset();
    Thread worker(ThreadOptions{.name = "worker", .daemon = daemon}, [&] {
      the_clock().sleep_for(4 * kWork);
      os::write_all(pipe.writer.get(), os::bytes_of("done"));
    });
    worker.start();
    // What returning from main() does: exit() waits for threads, _exit() would
    // not. No scope is left, so the handle does not wait for them either.
    std::exit(0);
  });
  pipe.writer.reset();
  std::string said(10, '\0');
  said.resize(
      os::read_all(pipe.reader.get(), std::as_writable_bytes(std::span(said))));
  process.wait();
  return {said, scheduler::in_seconds(the_clock().now() - start)};
}

std::string told(const Departure& departure) {
  return fixed(departure.seconds, 2) + " s, and its thread said '" +
         departure.said + "'";
}

}  // namespace

void show_join_in_loop(support::Verdicts& verdicts) {
  const Story one_loop = double_all(true);
  const Story two_loops = double_all(false);
  const bool shown = one_loop.overlap == 0 && two_loops.overlap > 0 &&
                     one_loop.values == two_loops.values;
  verdicts.add("C-049", (shown ? "found: " : "not shown in this run: ") +
                            ("joined in the same loop: " + told(one_loop) +
                             "; in a second one: " + told(two_loops)));
}

void show_daemons(support::Verdicts& verdicts) {
  const Departure ordinary = leave_with_thread(false);
  const Departure daemon = leave_with_thread(true);
  print("main() ends at once, its thread after " +
        fixed(scheduler::in_seconds(4 * kWork), 2) + " s\n");
  const bool shown = ordinary.said == "done" && daemon.said.empty();
  verdicts.add("C-050",
               (shown ? "found: " : "not shown in this run: ") +
                   ("with an ordinary thread the process ended after " +
                    told(ordinary) + "; with a daemon after " + told(daemon)));
}

void show_pool(support::Verdicts& verdicts) {
  constexpr int kJobs = 12;
  struct Worker {
    int jobs = 0;
    int64_t by_itself = 0;  // switches, as the system counts them
    int64_t forced = 0;
  };
  std::map<std::string, Worker> workers;
  {
    std::vector<scheduler::ConcurrentFuture<std::string>> done;
    gil_sim::ThreadPool pool({.max_workers = 3, .thread_name_prefix = "pool"});
    for (int i = 0; i < kJobs; ++i) {
      done.push_back(pool.submit([] {
        the_clock().sleep_for(kWork / 5);
        const auto end = the_clock().now() + kWork / 5;
        while (the_clock().now() < end) {
        }
        return gil_sim::current_thread().name();
      }));
    }
    for (auto& future : done) {
      ++workers[future.result()].jobs;
    }
    // While they live: idle workers wait for jobs.
    for (const gil_sim::ThreadHandle& thread : gil_sim::enumerate()) {
      const auto found = workers.find(thread.name());
      const auto status = os::read_status(thread.native_id());
      if (found != workers.end() && status) {
        found->second.by_itself = status->voluntary_switches;
        found->second.forced = status->involuntary_switches;
      }
    }
  }
  support::Table table({"worker", "jobs", "left by itself", "was made to"});
  int64_t switches = 0;
  for (const auto& [name, worker] : workers) {
    table.add({name, std::to_string(worker.jobs),
               std::to_string(worker.by_itself),
               std::to_string(worker.forced)});
    switches += worker.by_itself + worker.forced;
  }
  print(table.text());
  verdicts.add("C-042",
               "imprecise: two schedulers: a queue in this program gave " +
                   std::to_string(kJobs) + " jobs to " +
                   std::to_string(workers.size()) +
                   " threads; the system took them off a CPU " +
                   std::to_string(switches) + " times");
}

}  // namespace demos

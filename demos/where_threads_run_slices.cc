#include "demos/where_threads_run_slices.h"

#include <pthread.h>
#include <sched.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "demos/support/gate.h"
#include "demos/support/machine.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/thread.h"
#include "os/syscall.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos {

namespace {

using scheduler::Duration;
using scheduler::Slice;
using scheduler::TimePoint;

// Shorter ones are interrupts, and the cost of looking.
constexpr Duration kHole = scheduler::seconds(0.0002);

TimePoint now() {
  return scheduler::SteadyClock::instance().now();
}

// One CPU for each thread, in turn, of those that this process may use.
std::vector<cpu_set_t> one_for_each(size_t threads) {
  cpu_set_t usable;
  os::check(sched_getaffinity(0, sizeof usable, &usable), "sched_getaffinity");
  std::vector<cpu_set_t> each;
  for (size_t cpu = 0; each.size() < threads; cpu = (cpu + 1) % CPU_SETSIZE) {
    if (CPU_ISSET(cpu, &usable)) {
      CPU_ZERO(&each.emplace_back());
      CPU_SET(cpu, &each.back());
    }
  }
  return each;
}

Slice begin_slice(uint32_t lane) {
  const TimePoint start = now();
  return {.lane = lane,
          .state = scheduler::LaneState::kRunning,
          .start = start,
          .end = start,
          .cpu = sched_getcpu(),
          .decider = scheduler::Decider::kSystem,
          .switched = true};
}

// Runs "bytecode" until `end`, and notes when it really ran and where.
std::vector<Slice> be_busy(gil_sim::InterpreterLock& lock, uint32_t lane,
                           TimePoint end) {
  const gil_sim::WithGil held(lock);
  std::vector<Slice> slices = {begin_slice(lane)};
  while (slices.back().end < end) {
    const TimePoint time = now();
    Slice& slice = slices.back();
    if (time - slice.end > kHole || sched_getcpu() != slice.cpu) {
      slices.push_back(begin_slice(lane));
    } else {
      slice.end = time;
    }
    lock.check_eval_breaker();
  }
  return slices;
}

WhereRun summed_up(const std::vector<std::vector<Slice>>& threads) {
  WhereRun run;
  std::vector<Slice> all;
  Duration total{};
  std::map<int, Duration> on;
  for (const std::vector<Slice>& slices : threads) {
    for (size_t i = 0; i < slices.size(); ++i) {
      on[slices[i].cpu] += slices[i].end - slices[i].start;
      total += slices[i].end - slices[i].start;
      run.moves += i > 0 && slices[i].cpu != slices[i - 1].cpu;
    }
    all.insert(all.end(), slices.begin(), slices.end());
  }
  for (const auto& [cpu, time] : on) {
    run.share_of_cpu[cpu] =
        scheduler::in_seconds(time) / scheduler::in_seconds(total);
  }
  run.overlap = scheduler::overlap_of(all).running;
  return run;
}

}  // namespace

WhereRun run_busy_threads(gil_sim::InterpreterLock& lock, int count,
                          Duration time, bool bound) {
  std::vector<std::vector<Slice>> slices(static_cast<size_t>(count));
  const std::vector<cpu_set_t> places = one_for_each(bound ? slices.size() : 0);
  // Of each thread: an error in it is for who joins.
  std::vector<int> errors(slices.size(), 0);
  support::Gate gate;
  std::vector<std::unique_ptr<gil_sim::Thread>> threads;
  const support::OpensGate at_the_latest(gate);
  for (uint32_t lane = 0; lane < slices.size(); ++lane) {
    threads.push_back(std::make_unique<gil_sim::Thread>([&, lane] {
      if (bound) {
        errors[lane] = pthread_setaffinity_np(
            pthread_self(), sizeof places[lane], &places[lane]);
      }
      gate.wait();
      slices[lane] = be_busy(lock, lane, now() + time);
    }));
    threads.back()->start();
  }
  const Duration cpu_before = support::process_cpu_time();
  const TimePoint start = now();
  gate.open();
  for (const auto& thread : threads) {
    thread->join();
  }
  const double wall = scheduler::in_seconds(now() - start);
  const double used =
      scheduler::in_seconds(support::process_cpu_time() - cpu_before);
  for (const int error : errors) {
    if (error != 0) {
      os::throw_error(error, "pthread_setaffinity_np");
    }
  }
  WhereRun run = summed_up(slices);
  run.utilisation = used / wall;
  return run;
}

}  // namespace demos

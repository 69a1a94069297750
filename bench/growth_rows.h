// bench/growth_rows.h - what happens to a cost when there is more of
// everything.
//
// CONCEPT     A figure at one size hides how it grows. Each row names one
//             operation at four sizes, a thousandfold apart and more, and the
//             growth that its header promises:
//
//               O(1)        the same, up to what no longer fits into a cache
//               O(log n)    three decades from 10^3 on: twice, and the caches
//               O(n)        a thousandfold
// READ NEXT   bench/growth.cc
#ifndef BENCH_GROWTH_ROWS_H_
#define BENCH_GROWTH_ROWS_H_

#include <array>

namespace bench {

struct GrowthRow {
  const char* program;  // bench/<program>_bench
  const char* what;     // a benchmark, without its argument
  std::array<int, 4> arguments;
  const char* of;       // what the argument counts
  const char* measure;  // ns for one, or items_per_second
  const char* promise;
  const char* header;  // where it is promised
};

inline constexpr auto kGrowthRows = std::to_array<GrowthRow>({
    {"task_switch",
     "TaskWatching",
     {10, 100, 1'000, 10'000},
     "tasks",
     "cpu_time",
     "O(1)",
     "loop/event_loop.h"},
    {"timers",
     "QueueFire",
     {1'000, 10'000, 100'000, 1'000'000},
     "timers",
     "per_timer",
     "O(log n)",
     "loop/timer_queue.h"},
    {"timers",
     "QueueCancel",
     {1'000, 10'000, 100'000, 1'000'000},
     "timers",
     "per_timer",
     "O(log n)",
     "loop/timer_queue.h"},
    {"poller",
     "EpollOneReady",
     {10, 100, 1'000, 10'000},
     "descriptors",
     "cpu_time",
     "O(1)",
     "loop/epoll_poller.h"},
    {"poller",
     "PollOneReady",
     {10, 100, 1'000, 10'000},
     "descriptors",
     "cpu_time",
     "O(n)",
     "loop/poll_poller.h"},
    {"queue",
     "OldestFirst",
     {1'000, 10'000, 100'000, 1'000'000},
     "items",
     "items_per_second",
     "O(1)",
     "loop/sync/queue_order.h"},
    {"queue",
     "SmallestFirst",
     {1'000, 10'000, 100'000, 1'000'000},
     "items",
     "items_per_second",
     "O(log n)",
     "loop/sync/queue_order.h"},
    {"cpu_sim",
     "cpu_sim/rr",
     {1'000, 10'000, 100'000, 1'000'000},
     "jobs",
     "items_per_second",
     "O(log n)",
     "scheduler/cpu_sim/policy.h"},
    {"cpu_sim",
     "cpu_sim/fair",
     {1'000, 10'000, 100'000, 1'000'000},
     "jobs",
     "items_per_second",
     "O(log n)",
     "scheduler/cpu_sim/policy.h"},
    {"explorer",
     "search/classes",
     {1, 3, 8, 20},
     "states",
     "items_per_second",
     "O(1)",
     "gil_sim/state_table.h"},
});

}  // namespace bench

#endif  // BENCH_GROWTH_ROWS_H_

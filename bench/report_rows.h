// bench/report_rows.h - what each benchmark promises, one line each.
//
// CONCEPT     A figure in nanoseconds says something about a machine. A ratio
//             to the same work with everything but the physics taken away (the
//             limit, measured in the same minute by the same program) says
//             something about the code. So a promise is a ratio, and only
//             where there is no limit to stand beside, a number.
// READ NEXT   bench/report.cc
#ifndef BENCH_REPORT_ROWS_H_
#define BENCH_REPORT_ROWS_H_

#include <array>

namespace bench {

enum class Better { kLower, kHigher };

struct Row {
  const char* program;  // bench/<program>_bench
  const char* figure;   // the name of a benchmark in it
  const char* limit;    // another one, or nullptr: the target is a number
  const char* measure;  // a time in ns, or a counter of the benchmark
  Better better;
  double target;  // of figure / limit, or of the figure
};

inline constexpr Better kLower = Better::kLower;
inline constexpr Better kHigher = Better::kHigher;

inline constexpr auto kRows = std::to_array<Row>({
    // Generators, coroutines, tasks.
    {"generator_next", "GeneratorNext", "LimitBareCoroutine", "cpu_time",
     kLower, 1.5},
    {"generator_next", "GeneratorSend", "LimitBareCoroutine", "cpu_time",
     kLower, 2},
    {"generator_next", "GeneratorDelegatesTenDeep", "GeneratorDelegatesOnce",
     "cpu_time", kLower, 1.1},
    {"task_switch", "TaskWatching/1000", "LimitPolling/1000", "cpu_time",
     kLower, 2.5},
    {"task_switch", "TaskWatching/2", "LimitPolling/2", "cpu_time", kLower,
     1.25},
    {"task_switch", "Task/2", "Limit/2", "cpu_time", kLower, 3},
    {"await_ready", "AwaitFuture", nullptr, "cpu_time", kLower, 3},
    {"await_child", "AwaitChild", "LimitBareChild", "cpu_time", kLower, 1.35},
    {"timers", "QueueFire/100000", "LimitFire/100000", "per_timer", kLower,
     1.3},
    {"timers", "QueueFire/1000000", "LimitFire/1000000", "per_timer", kLower,
     1.3},
    {"timers", "QueueCancel/100000", "LimitCancel/100000", "per_timer", kLower,
     0.6},
    {"timers", "QueueCancel/1000000", "LimitCancel/1000000", "per_timer",
     kLower, 0.6},
    {"tcp_echo", "Streams/100/real_time", "LimitEpoll/100/real_time",
     "items_per_second", kHigher, 0.95},
    {"tcp_echo", "Streams/100/real_time", "LimitEpoll/100/real_time", "p99_us",
     kLower, 1.1},
    {"task_memory", "TaskAsleep/1000000/manual_time", nullptr, "bytes_per_task",
     kLower, 288},
    {"task_memory", "TaskAsleep/1000000/manual_time", nullptr, "ns_per_task",
     kLower, 250},
    // Processes.
    {"ipc_roundtrip", "pipe/real_time", "limit/raw_pipe/real_time", "real_time",
     kLower, 1.15},
    {"ipc_roundtrip", "shm_event/real_time", "limit/futex/real_time",
     "real_time", kLower, 1.15},
    {"ipc_stream", "spsc_ring/64/batches/real_time",
     "limit/spinning_ring/64/real_time", "items_per_second", kHigher, 0.8},
    {"ipc_stream", "spsc_ring/64/one/real_time",
     "limit/spinning_ring/64/real_time", "items_per_second", kHigher, 0.4},
    {"ipc_stream", "queue/64/real_time", "limit/futex_lock/64/real_time",
     "items_per_second", kHigher, 0.7},
    {"process_pool", "process_pool_map/chunk_1/real_time", nullptr,
     "items_per_second", kHigher, 1e6},
    {"process_pool", "process_pool_map/automatic/real_time",
     "limit/static_split/real_time", "items_per_second", kHigher, 0.5},
    {"process_pool", "process/real_time", "limit/fork_exit_wait/real_time",
     "real_time", kLower, 1.3},
    // The lock and its machine.
    {"interpreter_dispatch", "under_gil/backward_jumps_and_calls",
     "limit_switch_loop", "items_per_second", kHigher, 1 / 1.3},
    {"explorer", "search/classes/20", nullptr, "items_per_second", kHigher,
     1e6},
    {"explorer", "search/classes/20", nullptr, "bytes_per_state", kLower, 64},
    {"gil_uncontended", "gil/threads", "limit_mutex/threads", "cpu_time",
     kLower, 3.5},
    {"gil_handoff", "gil/one_cpu/real_time",
     "limit_condition/one_cpu/real_time", "real_time", kLower, 1.5},
    {"gil_response", "gil/5000/iterations:200/manual_time", nullptr, "p50_us",
     kLower, 1.15 * 5120},
    {"thread_pool_submit", "pool/one_cpu/1/real_time",
     "limit_mutex_queue/one_cpu/1/real_time", "items_per_second", kHigher, 0.9},
    // Schedulers.
    {"timeline", "Unwatched", nullptr, "cpu_time", kLower, 1},
    {"timeline", "Watched", "Limit", "cpu_time", kLower, 1.5},
    {"green_switch", "ContextByHand", "LimitAllRegisters", "cpu_time", kLower,
     1.1},
    {"green_switch", "Yield", nullptr, "cpu_time", kLower, 12},
    {"cpu_sim", "cpu_sim/rr/1000", nullptr, "items_per_second", kHigher, 3e6},
    {"cpu_sim", "cpu_sim/rr/1000000", nullptr, "items_per_second", kHigher,
     1e6},
});

// The same thing in Python, in ns each, for those who wonder what the
// interpreter costs. `setup` runs once; `statement` does `times` of it.
struct PythonRow {
  const char* figure;  // of kRows
  const char* setup;
  const char* statement;
  int times;
};

inline constexpr auto kPythonRows = std::to_array<PythonRow>({
    {"GeneratorNext",
     "def count():\n"
     "  n = 0\n"
     "  while True:\n"
     "    yield n\n"
     "    n += 1\n"
     "numbers = count()",
     "for _ in range(100000): next(numbers)", 100'000},
    {"GeneratorSend",
     "def total():\n"
     "  n = 0\n"
     "  while True: n += (yield n) or 1\n"
     "sums = total()\n"
     "next(sums)\n"
     "send = sums.send",
     "for _ in range(100000): send(3)", 100'000},
    {"TaskWatching/1000",
     "import asyncio\n"
     "async def turns():\n"
     "  for _ in range(100): await asyncio.sleep(0)\n"
     "async def all_of_them():\n"
     "  await asyncio.gather(*[turns() for _ in range(1000)])",
     "asyncio.run(all_of_them())", 100'000},
    {"AwaitChild",
     "import asyncio\n"
     "async def child(): pass\n"
     "async def parent():\n"
     "  for _ in range(100000): await child()",
     "asyncio.run(parent())", 100'000},
    {"QueueFire/100000",
     "import asyncio\n"
     "async def timers():\n"
     "  loop = asyncio.get_running_loop()\n"
     "  for i in range(100000): loop.call_later(i * 1e-7, int)\n"
     "  await asyncio.sleep(0.02)",
     "asyncio.run(timers())", 100'000},
    {"process_pool_map/chunk_1/real_time",
     "from multiprocessing import Pool\n"
     "pool = Pool(2)\n"
     "pool.map(abs, [1, 2])",
     "pool.map(abs, range(5000), chunksize=1)", 5'000},
});

}  // namespace bench

#endif  // BENCH_REPORT_ROWS_H_

// What one turn of a task costs: it yields, the others run, it goes on.
//
// Limit*  coroutine handles in a deque, round robin; LimitPolling asks epoll
//         once a round as well, as a loop must that also serves descriptors
// Task*   co_await sleep(0) in the event loop; TaskWatching has a descriptor
//         to look after and so polls once a turn
//
// One iteration is one switch; the argument is the number of tasks. Targets:
// TaskWatching/1000 at most 2.5 times LimitPolling/1000, TaskWatching/2 at most
// 1.25 times LimitPolling/2, Task/2 at most 3 times Limit/2.
//
//   bazel run --config=bench //bench:task_switch_bench
#include <sys/epoll.h>

#include <coroutine>
#include <deque>
#include <exception>

#include "benchmark/benchmark.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace {

using loop::Coroutine;
using loop::EventLoop;

// The first of the tasks counts for all of them: a round is one switch each.
// It is the first of each round, so all end in the round in which it does.
struct Count {
  benchmark::State& state;
  int tasks;
  bool more = true;
  bool next_round() {
    more = state.KeepRunningBatch(tasks);
    return more;
  }
};

std::deque<std::coroutine_handle<>> ready;

struct Bare {
  struct Yield {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> body) { ready.push_back(body); }
    void await_resume() const noexcept {}
  };
  struct promise_type {
    Bare get_return_object() { return {}; }
    Yield initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

Bare bare_leader(Count* count) {
  while (count->next_round()) {
    co_await Bare::Yield();
  }
}
Bare bare_follower(const Count* count) {
  while (count->more) {
    co_await Bare::Yield();
  }
}

template <bool kPolls>
void limit(benchmark::State& state) {
  const os::UniqueFd epoll(
      os::check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
  Count count{state, static_cast<int>(state.range(0))};
  bare_leader(&count);
  for (int i = 1; i < count.tasks; ++i) {
    bare_follower(&count);
  }
  while (!ready.empty()) {
    if constexpr (kPolls) {
      epoll_event events[16];
      os::check(epoll_wait(epoll.get(), events, 16, 0), "epoll_wait");
    }
    for (size_t left = ready.size(); left > 0; --left) {
      const std::coroutine_handle<> body = ready.front();
      ready.pop_front();
      body.resume();
    }
  }
}

Coroutine<> leader(Count* count) {
  while (count->next_round()) {
    co_await loop::sleep(scheduler::Duration::zero());
  }
}
Coroutine<> follower(const Count* count) {
  while (count->more) {
    co_await loop::sleep(scheduler::Duration::zero());
  }
}

template <bool kWatches>
void tasks(benchmark::State& state) {
  const os::Pipe never_ready = os::make_pipe();
  EventLoop loop;
  if constexpr (kWatches) {
    loop.add_reader(never_ready.reader.get(), [] {});
  }
  Count count{state, static_cast<int>(state.range(0))};
  const loop::Task<void> first = loop.create_task(leader(&count));
  for (int i = 1; i < count.tasks; ++i) {
    loop.create_task(follower(&count));
  }
  loop.run_until_complete(loop::Future<void>(first));
  loop.remove_reader(never_ready.reader.get());
}

BENCHMARK_TEMPLATE(limit, false)->Name("Limit")->Arg(2)->Arg(1000);
BENCHMARK_TEMPLATE(tasks, false)->Name("Task")->Arg(2)->Arg(1000);
BENCHMARK_TEMPLATE(limit, true)->Name("LimitPolling")->Arg(2)->Arg(1000);
BENCHMARK_TEMPLATE(tasks, true)
    ->Name("TaskWatching")
    ->Arg(2)
    ->RangeMultiplier(10)
    ->Range(10, 10'000);

}  // namespace

BENCHMARK_MAIN();

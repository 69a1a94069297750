// Pools and executors of processes, as in ipc_scenarios.py.
#include <signal.h>
#include <unistd.h>

#include <exception>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ipc/event.h"
#include "ipc/process_pool.h"
#include "ipc/process_pool_executor.h"
#include "ipc/shared.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "tests/differential/ipc_scenario.h"

namespace tests {
namespace {

using ipc::ProcessPool;
using ipc::ProcessPoolExecutor;
using ipc::Shared;
using scheduler::seconds;

// An event that jobs wait for; set before the workers are forked.
ipc::Event* gate = nullptr;

int square(int x) {
  return x * x;
}

int power(int base, int exponent) {
  int result = 1;
  for (; exponent > 0; --exponent) {
    result *= base;
  }
  return result;
}

int refuse_three(int x) {
  if (x == 3) {
    throw std::invalid_argument("no 3");
  }
  return x;
}

int pass_gate(int x) {
  gate->wait(seconds(20));
  return x;
}

int zero_waits(int x) {
  return x == 0 ? pass_gate(x) : x;
}

int die(int x) {
  kill(getpid(), SIGKILL);
  return x;
}

int seen = 0;

int look(int) {
  return seen;
}

int worker_number(int) {
  return getpid();
}

std::vector<int> range(int first, int last) {
  std::vector<int> numbers(static_cast<size_t>(last - first));
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

template <class Results>
std::vector<int> list(Results results) {
  std::vector<int> all;
  for (const int result : results) {
    all.push_back(result);
  }
  return all;
}

IPC_SCENARIO(pool_map) {
  ProcessPool pool(2);
  log(pool.map(square, range(0, 7)));
  for (const size_t size : {1u, 3u, 100u}) {
    log(pool.map(square, range(0, 7), size));
  }
  log("none", pool.map(square, range(0, 0)));
  using Pair = std::tuple<int, int>;
  log(pool.starmap(power, std::vector<Pair>{{2, 3}, {3, 2}}));
}

IPC_SCENARIO(pool_errors) {
  ProcessPool pool(2);
  told(log, [&] { return pool.map(refuse_three, range(0, 6), 1); });
  told(log, [&] { return pool.apply(refuse_three, 3); });
  log(pool.apply(refuse_three, 4));
}

IPC_SCENARIO(pool_tickets) {
  const Shared<ipc::Event> event;
  gate = &*event;
  ProcessPool pool(1);
  const auto result = pool.apply_async(pass_gate, std::tuple(5));
  log(result.ready());
  attempt(log, [&] { return result.successful(); });
  attempt(log, [&] { return result.get(seconds(0.01)); });
  gate->set();
  log(result.get(seconds(20)));
  log(result.ready(), result.successful());
  const auto failed = pool.apply_async(refuse_three, std::tuple(3));
  failed.wait(seconds(20));
  log(failed.ready(), failed.successful());
  attempt(log, [&] { return failed.get(); });
}

IPC_SCENARIO(pool_imap) {
  ProcessPool pool(2);
  auto results = pool.imap(refuse_three, range(0, 6));
  for (int i = 0; i < 7; ++i) {
    attempt(log, [&]() -> std::string {
      const std::optional<int> next = results.next();
      return next ? std::to_string(*next) : "end";
    });
  }
  log(list(pool.imap(square, range(0, 5), 2)));
  attempt(log, [&] { static_cast<void>(pool.imap(square, range(1, 2), 0)); });
}

IPC_SCENARIO(pool_imap_unordered) {
  const Shared<ipc::Event> event;
  gate = &*event;
  ProcessPool pool(2);
  auto results = pool.imap_unordered(zero_waits, range(0, 2));
  log(results.next().value());
  gate->set();
  log(results.next().value());
}

IPC_SCENARIO(pool_callbacks) {
  ProcessPool pool(1);
  for (const int value : {2, 3}) {
    const Shared<ipc::Event> done;  // for threads it will do as well
    pool.apply_async(
        refuse_three, std::tuple(value),
        [&](int result) {
          log("result", result);
          done->set();
        },
        [&](std::exception_ptr error) {
          log("error");
          attempt(log, [&] { std::rethrow_exception(error); });
          done->set();
        });
    done->wait(seconds(20));
  }
}

IPC_SCENARIO(pool_closed) {
  ProcessPool pool(1);
  attempt(log, [&] { pool.join(); });
  const auto result = pool.apply_async(square, std::tuple(3));
  pool.close();
  attempt(log, [&] { return pool.apply(square, 3); });
  pool.join();
  log(result.get(seconds(20)));
  attempt(log, [&] { return pool.map(square, range(1, 2)); });
}

IPC_SCENARIO(pool_terminated) {
  const Shared<ipc::Event> event;
  gate = &*event;
  ProcessPool pool(1);
  const auto result = pool.apply_async(pass_gate, std::tuple(3));
  pool.terminate();
  pool.join();
  log(result.ready());
  attempt(log, [&] { return pool.apply(square, 3); });
}

IPC_SCENARIO(pool_of_short_lives) {
  ProcessPool pool(1, {.maxtasksperchild = 2});
  for (const size_t size : {1u, 6u}) {
    const auto numbers = pool.map(worker_number, range(0, 6), size);
    log(std::set<int>(numbers.begin(), numbers.end()).size());
  }
}

IPC_SCENARIO(pool_initializer) {
  ProcessPool pool(2, {.initializer = [] { seen = 42; }});
  log(pool.map(look, range(0, 3)));
}

IPC_SCENARIO(pool_refusals) {
  attempt(log, [] { ProcessPool pool(0); });
  attempt(log, [] { ProcessPool pool(1, {.maxtasksperchild = 0}); });
}

IPC_SCENARIO(executor_submits) {
  ProcessPoolExecutor pool(2);
  log(pool.submit(power, 2, 10).result());
  const auto failed = pool.submit(refuse_three, 3);
  told(log, [&] { return failed.result(); });
  attempt(log, [&] { std::rethrow_exception(failed.exception()); });
  log(failed.done(), failed.cancelled());
}

IPC_SCENARIO(executor_maps) {
  ProcessPoolExecutor pool(2);
  log(list(pool.map(square, range(0, 5))));
  log(list(pool.map(square, range(0, 5), 3)));
  auto results = pool.map(refuse_three, range(3, 6));
  attempt(log, [&] { return results.next().value(); });
  attempt(log, [&] { static_cast<void>(pool.map(square, range(1, 2), 0)); });
}

IPC_SCENARIO(executor_shut_down) {
  ProcessPoolExecutor pool(1);
  const auto result = pool.submit(square, 3);
  pool.shutdown();
  log(result.result());
  attempt(log, [&] { pool.submit(square, 3); });
  attempt(log, [] { ProcessPoolExecutor none(0); });
}

IPC_SCENARIO(executor_cancels) {
  const Shared<ipc::Event> event;
  gate = &*event;
  ProcessPoolExecutor pool(1);
  std::vector<scheduler::ConcurrentFuture<int>> futures;
  for (int i = 0; i < 10; ++i) {
    futures.push_back(pool.submit(pass_gate, i));
  }
  while (!futures[0].running()) {
  }
  log(futures[0].cancel());
  log(futures[9].cancel());
  log(futures[9].cancelled());
  gate->set();
  for (size_t i = 0; i < 9; ++i) {
    log(futures[i].result());
  }
  attempt(log, [&] { return futures[9].result(); });
}

IPC_SCENARIO(executor_broken) {
  const Shared<ipc::Event> event;
  gate = &*event;
  ProcessPoolExecutor pool(2);
  const auto waits = pool.submit(pass_gate, 1);
  const auto dies = pool.submit(die, 2);
  attempt(log, [&] { return waits.result(); });
  attempt(log, [&] { return dies.result(); });
  attempt(log, [&] { pool.submit(square, 1); });
}

IPC_SCENARIO(executor_that_cannot_start) {
  ProcessPoolExecutor pool({.max_workers = 1, .initializer = [] { _exit(3); }});
  attempt(log, [&] { return pool.submit(square, 1).result(); });
}

}  // namespace
}  // namespace tests

#include "demos/lost_update_await.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "demos/count_in_threads.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/sync/lock.h"
#include "scheduler/clock.h"

namespace demos {

namespace {

using loop::Coroutine;

Coroutine<int> one() {
  co_await loop::sleep(scheduler::Duration::zero());
  co_return 1;
}

// x = x + await one(), `n` times. C++ leaves it open which side is read first,
// so it is said here. [I1]
Coroutine<> add(int64_t* x, int n) {
  for (int i = 0; i < n; ++i) {
    const int64_t seen = *x;
    *x = seen + co_await one();
  }
}

Coroutine<> add_under(loop::sync::Lock* lock, int64_t* x, int n) {
  for (int i = 0; i < n; ++i) {
    const auto held = co_await lock->scoped();
    const int64_t seen = *x;
    *x = seen + co_await one();
  }
}

Coroutine<> all(int tasks, int n, bool locked, int64_t* x) {
  loop::sync::Lock lock;
  std::vector<Coroutine<>> bodies;
  for (int t = 0; t < tasks; ++t) {
    bodies.push_back(locked ? add_under(&lock, x, n) : add(x, n));
  }
  co_await loop::gather(std::move(bodies));
}

Counted count(int tasks, int n, bool locked) {
  int64_t x = 0;
  const Stopwatch watch;
  loop::run(all(tasks, n, locked, &x));
  return {x, watch.ns_each(int64_t{tasks} * n)};
}

}  // namespace

Counted await_in_tasks(int tasks, int n) {
  return count(tasks, n, false);
}

Counted await_under_lock(int tasks, int n) {
  return count(tasks, n, true);
}

}  // namespace demos

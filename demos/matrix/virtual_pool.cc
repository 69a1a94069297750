#include "demos/matrix/virtual_pool.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <optional>
#include <utility>

#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/virtual_poller.h"
#include "scheduler/clock.h"

namespace demos::matrix {

namespace {

using loop::Coroutine;
using scheduler::Duration;
using scheduler::TimePoint;

// What the workers share; it belongs to seconds_in_pool(), which outlives them.
struct Work {
  const VirtualPool& pool;
  const std::vector<double> waits;
  const scheduler::Clock& clock;
  size_t next = 0;
  std::optional<TimePoint> last_answer;
};

// How long the answer takes to a question asked now.
Duration wait_of(Work& work, double seconds) {
  const TimePoint now = work.clock.now();
  TimePoint due = now + scheduler::seconds(seconds);
  if (work.pool.rate > 0) {
    if (work.last_answer) {
      due = std::max(
          due, *work.last_answer + scheduler::seconds(1 / work.pool.rate));
    }
    work.last_answer = due;
  }
  return due - now;
}

Coroutine<> worker(Work& work) {
  while (work.next < work.waits.size()) {
    const size_t begin = work.next;  // [I1]
    work.next = std::min(begin + work.pool.chunk, work.waits.size());
    const size_t end = work.next;
    for (size_t item = begin; item < end; ++item) {
      co_await loop::sleep(wait_of(work, work.waits[item]));
    }
  }
}

Coroutine<> all_workers(Work& work) {
  std::vector<Coroutine<>> workers;
  for (size_t i = 0; i < work.pool.workers; ++i) {
    workers.push_back(worker(work));
  }
  co_await loop::gather(std::move(workers));
}

}  // namespace

double seconds_in_pool(const VirtualPool& pool, std::vector<double> waits) {
  assert(pool.workers > 0 && pool.chunk > 0 && "somebody must take something");
  scheduler::ManualClock clock;
  loop::EventLoop loop(std::make_unique<loop::VirtualPoller>(clock), clock);
  Work work{.pool = pool,
            .waits = std::move(waits),
            .clock = clock,
            .next = 0,
            .last_answer = {}};
  const TimePoint start = clock.now();
  loop::run(all_workers(work), loop);
  return scheduler::in_seconds(clock.now() - start);
}

}  // namespace demos::matrix

// demos/runners/nonblocking.cc - one thread, poll(), and a list of who waits.
//
// CONCEPT     What a loop does, with nothing of it but the system call: every
//             socket is told never to block, and when nobody can go on, one
//             call of poll() waits for all of them and for the next time that
//             is due. Many requests in one thread need no more than that; what
//             a loop and its coroutines add is that the program can be read
//             from top to bottom. [C-119]
//
//               connect -> EINPROGRESS     poll: writable -> send
//               recv    -> EAGAIN          poll: readable -> recv -> the page
//
//             Each conversation must remember how far it has come: that is
//             what a NonblockingGet is for, where async.cc has the place of a
//             co_await. Files are performed where they stand: poll() calls
//             them always ready.
// IN PYTHON   socket.setblocking(False), select.poll
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "demos/bodies/step.h"
#include "demos/runners/blocking.h"
#include "demos/runners/lane.h"
#include "demos/runners/nonblocking_get.h"
#include "demos/runners/runner.h"
#include "loop/stop_iteration.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/trace.h"

namespace demos::runners {

namespace {

using bodies::Answer;
using scheduler::TimePoint;

TimePoint now() {
  return scheduler::SteadyClock::instance().now();
}

struct Item {
  Item(const Job& job, int item)
      : lane(job.records, item), body(job.experiment->body(job.world, item)) {}
  Lane lane;
  bodies::Body body;
  bodies::Value value = 0;
  // What it waits for: one of the two, while it is in the list.
  TimePoint due{};
  std::optional<NonblockingGet> get;
};

class OneThread {
 public:
  explicit OneThread(const Job& job) : job_(job), numbers_(items_of(job)) {}

  Outcome run() {
    start_some();
    while (!waiting_.empty()) {
      poll_once();
      start_some();
    }
    Outcome outcome;
    for (const Item& item : items_) {
      outcome.values.push_back(item.value);
      outcome.events.push_back(item.lane.events());
    }
    return outcome;
  }

 private:
  bool may_start() const {
    const auto most = static_cast<size_t>(job_.limit);
    return items_.size() < numbers_.size() &&
           (most == 0 || waiting_.size() < most);
  }

  void start_some() {
    while (may_start()) {
      Item& item = items_.emplace_back(job_, numbers_[items_.size()]);
      item.lane.runs();
      run_until_it_waits(item, std::nullopt);
    }
  }

  // Puts the item into the list, unless it has come to its end.
  void run_until_it_waits(Item& item, std::optional<Answer> answer) {
    try {
      bodies::Step step =
          answer ? item.body.send(std::move(*answer)) : item.body.next();
      while (!starts_to_wait(item, step)) {
        step = item.body.send(answer_blocking(job_, step, item.lane));
      }
      waiting_.push_back(&item);
    } catch (loop::StopWith<bodies::Value>& end) {
      item.lane.ends();
      item.value = end.value.value();
    }
  }

  bool starts_to_wait(Item& item, const bodies::Step& step) {
    if (const auto* sleep = std::get_if<bodies::Sleep>(&step)) {
      item.lane.waits(scheduler::Reason::kSleep);
      item.due = now() + sleep->duration;
      return true;
    }
    if (const auto* fetch = std::get_if<bodies::Fetch>(&step)) {
      item.lane.waits(scheduler::Reason::kIo);
      item.get.emplace(job_.world.port, fetch->target);
      return true;
    }
    return false;
  }

  // Waits until somebody can go on, and lets all of those go on.
  void poll_once() {
    std::vector<Item*> list = std::exchange(waiting_, {});
    std::vector<pollfd> wanted;
    std::optional<TimePoint> first_due;
    for (const Item* item : list) {
      if (item->get) {
        wanted.push_back(item->get->wanted());
      } else {
        first_due = std::min(first_due.value_or(item->due), item->due);
      }
    }
    wait_for(wanted, first_due);
    const TimePoint time = now();
    auto seen = wanted.begin();
    for (Item* const item : list) {
      std::optional<Answer> answer;
      if (item->get) {
        answer = (seen++)->revents != 0 ? item->get->go_on() : std::nullopt;
      } else if (item->due <= time) {
        answer = Answer();
      }
      if (answer) {
        item->get.reset();
        item->lane.is_woken();
        item->lane.runs();
        run_until_it_waits(*item, std::move(answer));
      } else {
        waiting_.push_back(item);
      }
    }
  }

  static void wait_for(std::vector<pollfd>& wanted,
                       std::optional<TimePoint> due) {
    int timeout_ms = -1;
    if (due) {
      const auto left = std::max(*due - now(), scheduler::Duration::zero());
      timeout_ms = static_cast<int>(
          std::chrono::ceil<std::chrono::milliseconds>(left).count());
    }
    // Interrupted, it has found nobody ready; the next turn asks again.
    if (os::syscalls.poll(wanted.data(), wanted.size(), timeout_ms) == -1 &&
        errno != EINTR) {
      os::throw_errno("poll");
    }
  }

  const Job& job_;
  const std::vector<int> numbers_;
  std::deque<Item> items_;  // those that have begun
  std::vector<Item*> waiting_;
};

}  // namespace

Outcome run_nonblocking(const Job& job) {
  return OneThread(job).run();
}

}  // namespace demos::runners

#include "demos/runners/blocking.h"

#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

#include "demos/support/http.h"
#include "demos/support/http_client.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/interpreter_lock.h"
#include "loop/stop_iteration.h"
#include "scheduler/clock.h"
#include "scheduler/trace.h"

namespace demos::runners {

namespace {

using bodies::Answer;
using scheduler::Reason;

constexpr scheduler::Duration kHandOver = scheduler::seconds(0.00005);

class Blocking {
 public:
  Blocking(uint16_t port, Lane& lane) : port_(port), lane_(lane) {}

  Answer operator()(const bodies::CheckPoint&) {
    pass_check_point();
    return "";
  }
  Answer operator()(const bodies::Sleep& step) {
    return wait(Reason::kSleep, [&] {
      scheduler::SteadyClock::instance().sleep_for(step.duration);
      return Answer();
    });
  }
  Answer operator()(const bodies::Fetch& step) {
    return wait(Reason::kIo, [&] {
      support::Response response = support::http_get(port_, step.target);
      if (response.status != 200) {
        throw std::runtime_error("no page " + step.target);
      }
      return std::move(response.body);
    });
  }
  Answer operator()(const bodies::FileStep& step) {
    if (bodies::blocks(step)) {
      return wait(Reason::kIo, [&] { return bodies::perform(step); });
    }
    Answer answer = bodies::perform(step);
    pass_check_point();
    return answer;
  }

 private:
  // Calls `block` without the lock, if there is one. [I1]
  template <class Block>
  Answer wait(Reason reason, Block block) {
    lane_.waits(reason);
    Answer answer;
    {
      const bool has_lock = gil_sim::InterpreterLock::held() != nullptr;
      const gil_sim::AllowThreads allow;
      answer = block();
      lane_.is_woken();
      if (has_lock) {
        lane_.runs();
        lane_.waits(Reason::kGil);  // from here on it wants the lock back
      }
    }
    lane_.runs();
    return answer;
  }

  void pass_check_point() {
    lane_.at_check_point();
    gil_sim::InterpreterLock* const lock = gil_sim::InterpreterLock::held();
    if (lock == nullptr) {
      return;
    }
    auto& clock = scheduler::SteadyClock::instance();
    const auto before = clock.now();
    lock->check_eval_breaker();
    // Looking takes nanoseconds; handing over the lock takes far longer.
    if (clock.now() - before >= kHandOver) {
      lane_.stood_aside(before);
    }
  }

  const uint16_t port_;
  Lane& lane_;
};

}  // namespace

Answer answer_blocking(const Job& job, const bodies::Step& step, Lane& lane) {
  return std::visit(Blocking(job.world.port, lane), step);
}

bodies::Value run_blocking(const Job& job, int item, Lane& lane) {
  bodies::Body body = job.experiment->body(job.world, item);
  lane.runs();
  try {
    for (bodies::Step step = body.next();;) {
      step = body.send(answer_blocking(job, step, lane));
    }
  } catch (loop::StopWith<bodies::Value>& end) {
    lane.ends();
    return end.value.value();
  }
}

}  // namespace demos::runners

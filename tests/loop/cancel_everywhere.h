// tests/loop/cancel_everywhere.h - cancel at the first await, the second, ...
//
// CONCEPT     Runs a scenario again and again and cancels it in a turn of its
//             own after the k-th suspension of any task, for every k until it
//             ends before. So every await, its own and those of its children,
//             meets a cancellation once. After each run the children get all
//             the time they want, and then nothing may be left or reported.
// THREADS     One.
// OWNERSHIP   Owns the loops.
#ifndef TESTS_LOOP_CANCEL_EVERYWHERE_H_
#define TESTS_LOOP_CANCEL_EVERYWHERE_H_

#include <optional>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/trace.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace tests {

class CancelAfter final : public scheduler::Observer {
 public:
  CancelAfter(loop::EventLoop& loop, int suspensions)
      : loop_(loop), left_(suspensions) {}
  void aim_at(loop::AnyTask victim) { victim_ = victim; }
  bool shot() const { return shot_; }

  void created(scheduler::TaskId, std::string_view) override {}
  void running(scheduler::TaskId) override {}
  void suspended(scheduler::TaskId, scheduler::Reason,
                 scheduler::Decider) override {
    if (left_-- == 0 && !victim_->done()) {
      loop_.call_soon([this] { shot_ = victim_->cancel(); });
    }
  }
  void woken(scheduler::TaskId) override {}
  void finished(scheduler::TaskId) override {}

 private:
  loop::EventLoop& loop_;
  std::optional<loop::AnyTask> victim_;
  int left_;
  bool shot_ = false;
};

// In virtual time over a poller of `kind`. check(victim, log) is called after
// each cancelled run, when the victim has ended. Returns how many runs there
// were.
template <class Scenario, class Check>
int cancel_everywhere(Kind kind, Scenario scenario, Check check) {
  for (int k = 0;; ++k) {
    SCOPED_TRACE("cancelled after suspension " + std::to_string(k));
    Reports reports;
    Log log;
    VirtualLoop v(real_poller(kind));
    CancelAfter observer(v.loop, k);
    const auto victim = v.loop.create_task(scenario(&log));
    observer.aim_at(victim.any());
    v.loop.set_observer(&observer);
    constexpr auto until_ended = [](loop::AnyTask task) -> loop::Coroutine<> {
      co_await task.finished();
    };
    v.loop.run_until_complete(until_ended(victim.any()));
    v.loop.set_observer(nullptr);
    const bool cancelled = observer.shot();
    if (cancelled) {
      check(victim, log);
    }
    constexpr auto wait_long = []() -> loop::Coroutine<> {
      co_await loop::sleep(ms(100'000));
    };
    v.loop.run_until_complete(wait_long());
    EXPECT_TRUE(v.loop.tasks().empty());
    EXPECT_EQ(v.loop.timers(), 0u);
    EXPECT_EQ(reports.messages, Log());
    if (!cancelled) {
      EXPECT_GT(k, 1) << "the scenario was never cancelled";
      return k;
    }
  }
}

}  // namespace tests

#endif  // TESTS_LOOP_CANCEL_EVERYWHERE_H_

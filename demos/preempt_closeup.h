// demos/preempt_closeup.h - what a timer's signal found, and what it left
// where.
//
// CONCEPT     A forced switch falls between any two instructions. Its handler
//             knows which ones, and everything that makes the stopped thread
//             what it is lies on that thread's own stack: here it is written
//             down while it happens and shown afterwards. [C-011] [C-014]
// THREADS     One kernel thread; the record is written in the signal handler.
// OWNERSHIP   A Record borrows the counters of the bodies.
// READ NEXT   scheduler/green/context.h
#ifndef DEMOS_PREEMPT_CLOSEUP_H_
#define DEMOS_PREEMPT_CLOSEUP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/green/context.h"
#include "scheduler/green/interrupted.h"
#include "scheduler/green/preemption.h"
#include "scheduler/green/scheduler.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos {

namespace green = scheduler::green;

// A forced switch, written down in the handler that makes it.
struct Forced {
  scheduler::TaskId who;
  green::Interrupted at;
  int64_t steps[2];
};

// The timeline, and what only a pre-emptive kernel can tell.
class Record final : public scheduler::Observer {
 public:
  // `steps` is what A and B have done so far; a switch writes it down.
  explicit Record(const volatile int64_t (&steps)[2]) : steps_(steps) {}

  void created(scheduler::TaskId task, std::string_view name) override {
    timeline.created(task, name);
  }
  void running(scheduler::TaskId task) override { timeline.running(task); }
  void suspended(scheduler::TaskId task, scheduler::Reason reason,
                 scheduler::Decider decider) override {
    timeline.suspended(task, reason, decider);
    if (decider == scheduler::Decider::kTask) {
      ++own;
      return;
    }
    forced.push_back({.who = task,
                      .at = green::Preemption::latest().at,
                      .steps = {steps_[0], steps_[1]}});
#if defined(__x86_64__)
    if (forced.size() == 2 && first != nullptr) {
      frozen = first->context().saved();  // A, while B runs
      frozen_at = &first->context().saved();
    }
#endif
  }
  void woken(scheduler::TaskId task) override {
    timeline.woken(task);
  }
  void finished(scheduler::TaskId task) override {
    timeline.finished(task);
  }

  scheduler::Timeline timeline{scheduler::SteadyClock::instance()};
  std::vector<Forced> forced;
  int own = 0;
  const green::GreenThread* first = nullptr;
#if defined(__x86_64__)
  green::SavedRegisters frozen = {};
  const void* frozen_at = nullptr;
#endif

 private:
  const volatile int64_t (&steps_)[2];
};

// The body of the threads must stand alone in the program's section
// "preempt_body": so an address can be told to be inside it.

// Where in the body each switch fell; there is at least one. [C-011]
std::string histogram_of(const Record& record);

// The first two switches, step by step. [C-014] [C-228]
std::string explanation_of(const Record& record);

}  // namespace demos

#endif  // DEMOS_PREEMPT_CLOSEUP_H_

#include "demos/figures_control.h"

#include <chrono>
#include <optional>
#include <string>

#include "loop/generator.h"
#include "scheduler/choose.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos {

using loop::Generator;
using pictures::Panel;
using pictures::Picture;
using scheduler::Decider;
using scheduler::Reason;

namespace {

constexpr scheduler::TaskId kCaller = 0;
constexpr scheduler::TaskId kBody = 1;

// Writes down who has the control. A body exists from its first line to the end
// of its locals; the next call has a new one.
class Passes {
 public:
  Passes() {
    timeline_.created(kCaller, "caller");
    timeline_.running(kCaller);
  }
  // From the body's side: control has come in, and goes out.
  void in() {
    step();
    timeline_.suspended(kCaller, Reason::kTask, Decider::kTask);
    if (!exists_) {
      ++bodies_;
      timeline_.created(kBody, "body " + std::to_string(bodies_));
      exists_ = true;
    }
    timeline_.running(kBody);
  }
  void out() {
    step();
    timeline_.suspended(kBody, Reason::kTask, Decider::kTask);
    timeline_.running(kCaller);
  }
  void out_for_good() {
    step();
    timeline_.finished(kBody);
    exists_ = false;
    timeline_.running(kCaller);
  }
  Panel panel(const std::string& title) {
    step();
    timeline_.finished(kCaller);
    return pictures::make_panel(title, timeline_.lanes(), timeline_.slices());
  }

 private:
  void step() { clock_.advance(std::chrono::milliseconds(1)); }  // [I1]

  scheduler::ManualClock clock_;
  scheduler::Timeline timeline_{clock_};
  int bodies_ = 0;
  bool exists_ = false;
};

int called(Passes& passes) {
  passes.in();
  passes.out_for_good();
  return 0;
}

Generator<int> suspended(Passes* passes) {
  struct Locals {
    Passes* passes;
    ~Locals() { passes->out_for_good(); }
  } const locals{passes};
  passes->in();
  for (int count = 1;; ++count) {
    passes->out();
    co_yield count;
    passes->in();
  }
}

Panel call_and_return() {
  Passes passes;
  called(passes);
  called(passes);
  return passes.panel("a call: in once, out once, and nothing is kept");
}

Panel call_and_suspend() {
  Passes passes;
  std::optional body = suspended(&passes);
  body->next();
  body->next();
  body->next();
  passes.in();  // to the end of its locals, and no further
  body.reset();
  return passes.panel("a coroutine: in and out three times, then destroyed");
}

}  // namespace

Picture draw_ladder() {
  Picture picture = {.name = "ladder",
                     .title = "call and return; suspend, resume and destroy",
                     .note =
                         "running: has the control; waiting: exists, and "
                         "does not have it",
                     .unit = {"steps", std::chrono::milliseconds(1)},
                     .panels = {call_and_return(), call_and_suspend()},
                     .questions = {}};
  return picture;
}

Picture draw_choice() {
  Picture picture = {.name = "F5",
                     .title = "the choice",
                     .note = "",
                     .unit = {},
                     .panels = {},
                     .questions = {}};
  const scheduler::DecisionTable table = scheduler::documents_table();
  for (const scheduler::Row& row : table.rows) {
    picture.questions.push_back(
        {scheduler::condition_of(table, row), std::string(row.advice)});
  }
  return picture;
}

}  // namespace demos

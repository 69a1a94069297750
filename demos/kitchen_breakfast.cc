#include "demos/kitchen_breakfast.h"

#include <algorithm>
#include <string>
#include <vector>

#include "demos/support/demo_loop.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos {

namespace {

using loop::Coroutine;
using scheduler::Duration;
using support::plain;

// A minute of the kitchen is a second of the chart.
constexpr Duration kMinute = std::chrono::seconds(1);

double minutes(Duration duration) {
  return scheduler::in_seconds(duration) / scheduler::in_seconds(kMinute);
}

struct Step {
  std::string what;
  Duration begin;
  Duration end;
};

struct Kitchen {
  support::DemoLoop world{support::Time::kVirtual};
  std::vector<Step> done;  // in the order in which they ended
};

// Something to do by hand, and then time for it on the stove.
Coroutine<> step(Kitchen* kitchen, std::string what, int by_hand, int alone) {
  const Duration begin = kitchen->world.now();
  kitchen->world.compute(by_hand * kMinute);
  co_await loop::sleep(alone * kMinute);
  kitchen->done.push_back({what, begin, kitchen->world.now()});
}

Coroutine<> bacon(Kitchen* kitchen) {
  co_await step(kitchen, "bacon", 1, 8);
}

Coroutine<> eggs(Kitchen* kitchen) {
  co_await step(kitchen, "eggs", 1, 5);
}

Coroutine<> toast_with_jam(Kitchen* kitchen) {
  co_await step(kitchen, "toast", 1, 2);
  co_await step(kitchen, "jam", 1, 0);
}

Coroutine<> breakfast(Kitchen* kitchen) {
  co_await step(kitchen, "coffee", 1, 3);
  co_await loop::gather(bacon(kitchen), eggs(kitchen), toast_with_jam(kitchen));
  co_await step(kitchen, "juice", 2, 0);
}

BreakfastChart cook(Kitchen& kitchen) {
  scheduler::Timeline timeline(kitchen.world.clock());
  kitchen.world.loop().set_observer(&timeline);
  loop::run(breakfast(&kitchen), kitchen.world.loop());
  return {timeline.lanes(), timeline.slices()};
}

// Backwards from the last step: each time the one that ended when this began.
std::vector<Step> critical_path(const std::vector<Step>& done) {
  std::vector<Step> path = {done.back()};
  for (auto before = done.end();;) {
    before = std::find_if(done.begin(), done.end(), [&](const Step& one) {
      return one.end == path.front().begin && one.what != path.front().what;
    });
    if (before == done.end()) {
      return path;
    }
    path.insert(path.begin(), *before);
  }
}

}  // namespace

BreakfastChart chart_breakfast() {
  Kitchen kitchen;
  return cook(kitchen);
}

void make_breakfast(support::Verdicts& verdicts) {
  Kitchen kitchen;
  const BreakfastChart chart = cook(kitchen);
  support::print(
      "breakfast: one cook; # by hand, . on the stove; a second is a minute\n" +
      scheduler::draw_gantt(chart.lanes, chart.slices) + "\n");

  support::Table table({"step", "from", "to", "minutes"});
  Duration in_a_row{};
  for (const Step& one : kitchen.done) {
    table.add({one.what, plain(minutes(one.begin)), plain(minutes(one.end)),
               plain(minutes(one.end - one.begin))});
    in_a_row += one.end - one.begin;
  }
  support::print(table.text() + "\n");
  std::string names;
  Duration length{};
  for (const Step& one : critical_path(kitchen.done)) {
    names += (names.empty() ? "" : ", ") + one.what;
    length += one.end - one.begin;
  }
  const Duration together = kitchen.done.back().end;
  verdicts.add("C-222", (length == together ? "found: " : "not shown: ") +
                            ("the steps add up to " + plain(minutes(in_a_row)) +
                             " minutes and took " + plain(minutes(together)) +
                             "; critical path " + names + ": " +
                             plain(minutes(length))));
}

}  // namespace demos

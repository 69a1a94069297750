#include "demos/inside_marks.h"

#include <coroutine>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "demos/support/demo_loop.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"

namespace demos {

namespace {

using loop::Coroutine;
using loop::sleep;
using scheduler::seconds;

struct Switch {
  scheduler::Duration time;
  std::string task;
  int line;
};

struct Marks {
  explicit Marks(support::Time time) : world(time) {}

  support::DemoLoop world;
  std::vector<Switch> switches;
};

// An awaitable that writes down the line of its co_await when it suspends.
template <class Awaiter>
struct Marked {
  Marked(Awaiter inner, Marks* into, int at)
      : awaiter(std::move(inner)), marks(into), line(at) {}

  bool await_ready() { return awaiter.await_ready(); }
  template <class Promise>
  auto await_suspend(std::coroutine_handle<Promise> waiting) {
    marks->switches.push_back(
        {marks->world.now(), waiting.promise().task->name(), line});
    return awaiter.await_suspend(waiting);
  }
  decltype(auto) await_resume() { return awaiter.await_resume(); }

  Awaiter awaiter;
  Marks* marks;
  int line;
};

// The default argument is the line of the call.
template <class Awaiter>
Marked<Awaiter> mark(Marks* marks, Awaiter awaiter,
                     int line = __builtin_LINE()) {
  return Marked<Awaiter>(std::move(awaiter), marks, line);
}

Coroutine<> ready_at_once() {
  co_return;
}

Coroutine<> tea(Marks* m) {
  co_await mark(m, sleep(seconds(0.2)));  // the water
  co_await ready_at_once();
  co_await mark(m, sleep(seconds(0.3)));  // the leaves
}

Coroutine<> toast(Marks* m) {
  co_await mark(m, sleep(seconds(0.1)));  // one side
  co_await mark(m, sleep(seconds(0.1)));  // the other side
  co_await mark(m, sleep(seconds(0)));    // others first
}

Coroutine<> breakfast(Marks* m) {
  co_await loop::gather(tea(m), toast(m));
}

// The text of these lines of this file, without what indents it.
std::string source_line(int number) {
  std::ifstream file("demos/inside_marks.cc");
  std::string line;
  for (int i = 0; i < number; ++i) {
    if (!std::getline(file, line)) {
      throw std::runtime_error("--marks needs demos/inside_marks.cc here");
    }
  }
  return line.substr(line.find_first_not_of(' '));
}

}  // namespace

void show_marks(support::Time time, support::Verdicts& verdicts) {
  Marks marks(time);
  loop::run(breakfast(&marks), marks.world.loop());
  support::Table table({"task", "at", "line"});
  std::set<int> lines;
  size_t marked = 0;
  for (const Switch& one : marks.switches) {
    const std::string text = source_line(one.line);
    marked += text.starts_with("co_await ") ? 1 : 0;
    lines.insert(one.line);
    table.add(
        {one.task, support::seconds_text(one.time), std::to_string(one.line)},
        text);
  }
  support::print(table.text() + "\n");
  const bool all = marked == marks.switches.size();
  verdicts.add("C-064",
               (all ? "true: " : "false: ") +
                   (std::to_string(marks.switches.size()) +
                    " switches of the two tasks, " + std::to_string(marked) +
                    " of them at a line that begins with co_await"));
  verdicts.add("C-086",
               "imprecise: the marks list every place where others "
               "may come in, here " +
                   std::to_string(lines.size()) +
                   "; they make nothing faster by themselves");
}

}  // namespace demos

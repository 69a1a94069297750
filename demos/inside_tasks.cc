#include "demos/inside_tasks.h"

#include <set>
#include <string>
#include <vector>

#include "demos/support/demo_loop.h"
#include "demos/support/run_demo.h"
#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"
#include "scheduler/task_state.h"

namespace demos {

namespace {

using loop::Coroutine;
using scheduler::seconds;

Coroutine<> wash() {
  co_await loop::sleep(seconds(0.2));
}

Coroutine<> laundry() {
  co_await wash();
}

Coroutine<> guest(loop::Future<void> door) {
  co_await door;
}

// The loop forgets a task that is done; whoever holds it can still ask.
class Album {
 public:
  explicit Album(const support::DemoLoop& world) : world_(world) {}

  void take(const std::string& caption) {
    if (tasks_.empty()) {
      tasks_ = loop::all_tasks();
    }
    text_ += caption + " (" + support::seconds_text(world_.now()) + ")\n";
    support::Table table({"task", "state"});
    for (const loop::AnyTask& task : tasks_) {
      const std::string state(scheduler::name_of(task.state()));
      states_.insert(state);
      std::string chain;
      for (const std::string& frame : task.stack()) {
        chain += (chain.empty() ? "" : " > ") + frame;
      }
      table.add({task.name(), state}, chain);
    }
    text_ += table.text() + "\n";
  }

  const std::string& text() const { return text_; }
  size_t tasks() const { return tasks_.size(); }
  size_t states() const { return states_.size(); }

 private:
  const support::DemoLoop& world_;
  std::vector<loop::AnyTask> tasks_;
  std::set<std::string> states_;
  std::string text_;
};

Coroutine<> host(Album* album) {
  const loop::Future<void> door;
  const auto first = loop::create_task(guest(door), "guest");
  const auto second = loop::create_task(laundry(), "laundry");
  album->take("made, no turn yet");
  co_await loop::sleep(seconds(0.1));
  album->take("while they wait");
  door.set_result();
  co_await loop::sleep(seconds(0.2));
  album->take("afterwards");
}

}  // namespace

void show_tasks(support::Time time, support::Verdicts& verdicts) {
  support::DemoLoop world(time);
  Album album(world);
  loop::run(host(&album), world.loop());
  support::print(album.text());
  verdicts.add("C-083", "found: the loop knew the state of " +
                            std::to_string(album.tasks()) + " tasks, " +
                            std::to_string(album.states()) +
                            " different states were seen");
}

}  // namespace demos

#include "demos/figures_live.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/figures_simulated.h"
#include "demos/runners/runner.h"
#include "demos/support/child_tree.h"
#include "demos/support/eventually.h"
#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "demos/timeline_scene.h"
#include "os/proc.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"

namespace demos {

using pictures::Panel;
using pictures::Picture;
using scheduler::LaneState;
using scheduler::Slice;
using scheduler::SteadyClock;
using scheduler::TimePoint;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kWork{2};
constexpr milliseconds kWait{6};
constexpr milliseconds kWatched{40};
constexpr milliseconds kLook{1};

// Computes and waits in turn, until the process is ended from outside.
void work_and_wait() {
  for (;;) {
    const auto until = support::thread_cpu_time() + kWork;
    while (support::thread_cpu_time() < until) {
    }
    SteadyClock::instance().sleep_for(kWait);
  }
}

void live(int threads) {
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) {
    others.emplace_back(work_and_wait);
  }
  work_and_wait();
}

// The bars of all threads that were seen, one look after the other.
class Watch {
 public:
  void look_at(size_t process, pid_t pid, pid_t thread, TimePoint now) {
    const auto letter = os::thread_state(pid, thread);
    if (!letter) {
      return;  // it has just ended
    }
    const LaneState state =
        *letter == 'R' ? LaneState::kRunning : LaneState::kWaiting;
    std::vector<Slice>& bars = lanes_[{process, thread}];
    extend(bars, now);
    if (bars.empty() || bars.back().state != state) {
      bars.push_back({.lane = 0,
                      .state = state,
                      .start = now,
                      .end = now,
                      .cpu = -1,
                      .decider = scheduler::Decider::kTask,
                      .switched = false});
    }
  }

  // What was seen last was so until the end.
  void ends(TimePoint now) {
    for (auto& [key, bars] : lanes_) {
      extend(bars, now);
    }
  }

  Panel panel(const std::string& title) const {
    std::vector<std::string> lanes;
    std::vector<std::string> boxes;
    std::vector<Slice> slices;
    for (const auto& [key, bars] : lanes_) {
      const std::string box = "process " + std::to_string(key.first + 1);
      const auto before = std::count(boxes.begin(), boxes.end(), box);
      for (Slice slice : bars) {
        slice.lane = static_cast<uint32_t>(lanes.size());
        slices.push_back(slice);
      }
      boxes.push_back(box);
      lanes.push_back("thread " + std::to_string(before + 1));
    }
    Panel panel =
        pictures::make_panel(title, std::move(lanes), std::move(slices));
    panel.boxes = std::move(boxes);
    return panel;
  }

 private:
  static void extend(std::vector<Slice>& bars, TimePoint now) {
    if (!bars.empty()) {
      bars.back().end = now;
    }
  }

  // By process and by the system's number of the thread.
  std::map<std::pair<size_t, pid_t>, std::vector<Slice>> lanes_;
};

Panel watched(const std::string& title, int processes, int threads) {
  std::deque<support::ChildTree> children;
  for (int i = 0; i < processes; ++i) {
    children.emplace_back([threads] { live(threads); });
  }
  const bool alive = support::eventually([&] {  // [I2]
    return std::all_of(children.begin(), children.end(), [&](const auto& one) {
      return os::threads_of(one.pid()).size() == static_cast<size_t>(threads);
    });
  });
  if (!alive) {
    throw std::runtime_error("a process did not get its " +
                             std::to_string(threads) + " threads in time");
  }
  Watch watch;
  auto& clock = SteadyClock::instance();
  TimePoint now = clock.now();
  const TimePoint end = now + kWatched;
  for (; now < end; now = clock.now()) {
    support::throw_if_interrupted();
    for (size_t i = 0; i < children.size(); ++i) {
      for (const pid_t thread : os::threads_of(children[i].pid())) {
        watch.look_at(i, children[i].pid(), thread, now);
      }
    }
    clock.sleep_for(kLook);
  }
  watch.ends(end);
  return watch.panel(title);
}

Scene sixteen_tasks(int straggler) {
  constexpr double kUnitMs = 5;
  constexpr double kWorkMs = 0.2;
  Scene scene = {.title = "sixteen", .names = {}, .tasks = {}};
  for (int i = 0; i < 16; ++i) {
    const double wait =
        bodies::delay_units(i) * kUnitMs * (i + 1 == straggler ? 4 : 1);
    scene.names.push_back(std::to_string(i + 1));
    scene.tasks.push_back({{kWorkMs, wait}, {kWorkMs, 0}});
  }
  return scene;
}

Panel recorded(const std::string& model, int workers, int straggler) {
  const auto models = runners::models();
  const auto found = std::find_if(
      models.begin(), models.end(),
      [&](const runners::Model& each) { return each.name == model; });
  Recorded run = record(sixteen_tasks(straggler), *found, workers);
  Panel panel = pictures::make_panel(run.model, std::move(run.names),
                                     std::move(run.slices));
  panel.caption = caption_of(panel, {});
  return panel;
}

}  // namespace

Picture draw_containers() {
  return {.name = "F4",
          .title = "the models as containers",
          .note =
              "looked at from outside; running: could run, whether it had "
              "a CPU or not",
          .unit = {},
          .panels = {watched("1  one process, one thread", 1, 1),
                     watched("2  one process, many threads", 1, 3),
                     watched("3  many processes, one thread each", 3, 1),
                     watched("4  many processes, many threads each", 2, 2)},
          .questions = {}};
}

Picture draw_sixteen() {
  constexpr int kStraggler = 13;
  return {
      .name = "sixteen",
      .title = "sixteen tasks that mostly wait",
      .note = "with processes, task 13 comes late",
      .unit = {},
      .panels = {recorded("single", 0, 0), recorded("processes", 2, kStraggler),
                 recorded("processes", 4, kStraggler),
                 recorded("threads", 2, 0), recorded("threads", 4, 0)},
      .questions = {}};
}

}  // namespace demos

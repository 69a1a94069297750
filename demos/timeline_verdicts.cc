#include "demos/timeline_verdicts.h"

#include <algorithm>
#include <string_view>

#include "scheduler/clock.h"

namespace demos {

namespace {

using support::fixed;
using support::Verdicts;

// Less than this are the borders of bars: a task that loses its CPU for a
// moment is not seen to, and on a busy machine there are many such moments.
constexpr double kNothing = 0.05;
constexpr double kMuch = 0.5;

std::string percent(double share) {
  return fixed(100 * share, 0) + " %";
}

std::string ms(double seconds) {
  return fixed(seconds * 1e3, 0) + " ms";
}

const Run* find(const std::vector<Run>& runs, std::string_view model) {
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const Run& each) {
    return each.model == model;
  });
  return run == runs.end() ? nullptr : &*run;
}

std::string shown(bool seen, std::string_view word) {
  return std::string(seen ? word : "not shown") + ": ";
}

void judge_parallel(const Run& run, int cpus, Verdicts& verdicts) {
  const Numbers& numbers = run.numbers;
  if (cpus > 1) {
    verdicts.add(
        "C-001",
        shown(numbers.on_cpu > kNothing && numbers.cpus.size() > 1, "found") +
            run.recorded.model + ": two or more on a CPU for " +
            percent(numbers.on_cpu) + " of the time, on " +
            std::to_string(numbers.cpus.size()) + " CPUs");
  }
  verdicts.add(
      "C-002",
      shown(cpus > 1 ? numbers.on_cpu > kMuch : numbers.on_cpu < kNothing,
            "imprecise") +
          "with " + std::to_string(cpus) + (cpus == 1 ? " CPU " : " CPUs ") +
          percent(numbers.on_cpu) +
          " on-CPU overlap; but vector lanes, hardware threads and devices "
          "are parallel within one");
  verdicts.add("C-018", shown(numbers.most_on_cpu <= cpus, "found") +
                            run.recorded.model + ": at most " +
                            std::to_string(numbers.most_on_cpu) +
                            " at a time on " + std::to_string(cpus) +
                            (cpus == 1 ? " CPU" : " CPUs"));
}

void judge_work(const std::vector<Run>& runs, int cpus, Verdicts& verdicts) {
  if (const Run* const processes = find(runs, "processes")) {
    judge_parallel(*processes, cpus, verdicts);
  }
  const Run* const threads = find(runs, "threads");
  const Run* const with_gil = find(runs, "threads_gil");
  // Alive together and never on a CPU together: concurrent, not parallel.
  if (const Run* const turns = cpus == 1 ? threads : with_gil) {
    const Numbers& numbers = turns->numbers;
    const bool seen = numbers.lifetimes > kMuch && numbers.on_cpu < kNothing;
    const std::string text = turns->recorded.model + ": lifetime overlap " +
                             percent(numbers.lifetimes) + ", on-CPU overlap " +
                             percent(numbers.on_cpu);
    verdicts.add("C-003", shown(seen, "found") + text);
    verdicts.add("C-004", shown(seen, "found") + text);
  }
  if (threads != nullptr && with_gil != nullptr) {
    const double free = threads->numbers.on_cpu;
    const double locked = with_gil->numbers.on_cpu;
    verdicts.add("C-043",
                 shown(free > kMuch && locked < kNothing, "imprecise") +
                     "one after the other only under the lock: on-CPU "
                     "overlap " +
                     percent(locked) + " with it, " + percent(free) +
                     " without");
  }
}

void judge_zoom(const Run& run, Verdicts& verdicts) {
  const auto& slices = run.recorded.slices;
  constexpr double kFar = 0.05;
  // A turn may be as short as 1.5 ms: at a millisecond a column most columns
  // hold the end of one and the beginning of the next.
  constexpr double kNear = 0.0001;
  const double far = share_with_two(slices, scheduler::seconds(kFar));
  const double near = share_with_two(slices, scheduler::seconds(kNear));
  verdicts.add("C-015", shown(far > kMuch && near < far / 2, "found") +
                            run.recorded.model + ": at " + ms(kFar) +
                            " a column, two run in " + percent(far) +
                            " of them; at " + fixed(kNear * 1e3, 1) +
                            " ms in " + percent(near));
}

// Who ended when, by name.
std::string ends_of(const Run& run) {
  std::string text;
  for (const size_t lane : run.numbers.ends) {
    text += (text.empty() ? "" : ", ") + run.recorded.names[lane];
  }
  return text;
}

std::string lengths(const std::vector<Run>& runs) {
  std::string text;
  for (const Run& run : runs) {
    text += (text.empty() ? "" : "; ") + run.recorded.model + " " +
            ms(run.numbers.seconds);
  }
  return text;
}

void judge_waits(const Scene& scene, const std::vector<Run>& runs,
                 Verdicts& verdicts) {
  std::string factors;
  for (const Run& run : runs) {
    factors += (factors.empty() ? "" : ", ") + run.recorded.model + " " +
               fixed(run.numbers.waited_s / run.numbers.seconds, 1);
  }
  verdicts.add("C-059",
               "found: overlap factor (sum of waits / wall time): " + factors);
  const Run* const single = find(runs, "single");
  const Run* const threads = find(runs, "threads");
  const Run* const async = find(runs, "async");
  if (threads != nullptr) {
    const Numbers& numbers = threads->numbers;
    verdicts.add("C-053", shown(numbers.most_waiting > 1, "imprecise") +
                              "each thread waits for " +
                              percent(numbers.waited_s / numbers.lived_s) +
                              " of its life; the process waits for " +
                              std::to_string(numbers.most_waiting) +
                              " at a time");
  }
  if (async != nullptr && async->numbers.own_switches > 0) {
    verdicts.add("C-069", shown(async->numbers.filled > 0, "found") +
                              "async: while one waits, another one runs for " +
                              percent(async->numbers.filled) + " of the time");
  }
  if (single != nullptr && async != nullptr && scene.tasks.size() == 4) {
    verdicts.add("C-221", "found: " + std::to_string(scene.tasks.size()) +
                              " waits take " + ms(single->numbers.seconds) +
                              " in a row (their sum is " +
                              ms(single->numbers.waited_s) + "), " +
                              ms(async->numbers.seconds) + " together");
  }
  if (scene.tasks.size() == 16) {
    for (const std::string_view model : {"single", "processes", "threads"}) {
      std::vector<Run> same;
      std::copy_if(runs.begin(), runs.end(), std::back_inserter(same),
                   [&](const Run& run) { return run.model == model; });
      if (!same.empty()) {
        verdicts.add(model == "single"      ? "C-218"
                     : model == "processes" ? "C-219"
                                            : "C-220",
                     "found: 16 tasks: " + lengths(same));
      }
    }
  }
  if (scene.title == "three_ops" && async != nullptr) {
    verdicts.add("C-217",
                 "found: asked for API, timeout, database; async has "
                 "the answers in the order " +
                     ends_of(*async) + " after " + ms(async->numbers.seconds) +
                     (single == nullptr
                          ? ""
                          : ", single after " + ms(single->numbers.seconds)));
  }
}

}  // namespace

void judge(const Scene& scene, const std::vector<Run>& runs, int cpus,
           bool zoom, Verdicts& verdicts) {
  if (scene.title == "work") {
    judge_work(runs, cpus, verdicts);
  } else {
    judge_waits(scene, runs, verdicts);
  }
  const Run* const threads = find(runs, "threads");
  const Run* const async = find(runs, "async");
  if (zoom && threads != nullptr) {
    judge_zoom(*threads, verdicts);
  }
  if (threads != nullptr && async != nullptr) {
    const auto switches = [](const Numbers& numbers) {
      return std::to_string(numbers.own_switches) + " by the task, " +
             std::to_string(numbers.forced_switches) + " by the system";
    };
    verdicts.add("C-115", "found: who decided the switches: threads " +
                              switches(threads->numbers) + "; async " +
                              switches(async->numbers));
  }
}

}  // namespace demos

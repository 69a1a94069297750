#include "demos/to_thread_report.h"

#include <unistd.h>

#include <algorithm>

#include "demos/support/report.h"
#include "demos/support/statistics.h"

namespace demos {

namespace {

std::string ms(double milliseconds) {
  return support::fixed(milliseconds, 1) + " ms";
}

}  // namespace

double Run::late() const {
  return support::spread_of(gaps_ms).median -
         1000 * scheduler::in_seconds(kPeriod);
}

std::vector<std::string> histogram(const Run& run) {
  const double period = 1000 * scheduler::in_seconds(kPeriod);
  std::vector<std::string> cells;
  double low = 0;
  for (const double high : {1.0, 4.0, 20.0, 1e9}) {
    cells.push_back(std::to_string(
        std::count_if(run.gaps_ms.begin(), run.gaps_ms.end(), [&](double gap) {
          return gap - period < high && (low == 0 || gap - period >= low);
        })));
    low = high;
  }
  return cells;
}

std::string judge(const std::map<std::string, Run>& runs) {
  support::Verdicts verdicts;
  const auto run_of = [&](const char* name) {
    const auto found = runs.find(name);
    return found == runs.end() ? nullptr : &found->second;
  };
  const Run* const none = run_of("none blocks");
  const Run* const thread = run_of("thread blocks");
  const Run* const computing = run_of("thread computes");
  const Run* const process = run_of("process computes");
  if (none != nullptr && thread != nullptr) {
    verdicts.add(
        "C-108",
        (thread->longest() < none->longest() ? "true: " : "not shown: ") +
            ("the longest gap is " + ms(none->longest()) +
             " when the loop calls what blocks, " + ms(thread->longest()) +
             " when a helper does"));
  }
  if (thread != nullptr) {
    const bool other = thread->place.second != gettid();
    verdicts.add(
        "C-109",
        "found: " + support::fixed(scheduler::in_seconds(thread->total), 2) +
            " s, threads of the process: " + std::to_string(thread->threads));
    verdicts.add("C-110", (other ? "true: the work ran in another thread"
                                 : "false: the work ran in the loop's thread") +
                              std::string(thread->place.first == getpid()
                                              ? " of the same process"
                                              : " of another process"));
  }
  if (computing != nullptr && process != nullptr) {
    verdicts.add(
        "C-111",
        (process->late() < computing->late() ? "true: " : "not shown: ") +
            ("under a global lock a beat is late by " + ms(computing->late()) +
             " beside a thread that computes, by " + ms(process->late()) +
             " beside a process (medians)"));
  }
  return verdicts.text();
}

}  // namespace demos

// demos/to_thread_report.h - how regularly a heart has beaten.
//
// CONCEPT     A loop that serves others can be heard: a task of it beats, and
//             every gap between two beats that is longer than the period is
//             time in which nobody was served. The longest gap tells of what
//             blocks; the median tells of what has to be shared all the time.
//             [C-108] [C-111]
// THREADS     One.
// OWNERSHIP   Values.
#ifndef DEMOS_TO_THREAD_REPORT_H_
#define DEMOS_TO_THREAD_REPORT_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/clock.h"

namespace demos {

constexpr scheduler::Duration kPeriod = std::chrono::milliseconds(10);

// In which process and thread the work ran.
using Place = std::pair<pid_t, pid_t>;

struct Run {
  std::vector<double> gaps_ms;  // between beats, sorted
  scheduler::Duration total{};
  Place place;
  size_t threads = 0;

  double longest() const { return gaps_ms.back(); }
  // By how much a gap exceeds the period, in the median.
  double late() const;
};

// How many gaps are longer than the period by less than 1 ms, by 1 to 4, by 4
// to 20, by more.
std::vector<std::string> histogram(const Run& run);

// The verdicts on runs called "none blocks", "thread blocks", "thread
// computes", "process computes"; what is not there is not judged.
std::string judge(const std::map<std::string, Run>& runs);

}  // namespace demos

#endif  // DEMOS_TO_THREAD_REPORT_H_

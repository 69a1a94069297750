// demos/snippets/stopwatch.h - how long something took, with two decimals.
//
// CONCEPT     Two readings of a clock that nobody can set, and their
//             difference. [C-190]
// IN PYTHON   time.perf_counter(), f"{elapsed:.2f}"
// THREADS     Any.
// OWNERSHIP   A value.
#ifndef DEMOS_SNIPPETS_STOPWATCH_H_
#define DEMOS_SNIPPETS_STOPWATCH_H_

#include <string>

#include "demos/support/report.h"
#include "scheduler/clock.h"

namespace demos::snippets {

class Stopwatch {
 public:
  std::string elapsed() const {
    return support::fixed(scheduler::in_seconds(clock_.now() - start_), 2);
  }

 private:
  const scheduler::Clock& clock_ = scheduler::SteadyClock::instance();
  const scheduler::TimePoint start_ = clock_.now();
};

}  // namespace demos::snippets

#endif  // DEMOS_SNIPPETS_STOPWATCH_H_

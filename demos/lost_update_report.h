// demos/lost_update_report.h - what a table of counters allows to be said.
//
// CONCEPT     A verdict needs the rows that it compares, and says nothing where
//             one of them was not asked for. What is claimed of all schedules
//             comes from a search; what is claimed of a run, from the run.
// THREADS     Values.
// OWNERSHIP   Owns nothing.
#ifndef DEMOS_LOST_UPDATE_REPORT_H_
#define DEMOS_LOST_UPDATE_REPORT_H_

#include <cstdint>
#include <map>
#include <string>

#include "demos/support/report.h"

namespace demos {

struct Counted {
  int64_t got = 0;
  double ns = 0;   // for each increment
  int rounds = 0;  // until one was lost, where that depends on luck
};

// Under the name of the way in which they were counted.
using Results = std::map<std::string, Counted>;

// Of two threads (or tasks) together, and of one alone.
void judge_counters(const Results& together, const Results& alone,
                    int64_t expected, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_LOST_UPDATE_REPORT_H_

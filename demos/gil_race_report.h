// demos/gil_race_report.h - who has won, and by how much.
//
// CONCEPT     Two numbers tell a race: the speed-up, time of one thread over
//             time of many, and the utilisation, CPU time over time. Threads
//             that take turns have 1 and 100 %, whatever their number; n that
//             run at once have n and n times 100 %, up to the number of CPUs.
//             [C-135] [C-149] [C-157]
// THREADS     One.
// OWNERSHIP   Values.
#ifndef DEMOS_GIL_RACE_REPORT_H_
#define DEMOS_GIL_RACE_REPORT_H_

#include <string>
#include <vector>

namespace demos {

struct RaceRun {
  double seconds;
  double cpu_seconds;
};

struct RaceRow {
  int processes;
  int threads;  // of each process
  bool under_gil;
  std::vector<RaceRun> runs = {};

  // Noise only ever adds, so the least of all runs counts.
  double seconds() const;
  double cpu_seconds() const;
  double utilisation() const;  // of the quickest
};

struct Race {
  int cpus;
  std::vector<RaceRow> rows = {};
  // Locks, each of another process, whose holders were to meet.
  int locks = 0;
  bool holders_met = false;
};

std::string table_of(const Race& race);

// What the rows show; what is not among them is not judged.
std::string judge(const Race& race);

}  // namespace demos

#endif  // DEMOS_GIL_RACE_REPORT_H_

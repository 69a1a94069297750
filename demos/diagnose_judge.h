// demos/diagnose_judge.h - what may be said of a command, if anything.
//
// CONCEPT     The rule of scheduler/choose.h answers whatever it is asked. But
//             a run of 20 ms was looked at twice, and where others had the CPU
//             most of the time a share of it is a guess. So the judgement comes
//             first, the same for one command and for a table of them.
//             [C-198] [C-199] [C-200] [C-201]
// INVARIANTS  I1. A run that was too short has no advice.
//             I2. On a machine that was too busy no share of time is `clear`.
// THREADS     Any: functions of their arguments.
// OWNERSHIP   A Judgement points into the table.
// ERRORS      None.
// READ NEXT   demos/diagnose.cc
#ifndef DEMOS_DIAGNOSE_JUDGE_H_
#define DEMOS_DIAGNOSE_JUDGE_H_

#include <optional>
#include <string>

#include "demos/diagnose_lookout.h"
#include "scheduler/choose.h"

namespace demos {

struct Rule {
  scheduler::DecisionTable table = scheduler::documents_table();
  int shortest_ms = 50;
};

struct Judgement {
  std::optional<scheduler::Choice> choice;  // nothing: too short [I1]
  bool too_busy = false;

  // "CPU-bound -> processes; borderline: perhaps ..."
  std::string advice() const;
};

Judgement judge(const Watched& watched, const Rule& rule);

// How far a value is from its threshold: clear, borderline, too busy. [I2]
std::string margin(const scheduler::Criterion& criterion,
                   const Watched& watched);

}  // namespace demos

#endif  // DEMOS_DIAGNOSE_JUDGE_H_

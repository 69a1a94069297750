// scheduler/choose.h - which way to run a program: the documents' rule, as one
// table.
//
// CONCEPT     The documents end in a piece of advice: who computes takes
//             processes, who waits long or for many takes async, who waits
//             briefly takes threads, and who reads only local files needs none
//             of them. Written there as nested conditions it has two else
//             branches for one `if`. As a table it has rows, and the first one
//             that holds wins:
//
//               only local files, and own code not busy   ->  single
//               CPU busy                                  ->  processes
//               long waits, or many connections           ->  async
//               (otherwise)                               ->  threads
//
//             The picture is drawn from the table and the questions are read
//             from it, so neither can say something else.
//             [C-198] [C-199] [C-200] [C-201] [C-202] [C-203] [C-204]
// IN PYTHON   the last code sample of the documents: if io_bound: ...
// INVARIANTS  I1. Every combination of answers leads to exactly one row: the
//                 last one asks nothing.
//             I2. A criterion is asked only if the choice depends on it.
// THREADS     Any: functions of their arguments.
// OWNERSHIP   A Choice points into the table it was made from.
// ERRORS      None.
// LEFT OUT    Mixed programs: each part deserves an answer of its own. Memory
//             that is waited for counts as CPU time, as the system counts it.
// READ NEXT   demos/decide.cc asks a person, demos/diagnose.cc a running
//             program
#ifndef SCHEDULER_CHOOSE_H_
#define SCHEDULER_CHOOSE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace scheduler {

// What the rule wants to know of a program. A yes is 1, a no is 0.
struct Facts {
  double only_files = 0;  // it waits for local files and for nothing else
  double user_share = 0;  // time in its own code / wall time
  double cpu_share = 0;   // the same with what the system does for it
  double mean_wait_ms = 0;
  double connections = 0;  // open at the same time
};

struct Criterion {
  std::string_view name;      // "cpu-share", as flags and reports call it
  std::string_view text;      // "CPU time / wall", as the picture says it
  std::string_view question;  // for a person
  double Facts::*value;
  enum class Kind { kYes, kBelow, kAtLeast } kind;
  double threshold;       // of kBelow and kAtLeast
  std::string_view unit;  // " ms"

  bool holds(double measured) const {
    return kind == Kind::kBelow ? measured < threshold : measured >= threshold;
  }
  // So near to the threshold (a tenth of it) that another run may fall on the
  // other side.
  bool is_borderline(double measured) const;
  // "CPU time / wall >= 0.8"
  std::string condition() const;
};

struct Row {
  std::string_view program;     // "CPU-bound"
  std::string_view advice;      // "processes"
  std::string_view concept_id;  // "C-198"
  enum class Join { kAll, kAny } join;
  std::vector<size_t> criteria;  // places in DecisionTable::criteria
};

struct DecisionTable {
  std::vector<Criterion> criteria;
  std::vector<Row> rows;
};

// The rule of the documents, with thresholds where they have adjectives.
DecisionTable documents_table();

struct Answer {
  const Criterion* criterion;
  bool holds;
};

struct Choice {
  const Row* row;
  std::vector<Answer> asked;  // in this order
  // Where the choice would have ended had one borderline criterion fallen on
  // its other side; rows that give the same advice are left out.
  std::vector<const Row*> nearby;
};

// Asks `ask` until a row holds. [I2]
Choice choose(const DecisionTable& table,
              const std::function<bool(const Criterion&)>& ask);

// The same for facts that are known already.
Choice choose(const DecisionTable& table, const Facts& facts);

// "a >= 0.8 and b < 10"; empty for the last row, which asks nothing.
std::string condition_of(const DecisionTable& table, const Row& row);

// The table as a flow chart.
std::string draw(const DecisionTable& table);

}  // namespace scheduler

#endif  // SCHEDULER_CHOOSE_H_

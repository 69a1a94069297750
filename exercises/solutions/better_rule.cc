#include "exercises/better_rule.h"

#include <cstddef>

namespace exercises {

// A third of the time it computes: alone it looks like one that waits. But all
// tasks together want seven CPUs, and one loop has one.
Case counterexample() {
  return {
      .program = {.tasks = 200, .rounds = 10, .compute_ms = 10, .wait_ms = 20},
      .cpus = 8};
}

// Overlapped, the tasks take as long as their computing, in a row; dealt out to
// the CPUs, as long as everything by so many. The latter is less where they
// compute for more than 1 / CPUs of their time.
scheduler::DecisionTable better_rule(int cpus) {
  scheduler::DecisionTable table = scheduler::documents_table();
  const size_t added = table.criteria.size();
  table.criteria.push_back({.name = "cpus-wanted",
                            .text = "CPU time / wall",
                            .question = "Do all of its tasks together want "
                                        "more CPUs than there are?",
                            .value = &scheduler::Facts::cpu_share,
                            .kind = scheduler::Criterion::Kind::kAtLeast,
                            .threshold = 1.0 / cpus,
                            .unit = ""});
  // After local files and those who only compute.
  table.rows.insert(table.rows.begin() + 2,
                    {.program = "mixed, but CPU-bound together",
                     .advice = "processes",
                     .concept_id = "C-198",
                     .join = scheduler::Row::Join::kAll,
                     .criteria = {added}});
  return table;
}

}  // namespace exercises

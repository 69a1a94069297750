// demos/pool_map_rows.h - which worker had which item, and when.
#ifndef DEMOS_POOL_MAP_ROWS_H_
#define DEMOS_POOL_MAP_ROWS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "scheduler/clock.h"

namespace demos {

// What a worker sends back. The clock is the machine's, so times of different
// processes compare.
struct Done {
  int64_t value = 0;
  pid_t worker = 0;
  scheduler::TimePoint begin{};
  scheduler::TimePoint end{};
};

// A row for each worker: # while it has an item, . while it has none.
std::string rows_of(const std::vector<Done>& all, int workers);

// From the first begin to the last end.
scheduler::Duration span_of(const std::vector<Done>& all);

size_t workers_in(const std::vector<Done>& all);

// How many ended before one that stands earlier in the list.
size_t overtakers_in(const std::vector<Done>& all);

}  // namespace demos

#endif  // DEMOS_POOL_MAP_ROWS_H_

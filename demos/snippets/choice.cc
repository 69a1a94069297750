#include <string_view>

#include "demos/snippets/print.h"
#include "scheduler/choose.h"

std::string_view choose(bool io_bound, bool very_slow) {
  static const auto rule = scheduler::documents_table();
  const scheduler::Facts facts = {.cpu_share = io_bound ? 0.1 : 1.0,
                                  .mean_wait_ms = very_slow ? 50.0 : 0.1};
  return scheduler::choose(rule, facts).row->advice;
}

int main() {
  for (const bool io_bound : {true, false}) {
    for (const bool very_slow : {true, false}) {
      demos::snippets::print(io_bound, very_slow, choose(io_bound, very_slow));
    }
  }
}

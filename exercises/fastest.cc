#include "exercises/fastest.h"

namespace exercises {

// What is here is true, and says nothing.
scheduler::Duration fastest(const scheduler::cpu_sim::Workload& /*jobs*/,
                            int /*cpus*/) {
  return scheduler::Duration::zero();
}

}  // namespace exercises

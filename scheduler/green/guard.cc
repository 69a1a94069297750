#include "scheduler/green/guard.h"

#include <cerrno>

namespace scheduler::green {

void Guard::make_up_for_missed_tick() {
  const int saved_errno = errno;  // the guarded call may have set it
  // Another tick may fall between the last line of the loop and its condition.
  while (holds.tick_missed != 0 && holds.count == 0) {
    holds.count = 1;
    if (holds.switch_now != nullptr) {
      holds.switch_now(true);
    } else {
      holds.tick_missed = 0;
    }
    holds.count = 0;
  }
  errno = saved_errno;
}

}  // namespace scheduler::green

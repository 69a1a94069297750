#include "exercises/schedules.h"

#include <algorithm>

#include "gil_sim/examples.h"

namespace exercises {

std::string breaking(int level) {
  switch (level) {
    case 1:
      return "ABAAABBB";  // both have loaded before either stores
    case 3:
      return "ABAB";  // the same, and the call is where a switch may come
    default:
      return "AB";  // each has one lock and wants the other
  }
}

// The lock is inside the loop: what has to be whole is one lap.
std::string mended_counter(int laps) {
  using namespace gil_sim::examples;
  return program("A B", repeated(laps, locked(kIncrement)), 2 * laps);
}

// Who waits has none of the locks behind the one he waits for, so nobody waits
// in a circle.
std::vector<std::vector<int>> mended_order(
    std::vector<std::vector<int>> wanted) {
  for (std::vector<int>& locks : wanted) {
    std::sort(locks.begin(), locks.end());
  }
  return wanted;
}

}  // namespace exercises

#include "exercises/schedules.h"

#include "gil_sim/examples.h"

namespace exercises {

// What is here lets A go on for four steps, then B: no harm is done.
std::string breaking(int /*level*/) {
  return "AAAABBBB";
}

std::string mended_counter(int laps) {
  using namespace gil_sim::examples;
  return program("A B", repeated(laps, kIncrement), 2 * laps);
}

std::vector<std::vector<int>> mended_order(
    std::vector<std::vector<int>> wanted) {
  return wanted;
}

}  // namespace exercises

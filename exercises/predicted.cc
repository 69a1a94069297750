#include "exercises/predicted.h"

#include <numeric>

namespace exercises {

// What is here is the column `single`: one after the other.
double sleeping_by_pool(const std::vector<double>& waits, int /*workers*/) {
  return std::accumulate(waits.begin(), waits.end(), 0.0);
}

double writing_by_helper(const std::vector<int>& /*letters*/, double hop) {
  return hop;
}

double fetching(int requests, int /*at_once*/, double latency,
                double /*rate*/) {
  return requests * latency;
}

}  // namespace exercises

#include "exercises/predicted.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace exercises {

// Each chunk goes to the worker who is free first, and is not cut any more. So
// the last ones to end are not all equally late.
double sleeping_by_pool(const std::vector<double>& waits, int workers) {
  std::vector<double> free_at(static_cast<size_t>(workers));
  const size_t chunk =
      (waits.size() + 4 * free_at.size() - 1) / (4 * free_at.size());
  for (size_t first = 0; first < waits.size(); first += chunk) {
    const auto begin = waits.begin() + static_cast<ptrdiff_t>(first);
    const auto end =
        begin + static_cast<ptrdiff_t>(std::min(chunk, waits.size() - first));
    double& earliest = *std::min_element(free_at.begin(), free_at.end());
    earliest = std::accumulate(begin, end, earliest);
  }
  return *std::max_element(free_at.begin(), free_at.end());
}

// All hops are made by one thread, whoever asks for them.
double writing_by_helper(const std::vector<int>& letters, double hop) {
  return hop * std::accumulate(letters.begin(), letters.end(), 0.0);
}

// Whichever of the two is the bottleneck: the client's turns, or the server.
double fetching(int requests, int at_once, double latency, double rate) {
  const int turns = (requests + at_once - 1) / at_once;
  return std::max(turns * latency, requests / rate);
}

}  // namespace exercises

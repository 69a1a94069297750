// demos/support/statistics.h - what may be said of a few measured numbers.
//
// CONCEPT     One run is an anecdote. The median of several does not follow a
//             single disturbed run as the mean does, and the range beside it
//             shows how far runs differ: two medians whose ranges overlap are
//             not different. [C-193]
// IN PYTHON   statistics.median, min, max
// INVARIANTS  I1. low <= median <= high.
// THREADS     Functions of their arguments.
// OWNERSHIP   Owns nothing.
// ERRORS      No samples is a bug in the caller: assert.
// LEFT OUT    Deviation and confidence: with three to five runs they would
//             claim more than the numbers carry.
// READ NEXT   demos/support/report.h
#ifndef DEMOS_SUPPORT_STATISTICS_H_
#define DEMOS_SUPPORT_STATISTICS_H_

#include <algorithm>
#include <cassert>
#include <vector>

namespace demos::support {

struct Spread {
  double median = 0;
  double low = 0;
  double high = 0;
};

// Of an even number of samples the median is the mean of the middle two.
inline Spread spread_of(std::vector<double> samples) {
  assert(!samples.empty() && "a spread needs at least one sample");
  std::sort(samples.begin(), samples.end());
  const size_t middle = samples.size() / 2;
  const double median = samples.size() % 2 == 1
                            ? samples[middle]
                            : (samples[middle - 1] + samples[middle]) / 2;
  return {.median = median, .low = samples.front(), .high = samples.back()};
}

// True if the ranges overlap: the samples do not tell the two apart.
inline bool within_noise(const Spread& a, const Spread& b) {
  return a.low <= b.high && b.low <= a.high;
}

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_STATISTICS_H_

#include "demos/matrix/claims.h"

#include <array>

#include "demos/bodies/experiment.h"
#include "demos/support/report.h"
#include "demos/support/statistics.h"

namespace demos::matrix {

namespace {

using support::fixed;

struct Claim {
  int test;
  const char* concept_id;
  const char* quicker;
  const char* slower;
  const char* if_so;
};

constexpr std::array kClaims = {
    Claim{2, "C-119", "nonblocking", "single",
          "wrong: one thread with poll() waits for all requests at once, and "
          "has neither a loop nor a coroutine"},
    Claim{2, "C-125", "loops_in_processes", "processes",
          "true: each worker waits for a whole share at once, not for one "
          "request"},
    Claim{2, "C-147", "processes_x_threads", "processes",
          "true: each worker waits with many threads, not with one"},
    Claim{4, "C-078", "loops", "async",
          "true: one loop has one CPU, a loop for each has all"},
    Claim{4, "C-125", "loops_in_processes", "async",
          "true: a loop in each process has a CPU in each"},
    Claim{4, "C-147", "processes_x_threads", "threads_gil",
          "true: the threads of one process share its lock, those of two do "
          "not"},
    Claim{4, "C-206", "async_offload", "async",
          "true: async computes on one CPU until the work is sent away"},
};

std::string seconds_of(const Row& row) {
  return row.model + " " + fixed(row.seconds.median, 3) + " s";
}

std::string conclusion(const MeasuredTest& test, const Claim& claim,
                       const Row& quicker, const Row& slower) {
  const std::string figures =
      " (" + seconds_of(quicker) + ", " + seconds_of(slower) + ")";
  if (test.runs == 1) {
    return "not judged: one run" + figures;
  }
  const bool shown = test.told_apart(quicker, slower) &&
                     kClear * quicker.seconds.median <= slower.seconds.median;
  return (shown ? claim.if_so : "not seen in this run") + figures;
}

}  // namespace

std::string claims_of(const MeasuredTest& test) {
  support::Verdicts verdicts;
  for (const Claim& claim : kClaims) {
    const Row* const quicker = test.find(claim.quicker);
    const Row* const slower = test.find(claim.slower);
    if (claim.test == test.experiment.number && quicker != nullptr &&
        slower != nullptr) {
      verdicts.add(claim.concept_id,
                   conclusion(test, claim, *quicker, *slower));
    }
  }
  return verdicts.text();
}

}  // namespace demos::matrix

// tests/support/quiet_machine.h - for tests that compare times of this machine.
//
// CONCEPT     A ratio of two times is a promise only where nobody else has the
//             CPUs meanwhile. So such a test first asks what two CPUs are worth
//             to two threads: 2 if both are whole and ours, less if a
//             neighbour, a host or a sibling on the same core has a share. An
//             attempt that misses is repeated; three misses count if the CPUs
//             were ours before and after each of them, otherwise nothing is
//             proved and the test is skipped with the worth it saw.
// THREADS     The test's.
// OWNERSHIP   Owns nothing.
// READ NEXT   tests/demos/matrix_ratios_test.cc
#ifndef TESTS_SUPPORT_QUIET_MACHINE_H_
#define TESTS_SUPPORT_QUIET_MACHINE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "demos/support/machine.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace tests {

// Work of fixed size, by the clock and not by CPU time: two hardware threads of
// one core get CPU time as two CPUs do, and less done.
inline void multiply() {
  uint64_t a = 3, b = 5, c = 7, d = 9;
  for (int i = 0; i < 60'000'000; ++i) {
    a *= 3;
    b *= 5;
    c *= 7;
    d *= 9;
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));  // keeps the loop
  }
}

inline double seconds_of_threads(int count) {
  auto& clock = scheduler::SteadyClock::instance();
  const auto begin = clock.now();
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back(multiply);
  }
  threads.clear();
  return scheduler::in_seconds(clock.now() - begin);
}

// How much faster two threads do the work of two than one would.
inline double worth_of_two_cpus() {
  const double one = seconds_of_threads(1);
  return 2 * one / seconds_of_threads(2);
}

class QuietMachine : public testing::Test {
 protected:
  void SetUp() override {
    if (demos::support::usable_cpus() < 2) {
      GTEST_SKIP() << "one CPU: nothing can run in parallel";
    }
    if (const double worth = worth_of_two_cpus(); worth < kOurs) {
      GTEST_SKIP() << "busy machine: two CPUs are worth " << worth;
    }
  }

  // `attempt` gives what it missed, or nothing.
  template <class Attempt>
  void expect_soon(Attempt attempt) {
    std::string missed;
    double worth = worth_of_two_cpus();
    for (int tries = 0; tries < 3; ++tries) {
      missed = attempt();
      if (missed.empty() || HasFailure()) {
        return;
      }
      worth = std::min(worth, worth_of_two_cpus());
    }
    if (worth < kOurs) {
      GTEST_SKIP() << "busy machine: two CPUs are worth " << worth << "; "
                   << missed;
    }
    ADD_FAILURE() << missed << "; two CPUs are worth " << worth;
  }

 private:
  static constexpr double kOurs = 1.85;
};

}  // namespace tests

#endif  // TESTS_SUPPORT_QUIET_MACHINE_H_

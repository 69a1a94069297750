// tests/faults/fault_runs.h - one scenario, many bad days.
//
// CONCEPT     A scenario is a small real use of a component that checks its
//             own result. It is run under one FaultPlan after the other, each
//             with its own seed, from days on which every fourth call fails to
//             days with one fault in a thousand. Each run ends in one of two
//             ways: with the right result, or with a std::system_error that
//             begins with the name of a call which the component's header
//             names, for a reason that the plan gave. After each of them
//             everything is back; none lasts for ever.
//
//               Days days({"pipe2", "fork"});
//               days.run(100, [] { ... });
//
//             A seed that fails is printed, and this repeats its day alone:
//
//               bazel test //tests/faults:ipc_faults_test
//                 --test_filter=IpcFaults.APipe... --test_env=FAULT_SEED=123
//
//             FAULT_TIMES says how many times as many days there are to be:
//             the soak tests of this folder set it.
// INVARIANTS  I1. A day without a failure and one with a refusal have both
//                 been seen, or the scenario proves nothing and fails.
// THREADS     The test's. A timer watches over it: a day that takes longer
//             than half a minute ends the process with the seed on standard
//             error.
// OWNERSHIP   Owns the plan of the day.
// READ NEXT   tests/faults/os_faults_test.cc
#ifndef TESTS_FAULTS_FAULT_RUNS_H_
#define TESTS_FAULTS_FAULT_RUNS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace tests {

class Days {
 public:
  // The calls by which a scenario may be refused; none: it always succeeds.
  explicit Days(std::vector<std::string> refusable)
      : refusable_(std::move(refusable)) {}

  // So many, or as the environment says.
  void run(unsigned count, const std::function<void()>& scenario);

 private:
  void run_day(uint64_t seed, const std::function<void()>& scenario);
  // Why this error is none that a caller was told to expect; empty if it is.
  std::string objection_to(const std::system_error& error, bool given) const;

  const std::vector<std::string> refusable_;
  unsigned successes_ = 0;
  unsigned refusals_ = 0;
  size_t faults_ = 0;
};

}  // namespace tests

#endif  // TESTS_FAULTS_FAULT_RUNS_H_

// The promises of ipc/wait.h.
#include "ipc/wait.h"

#include <cerrno>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/connection.h"
#include "ipc/pipe.h"
#include "scheduler/clock.h"
#include "tests/ipc/interruptions.h"
#include "tests/ipc/refusal.h"

namespace ipc {
namespace {

using scheduler::seconds;

// PROC-11
TEST(Wait, ReturnsExactlyThoseThatAreReadyOrAtTheirEnd) {
  auto [quiet_a, quiet_b] = make_pipe();
  auto [full_a, full_b] = make_pipe();
  auto [ended_a, ended_b] = make_pipe();
  full_a.send(1);
  ended_a.close();
  EXPECT_EQ(wait({quiet_b, full_b, ended_b}), (std::vector<size_t>{1, 2}));
  EXPECT_EQ(wait({quiet_b, full_b}, seconds(0)), (std::vector<size_t>{1}));
}

// PROC-11
TEST(Wait, ReturnsNothingWhenTheTimeIsOver) {
  auto [a, b] = make_pipe();
  EXPECT_EQ(wait({a, b}, seconds(0)), std::vector<size_t>());
  const auto before = scheduler::SteadyClock::instance().now();
  EXPECT_EQ(wait({a, b}, seconds(0.02)), std::vector<size_t>());
  EXPECT_GE(scheduler::SteadyClock::instance().now() - before, seconds(0.02));
}

// PROC-14
TEST(Wait, GoesOnForTheRemainingTimeAfterASignal) {
  auto [a, b] = make_pipe();
  const Interruptions interruptions;
  const auto before = scheduler::SteadyClock::instance().now();
  EXPECT_FALSE(b.poll(seconds(0.05)));
  const auto took = scheduler::SteadyClock::instance().now() - before;
  EXPECT_GE(took, seconds(0.05));
  EXPECT_LT(took, seconds(10));  // each signal would have begun it anew
  EXPECT_GT(interruptions.count(), 1);
}

TEST(Wait, RefusesADescriptorThatIsNotOpen) {
  EXPECT_EQ(refusal([] { wait({1'000'000}, seconds(0)); }), EBADF);
}

}  // namespace
}  // namespace ipc

// The promises of loop/virtual_poller.h.
#include "loop/virtual_poller.h"

#include <chrono>
#include <optional>

#include "gtest/gtest.h"
#include "os/io.h"
#include "scheduler/clock.h"

namespace loop {
namespace {

using std::chrono::hours;

// I1
TEST(VirtualPoller, WithoutEventsItJumpsToTheEndOfTheTimeOut) {
  scheduler::ManualClock clock;
  VirtualPoller poller(clock);
  EXPECT_TRUE(poller.wait(hours(1)).empty());
  EXPECT_EQ(clock.now().time_since_epoch(), hours(1));
}

// I1
TEST(VirtualPoller, WhileADescriptorIsReadyTimeStandsStill) {
  scheduler::ManualClock clock;
  VirtualPoller poller(clock);
  const os::Pipe pipe = os::make_pipe();
  os::write_all(pipe.writer.get(), os::bytes_of("x"));
  poller.watch(pipe.reader.get(), {.read = true});
  EXPECT_EQ(poller.wait(hours(1)).size(), 1u);
  EXPECT_EQ(clock.now().time_since_epoch(), hours(0));
  EXPECT_EQ(poller.wait(std::nullopt).size(), 1u);  // I2
}

}  // namespace
}  // namespace loop

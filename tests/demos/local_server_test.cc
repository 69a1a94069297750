// The server as a program: it says where it is, and answers there.
#include <signal.h>

#include <cstdint>
#include <string>

#include "demos/support/http_client.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

constexpr const char* kServer = "demos/local_server";

TEST(LocalServer, SaysWhereItListensAndAnswersThere) {
  tests::Program program(kServer, {"--latency=30", "--body=8"});
  const std::string prefix = "listening on http://127.0.0.1:";
  ASSERT_TRUE(program.wait_for_output("/\n"));
  ASSERT_TRUE(program.output.starts_with(prefix)) << program.output;
  const auto port =
      static_cast<uint16_t>(std::stoi(program.output.substr(prefix.size())));
  auto& clock = scheduler::SteadyClock::instance();
  const auto start = clock.now();
  EXPECT_EQ(support::http_get(port, "/a").body, "/a......");
  EXPECT_GE(clock.now() - start, scheduler::seconds(0.030));
}

// The only way to end it. It is no failure, and no abort either.
TEST(LocalServer, CtrlCEndsItWithOneLineAndTheCodeOfTheSignal) {
  tests::Program program(kServer, {});
  ASSERT_TRUE(program.wait_for_output("/\n"));
  kill(program.pid(), SIGINT);
  EXPECT_EQ(program.wait(), 128 + SIGINT);
  EXPECT_EQ(program.error, "local_server: interrupted, all cleaned up\n");
}

// Slots so long that no clock could count them.
TEST(LocalServer, ARateThatIsNextToNothingIsRefused) {
  for (const char* const rate : {"--rate=1e-9", "--rate=0", "--rate=1e-300"}) {
    tests::Program program(kServer, {rate});
    EXPECT_EQ(program.wait(), 2);
    EXPECT_EQ(program.error,
              "local_server: " + std::string(rate) +
                  ": accepted: a number from 1e-06 to 1000000\n");
  }
}

TEST(LocalServer, AWrongFlagIsOneLineAndExitCodeTwo) {
  tests::Program program(kServer, {"--latency=soon"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.error,
            "local_server: --latency=soon: accepted: a number from 0 to "
            "60000\n");
}

}  // namespace
}  // namespace demos

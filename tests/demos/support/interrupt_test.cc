#include "demos/support/interrupt.h"

#include <signal.h>

#include <exception>
#include <type_traits>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

// I1
TEST(Interrupt, ASignalThrowsWhereItIsAskedFor) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const InterruptScope scope;
    EXPECT_NO_THROW(throw_if_interrupted());
    raise(signal);
    try {
      throw_if_interrupted();
      ADD_FAILURE() << "the signal was forgotten";
    } catch (const Interrupted& interrupted) {
      EXPECT_EQ(interrupted.exit_code(), 128 + signal);
    }
  }
}

TEST(Interrupt, AScopeThatEndedForgetsItsSignal) {
  {
    const InterruptScope scope;
    raise(SIGINT);
  }
  EXPECT_NO_THROW(throw_if_interrupted());
}

TEST(Interrupt, OrdinaryHandlersOfErrorsDoNotSwallowIt) {
  EXPECT_FALSE((std::is_base_of_v<std::exception, Interrupted>));
}

}  // namespace
}  // namespace demos::support

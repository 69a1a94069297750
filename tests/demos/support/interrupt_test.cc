#include "demos/support/interrupt.h"

#include <signal.h>

#include <exception>
#include <type_traits>

#include "gtest/gtest.h"
#include "os/signals.h"

namespace demos::support {
namespace {

// I1
TEST(Interrupt, ASignalThrowsWhereItIsAskedFor) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
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

// I2
TEST(Interrupt, ASignalThatWasIgnoredStaysIgnored) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    const os::ScopedSignalHandler nohup(signal, SIG_IGN);
    const InterruptScope scope;
    raise(signal);
    EXPECT_NO_THROW(throw_if_interrupted());
  }
}

TEST(Interrupt, OrdinaryHandlersOfErrorsDoNotSwallowIt) {
  EXPECT_FALSE((std::is_base_of_v<std::exception, Interrupted>));
}

}  // namespace
}  // namespace demos::support

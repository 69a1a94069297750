#include "demos/support/interrupt.h"

#include <signal.h>

namespace demos::support {

namespace {

// volatile sig_atomic_t is what a handler may write and its thread may read.
volatile sig_atomic_t came = 0;

void remember(int signal) {
  came = signal;
}

}  // namespace

InterruptScope::InterruptScope()
    : interrupt_(SIGINT, &remember),
      terminate_(SIGTERM, &remember),
      hang_up_(SIGHUP, &remember) {
  came = 0;
}

InterruptScope::~InterruptScope() {
  came = 0;
}

void throw_if_interrupted() {
  if (const int signal = came; signal != 0) {
    throw Interrupted(signal);
  }
}

}  // namespace demos::support

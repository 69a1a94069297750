#include "demos/support/run_demo.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>

#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "os/io.h"
#include "os/signals.h"
#include "os/syscall.h"
#include "scheduler/errors.h"

namespace demos::support {

namespace {

constexpr const char* kStandardOutput = "standard output";
constexpr const char* kInterrupted = "interrupted, all cleaned up";

// One write, so that no other program's words come between ours.
void complain(std::string_view name, const std::string& sentence) {
  std::cerr << std::string(name) + ": " + sentence + "\n";
}

}  // namespace

void print(std::string_view text) {
  try {
    os::write_all(STDOUT_FILENO, os::bytes_of(text));
  } catch (const std::system_error& refused) {
    if (refused.code().value() == EPIPE) {
      throw ReaderIsGone();
    }
    os::throw_error(refused.code().value(), kStandardOutput);
  }
}

int run_demo(std::string_view name, const std::function<int()>& body) {
  os::ignore_sigpipe();
  try {
    // If it is closed, the next file to be opened would take its number and
    // find our words in it.
    os::check(os::syscalls.fcntl(STDOUT_FILENO, F_GETFD, 0), kStandardOutput);
    return body();
  } catch (const ReaderIsGone&) {
    return 1;
  } catch (const Interrupted& interrupted) {
    complain(name, kInterrupted);
    return interrupted.exit_code();
  } catch (const scheduler::KeyboardInterrupt&) {  // what a loop makes of it
    complain(name, kInterrupted);
    return 128 + SIGINT;
  } catch (const std::exception& error) {
    complain(name, explained(error));
    return 1;
  }
}

}  // namespace demos::support

#include "demos/support/keys.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>

#include "demos/support/interrupt.h"
#include "os/io.h"
#include "os/signals.h"
#include "os/syscall.h"

namespace demos::support {

namespace {

constexpr char kCtrlD = 4;

}  // namespace

Keys::Keys(int fd) : fd_(fd) {
  termios setting{};
  if (tcgetattr(fd, &setting) != 0) {
    return;  // no terminal
  }
  termios raw = setting;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  raw.c_cc[VSUSP] = _POSIX_VDISABLE;
  os::check(tcsetattr(fd, TCSANOW, &raw), "tcsetattr");
  before_ = setting;
}

Keys::~Keys() {
  if (before_) {
    // A terminal that has gone needs no mending.
    [[maybe_unused]] const int ignored = tcsetattr(fd_, TCSANOW, &*before_);
  }
}

std::optional<char> Keys::next() {
  const os::ScopedSignalMask outside{SIGINT, SIGTERM, SIGHUP, SIGQUIT};  // [I2]
  for (;;) {
    throw_if_interrupted();
    pollfd input{.fd = fd_, .events = POLLIN, .revents = 0};
    if (ppoll(&input, 1, nullptr, &outside.before()) == -1) {
      if (errno != EINTR) {
        os::throw_errno("ppoll");
      }
      continue;
    }
    char key = 0;
    const auto count =
        os::read_some(fd_, std::as_writable_bytes(std::span(&key, 1)));
    if (count == 0u || (before_ && key == kCtrlD)) {
      return std::nullopt;
    }
    if (count) {  // another process may share the input, and have been faster
      return key;
    }
  }
}

}  // namespace demos::support

// tests/loop/stream_support.h - two ends of a stream in one process.
//
// CONCEPT     What one end writes, the other reads: a socket pair, or a real
//             TCP connection over the loopback where the pair would not do
//             (resets, connecting).
// THREADS     The loop's.
// OWNERSHIP   Each stream owns its end.
#ifndef TESTS_LOOP_STREAM_SUPPORT_H_
#define TESTS_LOOP_STREAM_SUPPORT_H_

#include <sys/socket.h>

#include <cstddef>
#include <string>
#include <utility>

#include "loop/open_connection.h"
#include "loop/sleep.h"
#include "loop/sockets.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace tests {

struct Ends {
  Ends(os::UniqueFd one, os::UniqueFd other, size_t limit)
      : here(loop::Socket(std::move(one)), limit),
        there(loop::Socket(std::move(other)), limit) {}
  loop::Stream here;
  loop::Stream there;
};

// Inside a running loop.
inline Ends stream_ends(size_t limit = loop::StreamReader::kDefaultLimit) {
  int fds[2];
  os::check(
      os::syscalls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
      "socketpair");
  return Ends(os::UniqueFd(fds[0]), os::UniqueFd(fds[1]), limit);
}

// One turn of the loop, for the others.
inline loop::Sleep turn() {
  return loop::sleep(scheduler::Duration::zero());
}

// A long text in which every place is different from its neighbours.
inline std::string long_text(size_t size) {
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>('a' + i * 7 % 26);
  }
  return text;
}

}  // namespace tests

#endif  // TESTS_LOOP_STREAM_SUPPORT_H_

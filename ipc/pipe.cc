#include "ipc/pipe.h"

#include "os/io.h"
#include "os/signals.h"
#include "os/syscall.h"
#include "os/unique_fd.h"

namespace ipc {

std::pair<Connection, Connection> make_pipe(bool duplex) {
  os::ignore_sigpipe();  // [I1]
  if (duplex) {
    int fds[2];
    os::check(
        os::syscalls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
        "socketpair");
    return {Connection(os::UniqueFd(fds[0])), Connection(os::UniqueFd(fds[1]))};
  }
  os::Pipe pipe = os::make_pipe();
  return {Connection(std::move(pipe.reader), Connection::Direction::kRead),
          Connection(std::move(pipe.writer), Connection::Direction::kWrite)};
}

}  // namespace ipc

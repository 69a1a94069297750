// ipc/wait.h - sleeping until one of several things happens.
//
// CONCEPT     Everything worth waiting for in another process is a descriptor
//             here: a connection becomes readable, the *sentinel* of a process
//             (a pidfd) becomes readable when the process ends. So one call of
//             poll() waits for all of them together.
// IN PYTHON   multiprocessing.connection.wait
// INVARIANTS  I1. Returns exactly those that are ready at that moment; none
//                 only if the time is over.
//             I2. Signals neither shorten nor lengthen the wait.
// THREADS     Any.
// OWNERSHIP   Borrows the descriptors for the call.
// ERRORS      std::system_error from poll, EBADF for a descriptor that is not
//             open.
// LEFT OUT    Waiting for room to write.
// READ NEXT   ipc/connection.h, ipc/child.h
#ifndef IPC_WAIT_H_
#define IPC_WAIT_H_

#include <poll.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/clock.h"

namespace ipc {

// A descriptor; or something that owns one and is ready whatever it says,
// such as a connection that has read a message ahead.
struct Waitable {
  // Implicit, so that a list may mix sentinels and connections.
  Waitable(int descriptor, bool is_ready = false)
      : fd(descriptor), ready(is_ready) {}
  // Ready when something can be written instead.
  static Waitable for_room(int descriptor) {
    Waitable waitable(descriptor);
    waitable.events = POLLOUT;
    return waitable;
  }
  int fd;
  bool ready;
  short events = POLLIN;
};

// The indexes of those that are ready (readable, or at their end), in order.
// No timeout waits for ever; zero or less only looks.
std::vector<size_t> wait(
    std::span<const Waitable> things,
    std::optional<scheduler::Duration> timeout = std::nullopt);

inline std::vector<size_t> wait(
    std::initializer_list<Waitable> things,
    std::optional<scheduler::Duration> timeout = std::nullopt) {
  return wait(std::span(things.begin(), things.size()), timeout);
}

}  // namespace ipc

#endif  // IPC_WAIT_H_

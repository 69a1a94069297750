// os/unique_fd.h - a file descriptor with exactly one owner.
//
// CONCEPT     A descriptor is a small number that names an open file, socket
//             or pipe of this process. The number is reused as soon as it is
//             closed, so closing twice closes somebody else's file, and never
//             closing leaks until EMFILE. One owner, one close: that is all.
// IN PYTHON   socket.socket and io.FileIO, which close when they are dropped.
// INVARIANTS  I1. A descriptor >= 0 is closed exactly once.
//             I2. After a move or release() the old owner holds -1.
// THREADS     Like an int: one thread at a time.
// OWNERSHIP   Owns the descriptor. A forked child gets a copy of the number
//             that must be closed there as well; exec closes it, because
//             everything in this repository is opened close-on-exec.
// ERRORS      None: close() at the end of a life has nobody to tell. Where a
//             late write error matters (files), close explicitly and check.
// LEFT OUT    Checking for EINTR on close: on Linux the number is free anyway.
// READ NEXT   os/io.h
#ifndef OS_UNIQUE_FD_H_
#define OS_UNIQUE_FD_H_

#include <utility>

#include "os/syscall.h"

namespace os {

class [[nodiscard]] UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      reset(other.release());
    }
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // Gives the descriptor away; the caller closes it now. [I2]
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  // Closes what is held and takes `fd` instead. [I1]
  void reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) {
      syscalls.close(old);
    }
  }

 private:
  int fd_ = -1;
};

}  // namespace os

#endif  // OS_UNIQUE_FD_H_

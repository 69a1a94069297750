#include "os/syscall.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <system_error>

namespace os {

namespace {

// open and fcntl are variadic in C; a table entry needs one fixed form.
int open_file(const char* path, int flags, mode_t mode) {
  return ::open(path, flags, mode);
}
int control(int fd, int command, int argument) {
  return ::fcntl(fd, command, argument);
}

// glibc 2.36 declares these two without C linkage, so C++ cannot link them.
int open_pidfd(pid_t pid, unsigned flags) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, flags));
}
int signal_pidfd(int pidfd, int signal, siginfo_t* info, unsigned flags) {
  return static_cast<int>(
      ::syscall(SYS_pidfd_send_signal, pidfd, signal, info, flags));
}

// The C library has no function for these at all.
long wait_or_wake(uint32_t* word, int operation, uint32_t value,
                  const timespec* deadline, uint32_t bitset) {
  return ::syscall(SYS_futex, word, operation, value, deadline, nullptr,
                   bitset);
}
int fence_others(int command) {
  return static_cast<int>(::syscall(SYS_membarrier, command, 0, 0));
}

}  // namespace

// constinit: entries are in place before any constructor of a global runs.
constinit Syscalls syscalls = {
    .read = &::read,
    .write = &::write,
    .open = &open_file,
    .close = &::close,
    .close_range = [](unsigned first, unsigned last,
                      int flags) { return ::close_range(first, last, flags); },
    .pipe2 = &::pipe2,
    .fcntl = &control,
    .fchmod = &::fchmod,
    .socket = &::socket,
    .socketpair = &::socketpair,
    .bind = &::bind,
    .listen = &::listen,
    .accept4 = &::accept4,
    .connect = &::connect,
    .send = &::send,
    .recv = &::recv,
    .shutdown = &::shutdown,
    .getsockname = &::getsockname,
    .getpeername = &::getpeername,
    .getsockopt = &::getsockopt,
    .setsockopt = &::setsockopt,
    .epoll_create1 = &::epoll_create1,
    .epoll_ctl = &::epoll_ctl,
    .epoll_wait = &::epoll_wait,
    .poll = &::poll,
    .eventfd = [](unsigned initial,
                  int flags) { return ::eventfd(initial, flags); },
    .fork = &::fork,
    .waitid = &::waitid,
    .wait4 = &::wait4,
    .kill = &::kill,
    .pidfd_open = &open_pidfd,
    .pidfd_send_signal = &signal_pidfd,
    .mmap = &::mmap,
    .munmap = &::munmap,
    .mprotect = &::mprotect,
    .fallocate = &::fallocate,
    .futex = &wait_or_wake,
    .membarrier = &fence_others,
    .timer_create = &::timer_create,
    .timer_settime = &::timer_settime,
    .timer_delete = &::timer_delete,
    .sigaltstack = &::sigaltstack,
};

void throw_error(int error, const char* call) {
  throw std::system_error(error, std::generic_category(), call);
}

void throw_errno(const char* call) {
  throw_error(errno, call);
}

}  // namespace os

// os/syscall.h - the one door to the kernel: a table of calls, errno turned
// into an exception, and what happens on EINTR.
//
// CONCEPT     A program asks the kernel for everything through system calls,
//             and each of them may refuse. Here every call on a descriptor,
//             a process or memory goes through one table of function pointers.
//             The product never writes to it; a test replaces an entry and so
//             can make any of them fail, come short or be interrupted, `fork`
//             included:
//
//               caller -> os::syscalls.read -> ::read            (product)
//                                           -> a test's function (test)
//
// IN PYTHON   OSError, raised by every os.* function; PEP 475 for EINTR.
// INVARIANTS  I1. A refused call becomes std::system_error that names the call
//                 or is handled where it is made; none is ignored silently.
//             I2. EINTR never reaches a caller: it is decided here, by
//                 retry_on_eintr(), and nowhere else. Calls with a time-out
//                 are repeated by their caller with the time that remains.
// THREADS     The table may be read from any thread. A test swaps entries
//             while it has one thread only.
// OWNERSHIP   Owns nothing; descriptors are owned by os::UniqueFd.
// ERRORS      std::system_error, what() is "epoll_ctl(ADD): File exists".
// LEFT OUT    Calls that cannot fail (getpid), those of the C library that are
//             not system calls (pthread_*), and calls about names and signals
//             (stat, unlink, readlink, sigaction): they are made directly.
// READ NEXT   os/unique_fd.h
#ifndef OS_SYSCALL_H_
#define OS_SYSCALL_H_

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#include <cerrno>
#include <cstdint>

namespace os {

// One entry per system call, in the words of its manual page. Errors are
// reported as there: -1 and errno.
struct Syscalls {
  // Descriptors.
  ssize_t (*read)(int fd, void* buffer, size_t size);
  ssize_t (*write)(int fd, const void* buffer, size_t size);
  int (*open)(const char* path, int flags, mode_t mode);
  int (*close)(int fd);
  int (*close_range)(unsigned first, unsigned last, int flags);
  int (*pipe2)(int fds[2], int flags);
  int (*fcntl)(int fd, int command, int argument);
  int (*fchmod)(int fd, mode_t mode);
  // Sockets.
  int (*socket)(int domain, int type, int protocol);
  int (*socketpair)(int domain, int type, int protocol, int fds[2]);
  int (*bind)(int fd, const sockaddr* address, socklen_t size);
  int (*listen)(int fd, int backlog);
  int (*accept4)(int fd, sockaddr* address, socklen_t* size, int flags);
  int (*connect)(int fd, const sockaddr* address, socklen_t size);
  ssize_t (*send)(int fd, const void* buffer, size_t size, int flags);
  ssize_t (*recv)(int fd, void* buffer, size_t size, int flags);
  int (*shutdown)(int fd, int how);
  int (*getsockname)(int fd, sockaddr* address, socklen_t* size);
  int (*getpeername)(int fd, sockaddr* address, socklen_t* size);
  int (*getsockopt)(int fd, int level, int name, void* value, socklen_t* size);
  int (*setsockopt)(int fd, int level, int name, const void* value,
                    socklen_t size);
  // Waiting for descriptors.
  int (*epoll_create1)(int flags);
  int (*epoll_ctl)(int epoll, int operation, int fd, epoll_event* event);
  int (*epoll_wait)(int epoll, epoll_event* events, int size, int timeout_ms);
  int (*poll)(pollfd* fds, nfds_t size, int timeout_ms);
  int (*eventfd)(unsigned initial, int flags);
  // Processes.
  pid_t (*fork)();
  int (*waitid)(idtype_t type, id_t id, siginfo_t* info, int options);
  pid_t (*wait4)(pid_t pid, int* status, int options, rusage* usage);
  int (*kill)(pid_t pid, int signal);
  int (*pidfd_open)(pid_t pid, unsigned flags);
  int (*pidfd_send_signal)(int pidfd, int signal, siginfo_t* info,
                           unsigned flags);
  // Memory.
  void* (*mmap)(void* address, size_t size, int protection, int flags, int fd,
                off_t offset);
  int (*munmap)(void* address, size_t size);
  int (*mprotect)(void* address, size_t size, int protection);
  int (*fallocate)(int fd, int mode, off_t offset, off_t size);
  // Sleeping on a word of memory. `deadline` is absolute, `bitset` a filter.
  long (*futex)(uint32_t* word, int operation, uint32_t value,
                const timespec* deadline, uint32_t bitset);
  // A fence for other processors.
  int (*membarrier)(int command);
  // Timers and the stack a handler runs on.
  int (*timer_create)(clockid_t clock, sigevent* event, timer_t* timer);
  int (*timer_settime)(timer_t timer, int flags, const itimerspec* value,
                       itimerspec* before);
  int (*timer_delete)(timer_t timer);
  int (*sigaltstack)(const stack_t* stack, stack_t* before);
};

// The table in force. Not const only for the sake of tests.
extern Syscalls syscalls;

// Throws std::system_error for `error`; `call` is what was asked for, in the
// form "epoll_ctl(ADD)".
[[noreturn]] void throw_error(int error, const char* call);

// The same for the current errno.
[[noreturn]] void throw_errno(const char* call);

// Gives `result` back unless it is the -1 by which a call refuses. [I1]
template <class T>
T check(T result, const char* call) {
  if (result == -1) [[unlikely]] {
    throw_errno(call);
  }
  return result;
}

// Makes the call again for as long as a signal interrupts it. [I2]
// Not for close(): Linux has given the number away even when close says EINTR,
// so a second attempt could close a stranger's file.
template <class Call>
auto retry_on_eintr(Call call) {
  for (;;) {
    auto result = call();
    if (result != -1 || errno != EINTR) {
      return result;
    }
  }
}

}  // namespace os

#endif  // OS_SYSCALL_H_

// tests/support/fault_plan.h - a bad day for every system call, by number.
//
// CONCEPT     swap_syscall.h makes one call fail where a test has thought of
//             it. This makes all of them fail where nobody has: while a plan
//             lives, the table in os/syscall.h belongs to it, and each call
//             draws a lot. Most go through; one in `odds` is refused,
//             interrupted, or comes short:
//
//               os::syscalls.read -> draw(seed, read, 7th call) -> ::read
//                                                               '-> EINTR
//
//             Only what the kernel itself could answer to this call on this
//             descriptor: a blocking one never says EAGAIN, an eventfd is
//             never short, a pipe takes up to PIPE_BUF bytes whole.
//
//               call                       may end in
//               -------------------------  ----------------------------------
//               read, recv, write, send    short, of files, pipes, sockets
//                 a blocking one           EINTR
//                 a non-blocking socket    EAGAIN
//                 a stream socket          ECONNRESET
//                 write to a file          ENOSPC
//               what makes a descriptor    EMFILE; ENOMEM where it says so
//               accept4                    ECONNABORTED, ENOMEM as well
//               connect, blocking          EINTR, and goes on behind
//               poll, epoll_wait, waitid,  EINTR, if they were to wait
//                 wait4, a futex wait
//               epoll_ctl(ADD)             ENOMEM, ENOSPC
//               mmap, mprotect             ENOMEM
//               fallocate                  ENOSPC, EINTR
//               fork                       EAGAIN, ENOMEM
//               membarrier                 ENOMEM
//                 to have it at all        EINVAL, ENOSYS, EPERM
//               timer_create               EAGAIN
//
//             What takes back (close, munmap, kill, timer_delete,
//             EPOLL_CTL_DEL) always does.
// INVARIANTS  I1. Whether the n-th call of an entry fails, and how, follows
//                 from seed, entry, n and what is asked: of which kind of
//                 descriptor, whether it blocks, for how many bytes. One
//                 thread with one seed sees the same day again.
//             I2. A fault has no effect but the one that its error tells, and
//                 one that did not come to pass is not counted.
// THREADS     Made and destroyed while the process has one thread; in between
//             any thread may call. Which of two gets the n-th call is theirs
//             to settle: a seed then replays the lots and not the order.
// OWNERSHIP   Owns the table until it restores it. One plan at a time. A
//             forked child goes on with a copy, with counts of its own.
// LEFT OUT    bind, listen, setsockopt, fchmod: they do what they are asked, as
//             what they are refused for is the name or the right that was asked
//             for, and no bad day. And what only looks.
// READ NEXT   tests/faults/fault_runs.h
#ifndef TESTS_SUPPORT_FAULT_PLAN_H_
#define TESTS_SUPPORT_FAULT_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "os/syscall.h"

namespace tests {

class [[nodiscard]] FaultPlan {
 public:
  // Of `odds` calls one fails.
  FaultPlan(uint64_t seed, unsigned odds);
  FaultPlan(const FaultPlan&) = delete;
  FaultPlan& operator=(const FaultPlan&) = delete;
  ~FaultPlan();

  // How many faults there were so far, in this process.
  size_t faults() const;
  // Was one of them this refusal?
  bool gave(int error) const;
  // The first of them, as "pipe2 #3: Too many open files".
  std::string history() const;

 private:
  const os::Syscalls before_;
};

}  // namespace tests

#endif  // TESTS_SUPPORT_FAULT_PLAN_H_

// ipc/child.h - fork: one process becomes two.
//
// CONCEPT     fork() copies the calling process. Both copies go on behind the
//             call, with the same memory, the same code at the same addresses
//             and the same open descriptors; only the return value differs.
//             What a child gets is easily more than it should have, so both
//             sides prepare:
//
//               what is copied         what would happen      what is done
//               ---------------------  ---------------------  --------------
//               unwritten output       appears twice          cout, clog,
//                                                             stdout, stderr
//                                                             flushed before
//               descriptors            readers miss their     closed, except
//                                      end of file, shared    those named
//                                      epolls mix events
//               signal handlers, mask  SIGTERM ignored,       reset
//                                      handlers of another
//               the calling thread     locks that other       (nothing: do
//               and no other           threads held stay      not use them in
//                                      locked for ever        the child)
//               the caller's stack     the child returns and  leaves by _exit
//                                      runs the rest of the   on every path
//                                      program
//
//             glibc repairs its own locks (malloc, stdio) in the child.
// IN PYTHON   os.fork, multiprocessing.popen_fork
// INVARIANTS  I1. The child never returns from fork_child().
//             I2. No zombie outlives its Child: the destructor kills a child
//                 that still runs, and waits for it. Joining instead could
//                 hang an unwinding parent for ever; who wants to wait, says
//                 so by wait().
// THREADS     fork_child() from any thread. A Child: one at a time.
// OWNERSHIP   A Child owns the process and a pidfd, a descriptor that becomes
//             readable when the process ends and that never means another
//             process, as a reused number would.
// ERRORS      std::system_error from fork (EAGAIN: too many processes) or
//             pidfd_open (EMFILE); no process is left then.
// LEFT OUT    Starting another program: exec. Flushing streams that the
//             program has opened itself: it does so before it forks.
// READ NEXT   ipc/process.h
#ifndef IPC_CHILD_H_
#define IPC_CHILD_H_

#include <sys/types.h>

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace ipc {

class [[nodiscard]] Child {
 public:
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)),
        sentinel_(std::move(other.sentinel_)),
        exit_code_(other.exit_code_) {}
  Child& operator=(Child&&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }
  // Readable from the end of the process on.
  int sentinel() const { return sentinel_.get(); }

  // What it ended with: its exit code, or minus the signal that killed it;
  // nullopt while it runs. Does not wait.
  std::optional<int> exit_code();

  // Waits for the end; false if `timeout` came first.
  bool wait(std::optional<scheduler::Duration> timeout = std::nullopt);

  // A process that has ended is not an error.
  void send_signal(int signal);

 private:
  friend Child fork_child(std::string_view, const std::function<void()>&,
                          std::span<const int>);
  explicit Child(pid_t pid) : pid_(pid) {}
  void reap(int options);

  pid_t pid_;
  os::UniqueFd sentinel_;
  std::optional<int> exit_code_;
};

// Runs `body` in a new process, which ends with code 0 when it returns. If it
// throws, "Process NAME: type: text" goes to standard error and the code is 1.
// The child has standard input, output, error and the descriptors in `kept`;
// all others are closed.
Child fork_child(std::string_view name, const std::function<void()>& body,
                 std::span<const int> kept);

// The line about the exception being handled; call it in a catch block.
void report_uncaught(std::string_view name);

}  // namespace ipc

#endif  // IPC_CHILD_H_

// ipc/name_tracker.h - somebody who cleans up even if we are killed.
//
// CONCEPT     A name in /dev/shm outlives the process that made it. Its
//             destructor cannot help if it is killed. So a second process
//             waits at the end of a pipe, does nothing, and knows the names.
//             When the pipe ends, because *every* process that could write to
//             it has ended, in whatever way, it takes away what is left:
//
//               program  --"+board"--> [ pipe ] --> tracker: { board, ring }
//               program  --"-board"-->              end of file: unlink ring
//
// IN PYTHON   multiprocessing.resource_tracker
// INVARIANTS  I1. A tracked name is gone soon after the last process that has
//                 this object or a copy of it has ended.
//             I2. Names never tear or mix: each is one write of less than
//                 PIPE_BUF bytes.
// THREADS     Any.
// OWNERSHIP   Owns the tracker's process. Whoever forks passes the tracker to
//             its child, or the child cannot track. The destructor of the
//             process that made it waits until the names are gone.
// ERRORS      std::system_error from pipe2, fork and pidfd_open; EINVAL for
//             what cannot be a name in /dev/shm; EPIPE if the tracker was
//             killed itself.
// LEFT OUT    One that every program has without asking, as Python's: it would
//             be a process that nobody ordered.
// READ NEXT   ipc/value.h
#ifndef IPC_NAME_TRACKER_H_
#define IPC_NAME_TRACKER_H_

#include <sys/types.h>

#include <string>

#include "ipc/child.h"
#include "os/io.h"
#include "os/unique_fd.h"

namespace ipc {

class [[nodiscard]] NameTracker {
 public:
  NameTracker() : NameTracker(os::make_pipe()) {}
  NameTracker(const NameTracker&) = delete;
  NameTracker& operator=(const NameTracker&) = delete;
  ~NameTracker();

  // Before the name is made, so that no instant is without a keeper. A name
  // that is never made does no harm.
  void track(const std::string& name) { tell('+', name); }
  // Its owner has seen to it.
  void forget(const std::string& name) { tell('-', name); }

  // So that ipc::Process lets a child keep it.
  int fileno() const { return names_.get(); }

  pid_t pid() const { return process_.pid(); }

 private:
  explicit NameTracker(os::Pipe names);
  void tell(char verb, const std::string& name);

  os::UniqueFd names_;  // written to
  Child process_;
  const pid_t owner_;
};

}  // namespace ipc

#endif  // IPC_NAME_TRACKER_H_

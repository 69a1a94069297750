// demos/support/child_tree.h - a child that can be ended with all its children.
//
// CONCEPT     Killing a process leaves its own children running. The system
//             knows a larger unit, the process *group*: who leads one can be
//             killed together with every descendant that stayed in it. The
//             child here leads a group of its own, so Ctrl-C at the terminal
//             does not reach it: its owner decides when and how it ends.
//
//               demo --fork--> child = leader --fork--> workers
//                 |            '----------- one group -------'
//                 '-- SIGKILL to the group, then wait for the leader
//
// IN PYTHON   subprocess.Popen(start_new_session=True), os.killpg
// INVARIANTS  I1. The group is killed while its leader is unreaped: until then
//                 nobody else can be given its number.
//             I2. When the object is gone, so are the child and its group.
// THREADS     One. The system ends the child when the *thread* that forked it
//             ends, so main() makes these objects.
// OWNERSHIP   Owns the child until wait() or the destructor has reaped it.
// ERRORS      std::system_error from fork, pidfd_open, wait4. An exception that
//             leaves the body is printed there and becomes exit code 1.
// LEFT OUT    Descendants that leave the group; ours do not. Closing what the
//             child has no use for: it inherits every descriptor, also those of
//             earlier children. ipc/process.h hands over only what it is given.
// READ NEXT   demos/support/meter.h; ipc/process.h is the general form.
#ifndef DEMOS_SUPPORT_CHILD_TREE_H_
#define DEMOS_SUPPORT_CHILD_TREE_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <functional>

#include "os/unique_fd.h"

namespace demos::support {

class [[nodiscard]] ChildTree {
 public:
  // How the child ended and what it and its reaped children have used.
  struct Ended {
    int exit_code = 0;  // negative: the signal that ended it
    rusage usage{};
  };

  // Forks; the child calls `body` and leaves by _exit.
  explicit ChildTree(const std::function<void()>& body);
  ChildTree(const ChildTree&) = delete;
  ChildTree& operator=(const ChildTree&) = delete;
  // Kills whatever still runs. [I2]
  ~ChildTree();

  pid_t pid() const { return pid_; }
  // Readable as soon as the child has ended.
  int pidfd() const { return pidfd_.get(); }

  // Waits for the child, then ends what is left of its group.
  Ended wait();

 private:
  Ended end_group_and_reap();

  pid_t pid_ = 0;  // zero when reaped
  os::UniqueFd pidfd_;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_CHILD_TREE_H_

// demos/diagnose_watch.h - run a command and look at it meanwhile.
//
// CONCEPT     The command is to notice nothing: it gets this program's streams
//             and terminal, its signals as a shell leaves them, and its exit
//             code goes on to who called. It runs in a process group of its
//             own, so that whatever it starts can be found and ended with it.
//             And who loses its parent meanwhile becomes a child of ours: a
//             process tells what it used to who reaps it, and to nobody else.
// IN PYTHON   subprocess.Popen, resource.getrusage(RUSAGE_CHILDREN), psutil
// INVARIANTS  I1. When watch() returns, nothing of the command is left, not
//                 even what it put into the background.
//             I2. The command has the streams and the terminal of this program,
//                 on whichever of them the terminal is.
// THREADS     Main thread only.
// OWNERSHIP   Owns the command for the length of the call.
// ERRORS      CannotRun if there is no such program; Interrupted;
//             std::runtime_error if it wants a terminal that is not ours to
//             lend: the system has stopped it, and nobody would ever wake it.
// LEFT OUT    Who leaves the process group and the tree: a daemon. CPU time of
//             children whose parent ignores SIGCHLD: nobody is told.
// READ NEXT   demos/diagnose.cc
#ifndef DEMOS_DIAGNOSE_WATCH_H_
#define DEMOS_DIAGNOSE_WATCH_H_

#include <stdexcept>
#include <string>
#include <vector>

#include "demos/diagnose_lookout.h"

namespace demos {

// There is no such program, or it may not be run.
class CannotRun : public std::runtime_error {
 public:
  CannotRun(const std::string& command, int error);
  // What a shell reports for it.
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

Watched watch(const std::vector<std::string>& command);

}  // namespace demos

#endif  // DEMOS_DIAGNOSE_WATCH_H_

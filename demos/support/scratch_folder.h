// demos/support/scratch_folder.h - a folder that is gone when the demo is.
//
// CONCEPT     A demo that writes files owes the machine a clean-up on every
//             way out: the end of main, an exception, Ctrl-C (which
//             demos/support/interrupt.h turns into an exception). So the
//             folder is an object, and its end removes what is in it. [C-187]
// IN PYTHON   tempfile.TemporaryDirectory
// INVARIANTS  I1. Only the process that made the folder removes it: a forked
//                 child owns a copy of the object, not the folder.
// THREADS     One makes and destroys it; the path may be read by all.
// OWNERSHIP   Owns the folder and everything in it.
// ERRORS      std::system_error from mkdtemp. Removing is done as far as it
//             goes: a destructor has nobody to tell.
// LEFT OUT    Surviving SIGKILL: nothing of ours runs then.
// READ NEXT   demos/support/interrupt.h
#ifndef DEMOS_SUPPORT_SCRATCH_FOLDER_H_
#define DEMOS_SUPPORT_SCRATCH_FOLDER_H_

#include <sys/types.h>

#include <string>

namespace demos::support {

class [[nodiscard]] ScratchFolder {
 public:
  // A new folder under TMPDIR, or under /tmp if that is unset or empty.
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  const pid_t owner_;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_SCRATCH_FOLDER_H_

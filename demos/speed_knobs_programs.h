// demos/speed_knobs_programs.h - small programs, each bound by something else.
//
// CONCEPT     A program is bound by whatever makes it faster when it gets
//             faster. One here adds, one waits for answers, one walks through
//             memory in no order, one reads files. And three things can be made
//             slower without any privilege: the CPU, by rivals who want the
//             same one; the answers, by waiting longer; the disk, by making
//             the system forget what it has read.
// IN PYTHON   sum(...), requests.get, a dict too large for the cache, open
// INVARIANTS  I1. The work is the same at every setting.
// THREADS     Main thread only, pinned to one CPU by its caller.
// OWNERSHIP   Rivals and files are gone with their objects.
// ERRORS      std::system_error naming the call.
// READ NEXT   demos/speed_knobs.cc
#ifndef DEMOS_SPEED_KNOBS_PROGRAMS_H_
#define DEMOS_SPEED_KNOBS_PROGRAMS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/scratch_folder.h"
#include "scheduler/clock.h"

namespace demos {

struct Took {
  double wall_s = 0;
  double cpu_s = 0;
  int64_t own_switches = 0;

  double cpu_share() const { return cpu_s / wall_s; }
};

Took add_numbers();
Took wait_for_answers(int count, scheduler::Duration latency);

// `steps` from one place to the next, each known only when the one before has
// been read, in a block of so many bytes.
class Walk {
 public:
  explicit Walk(size_t bytes);
  Took run(int steps) const;

 private:
  std::vector<uint32_t> next_;
};

// Whoever else wants the CPU of this process, as long as the object lives.
class Rivals {
 public:
  explicit Rivals(int count);

 private:
  std::vector<std::unique_ptr<support::ChildTree>> processes_;
};

class Files {
 public:
  Files();
  // Cold: the system is asked to forget them first.
  Took read(bool cold) const;

 private:
  std::string path_of(int file) const;
  const support::ScratchFolder folder_;
};

}  // namespace demos

#endif  // DEMOS_SPEED_KNOBS_PROGRAMS_H_

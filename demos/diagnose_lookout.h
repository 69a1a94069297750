// demos/diagnose_lookout.h - what a program waits for, seen by looking at it.
//
// CONCEPT     At its end the system tells what a command and its children have
//             used: CPU time, switches, blocks. What it waited *for* it does
//             not tell. That is seen by looking, a hundred times a second: a
//             thread that is D waits for a disk, one that is S for anything
//             else - unless its process has children, and then it only waits
//             for them, as a shell does. Sockets and files stand in the list
//             of open descriptors; those that this program has open itself are
//             not the command's choice and do not count.
//
//             A program that starts waits often and briefly. So a thread's
//             waits are counted from the first look that found it asleep.
//
//             On a busy machine a program is ready and has no CPU. Ready is R,
//             like running: so often as somebody in the tree was R, it wanted a
//             CPU, and what it got is known. The rest is not its waiting but
//             the machine's doing, and is taken off the time.
// IN PYTHON   psutil.Process.children, threads, open_files, net_connections
// INVARIANTS  I1. Looking changes nothing: files of /proc are read, no more.
//             I2. Where the streams lead does not change what is said.
// THREADS     One.
// OWNERSHIP   A Lookout borrows what it fills.
// ERRORS      A process that may not be looked into (another user's) is
//             counted, and its descriptors are unknown.
// LEFT OUT    A thread that lives for less than the time between two looks is
//             seen by luck only; its CPU time counts all the same. A file that
//             a command reads from its standard input.
// READ NEXT   demos/diagnose_watch.h
#ifndef DEMOS_DIAGNOSE_LOOKOUT_H_
#define DEMOS_DIAGNOSE_LOOKOUT_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "scheduler/choose.h"

namespace demos {

struct Watched {
  int exit_code = 0;  // negative: the signal that ended it
  double wall_s = 0;

  // Told by the system at the end, of all that were reaped.
  double user_s = 0;
  double system_s = 0;
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  int64_t blocks_read = 0;
  int64_t blocks_written = 0;

  // Seen by looking.
  int looks = 0;
  int64_t waits = 0;         // own switches of those that were found asleep
  int looks_with_work = 0;   // somebody was running, or ready to
  int looks_with_files = 0;  // somebody had a file or folder open
  int refused_looks = 0;     // another user's process
  int running = 0;           // threads, summed over all looks
  int sleeping = 0;
  int in_disk_wait = 0;
  int threads = 0;  // peaks, in the whole tree
  int processes = 0;
  int sockets = 0;  // connected ones

  double cpu_s() const { return user_s + system_s; }
  // How long all that was ready in the tree stood without a CPU.
  double held_up_s() const;
  // Others had the CPU for most of the time: the shares are guesses.
  bool too_busy() const { return held_up_s() > wall_s / 2; }
  // How long it would have taken had a CPU always been free.
  double free_wall_s() const;
  // wall x threads, as far as somebody was found asleep, for each of `waits`.
  double mean_wait_ms() const;
  // No socket, files open or much written, and next to no sleep: a wait for a
  // local file is called D or, while the system copies from its cache, is work.
  bool only_files() const;
  scheduler::Facts facts() const;
};

// Looks at all children of this process and theirs, again and again.
class Lookout {
 public:
  explicit Lookout(Watched& watched);

  void look();

 private:
  // Says whether one of them wants a CPU.
  bool look_at_threads(pid_t pid, bool has_children);
  // Collects the connected sockets; says whether a file or folder is open.
  bool look_at_descriptors(pid_t pid, std::set<std::string>& sockets);
  void count_waits(pid_t thread, int64_t own_switches, bool asleep,
                   bool counts);
  std::vector<std::string> targets_of(pid_t pid);
  void find_out_who_listens(pid_t pid, const std::vector<std::string>& sockets);

  Watched& watched_;
  const std::set<std::string> ours_;     // what this program has open [I2]
  std::map<std::string, bool> listens_;  // of each socket ever seen
  // Of each thread that was ever found asleep, its own switches so far.
  std::map<pid_t, int64_t> switches_;
};

}  // namespace demos

#endif  // DEMOS_DIAGNOSE_LOOKOUT_H_

// os/proc.h - what the system knows about a process, read from /proc.
//
// CONCEPT     Linux shows every process as a folder of text files. From them
//             come the letter of its state (R running or ready, S sleeping,
//             D waiting for a disk, T stopped, Z ended but not yet reaped),
//             its threads, its children, its switches, its memory. PSS counts
//             a page that n processes share as 1/n of a page, so that the sum
//             over a family is the memory it really uses; RSS counts it n
//             times.
// IN PYTHON   resource.getrusage, os.waitid; psutil reads the same files.
// INVARIANTS  I1. A process that is gone is an answer (nullopt, empty), never
//                 an error: it may go between any two reads.
// THREADS     Any.
// OWNERSHIP   Owns nothing; opens and closes one file a call.
// ERRORS      std::system_error for refusals other than "gone" (EMFILE,
//             EACCES).
// LEFT OUT    /proc/PID/stat, whose second field may hold spaces and brackets.
// READ NEXT   scheduler/task_state.h, where the letters become states
#ifndef OS_PROC_H_
#define OS_PROC_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace os {

struct ProcessStatus {
  char state = '?';
  pid_t parent = 0;
  int threads = 0;
  int64_t rss_bytes = 0;  // zero for a zombie: its memory is gone
  // Of the main thread only: the system counts them per thread.
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
};

// What /proc/PID/status says; nullopt when the process is gone.
std::optional<ProcessStatus> read_status(pid_t pid);

// The proportional set size in bytes; nullopt when the process is gone or a
// zombie. Costs the system about 50 us for a small process and 12 ms for one
// of a gigabyte, so sample it at 20 Hz and not faster.
std::optional<int64_t> read_pss(pid_t pid);

// The children of all threads of `pid`, zombies included.
std::vector<pid_t> children_of(pid_t pid);

// `pid` and all its descendants, parents before their children.
std::vector<pid_t> tree_of(pid_t pid);

// The kernel's numbers of the live threads of `pid`, in order.
std::vector<pid_t> threads_of(pid_t pid);

// The letter of one thread; nullopt when it is gone. That of a process is its
// main thread's alone.
std::optional<char> thread_state(pid_t pid, pid_t thread);

// The open descriptors of this process, or of another one that we may look
// into: "7 -> socket:[1234]", in order. Empty when that process is gone.
std::vector<std::string> open_descriptors();
std::vector<std::string> open_descriptors(pid_t pid);

// The value after "Key:" in a text of "Key:  value kB" lines, as a number.
// nullopt if there is none.
std::optional<int64_t> field(std::string_view text, std::string_view key);

}  // namespace os

#endif  // OS_PROC_H_

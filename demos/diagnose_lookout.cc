#include "demos/diagnose_lookout.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "os/proc.h"

namespace demos {

namespace {

// Of the lines of a list whose state says so, the numbers of the sockets.
void add_listening(pid_t pid, const std::string& list, size_t state_column,
                   const std::string& state, size_t number_column,
                   std::set<std::string>& listening) {
  std::ifstream lines("/proc/" + std::to_string(pid) + "/net/" + list);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(' ' + state + ' ') == std::string::npos) {
      continue;  // most lines, and taking them apart is what costs
    }
    std::istringstream columns(line);
    std::vector<std::string> words;
    for (std::string word; columns >> word;) {
      words.push_back(word);
    }
    if (words.size() > number_column && words[state_column] == state) {
      listening.insert("socket:[" + words[number_column] + "]");
    }
  }
}

// "7 -> /a/file" leads to /a/file.
std::string target_in(const std::string& descriptor) {
  return descriptor.substr(descriptor.find("-> ") + 3);
}

std::set<std::string> targets_of_this_program() {
  std::set<std::string> targets;
  for (const std::string& descriptor : os::open_descriptors()) {
    targets.insert(target_in(descriptor));
  }
  return targets;
}

}  // namespace

double Watched::held_up_s() const {
  if (looks == 0) {
    return 0;
  }
  const double wanted = wall_s * looks_with_work / looks;
  return std::max(0.0, wanted - cpu_s());
}

double Watched::free_wall_s() const {
  constexpr double kShortest = 1e-6;  // something to divide by
  return std::max(wall_s - held_up_s(), kShortest);
}

double Watched::mean_wait_ms() const {
  const double waited =
      looks == 0 ? 0 : wall_s * (sleeping + in_disk_wait) / looks;
  return 1e3 * waited / static_cast<double>(std::max<int64_t>(waits, 1));
}

bool Watched::only_files() const {
  constexpr int kFew = 10;     // one in ten: a few sleeps belong to any start
  constexpr int kRarely = 20;  // one in twenty: who maps files closes them soon
  // Half a megabyte, and more time in the system than in its own code: who
  // makes many small files has none of them open for long.
  constexpr int64_t kManyBlocks = 1000;
  const bool writes = blocks_written >= kManyBlocks && system_s > user_s;
  const int seen = running + sleeping + in_disk_wait;
  return sockets == 0 && sleeping * kFew <= seen && looks > 0 &&
         (writes || looks_with_files * kRarely >= looks);
}

scheduler::Facts Watched::facts() const {
  return {.only_files = only_files() ? 1.0 : 0.0,
          .user_share = user_s / free_wall_s(),
          .cpu_share = cpu_s() / free_wall_s(),
          .mean_wait_ms = mean_wait_ms(),
          .connections = static_cast<double>(sockets)};
}

Lookout::Lookout(Watched& watched)
    : watched_(watched), ours_(targets_of_this_program()) {}

void Lookout::look() {
  std::vector<os::ProcessStatus> alive;
  std::vector<pid_t> pids;
  std::set<pid_t> parents;
  for (const pid_t pid : os::tree_of(getpid())) {
    const auto status = os::read_status(pid);
    if (pid != getpid() && status && status->state != 'Z') {
      pids.push_back(pid);
      alive.push_back(*status);
      parents.insert(status->parent);
    }
  }
  if (pids.empty()) {
    return;
  }
  ++watched_.looks;
  int threads = 0;
  std::set<std::string> sockets;
  bool files = false;
  bool work = false;
  for (size_t i = 0; i < pids.size(); ++i) {
    threads += alive[i].threads;
    work |= look_at_threads(pids[i], parents.contains(pids[i]));
    files |= look_at_descriptors(pids[i], sockets);
  }
  watched_.looks_with_work += work ? 1 : 0;
  watched_.looks_with_files += files ? 1 : 0;
  watched_.threads = std::max(watched_.threads, threads);
  watched_.processes =
      std::max(watched_.processes, static_cast<int>(pids.size()));
  watched_.sockets =
      std::max(watched_.sockets, static_cast<int>(sockets.size()));
}

bool Lookout::look_at_threads(pid_t pid, bool has_children) {
  bool wants_cpu = false;
  for (const pid_t thread : os::threads_of(pid)) {
    // Every thread has a folder in /proc, though only processes are listed.
    const auto status = os::read_status(thread);
    if (!status) {
      continue;
    }
    const bool for_children = status->state == 'S' && has_children;
    const bool asleep = status->state == 'S' && !has_children;
    wants_cpu |= status->state == 'R';
    watched_.running += status->state == 'R' ? 1 : 0;
    watched_.in_disk_wait += status->state == 'D' ? 1 : 0;
    watched_.sleeping += asleep ? 1 : 0;
    count_waits(thread, status->voluntary_switches,
                asleep || status->state == 'D', !for_children);
  }
  return wants_cpu;
}

// The first time it is the one wait that it was found in.
void Lookout::count_waits(pid_t thread, int64_t own_switches, bool asleep,
                          bool counts) {
  const auto found = switches_.find(thread);
  if (found == switches_.end()) {
    if (asleep) {
      switches_[thread] = own_switches;
      ++watched_.waits;
    }
    return;
  }
  const int64_t since = own_switches - found->second;
  // Negative: another thread has been given the number of one that ended.
  watched_.waits += counts ? std::max<int64_t>(since, 0) : 0;
  found->second = own_switches;
}

bool Lookout::look_at_descriptors(pid_t pid, std::set<std::string>& sockets) {
  bool files = false;
  bool strangers = false;
  std::vector<std::string> of_this_process;
  for (const std::string& target : targets_of(pid)) {
    files |= target.starts_with('/') && !target.starts_with("/dev/") &&
             !target.starts_with("/proc/");
    if (target.starts_with("socket:[")) {
      strangers |= !listens_.contains(target);
      of_this_process.push_back(target);
    }
  }
  if (strangers) {
    find_out_who_listens(pid, of_this_process);
  }
  for (const std::string& target : of_this_process) {
    if (!listens_[target]) {
      sockets.insert(target);
    }
  }
  return files;
}

std::vector<std::string> Lookout::targets_of(pid_t pid) {
  std::vector<std::string> targets;
  try {
    for (const std::string& descriptor : os::open_descriptors(pid)) {
      std::string target = target_in(descriptor);
      if (!ours_.contains(target)) {
        targets.push_back(std::move(target));
      }
    }
  } catch (const std::system_error&) {
    ++watched_.refused_looks;
  }
  return targets;
}

// A socket that only listens is connected to nobody. The system's lists are
// long, so they are read only when there is a socket not seen before.
void Lookout::find_out_who_listens(pid_t pid,
                                   const std::vector<std::string>& sockets) {
  std::set<std::string> listening;
  // The columns of the state and of the socket's number.
  add_listening(pid, "tcp", 3, "0A", 9, listening);
  add_listening(pid, "tcp6", 3, "0A", 9, listening);
  add_listening(pid, "unix", 3, "00010000", 6, listening);
  for (const std::string& socket : sockets) {
    listens_[socket] = listening.contains(socket);
  }
}

}  // namespace demos

#include "tests/support/fault_plan.h"

#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <initializer_list>
#include <optional>
#include <system_error>

namespace tests {

namespace {

enum class Entry : uint32_t {
  kRead,
  kWrite,
  kOpen,
  kPipe2,
  kFcntl,
  kSocket,
  kSocketpair,
  kAccept4,
  kConnect,
  kSend,
  kRecv,
  kEpollCreate1,
  kEpollCtl,
  kEpollWait,
  kPoll,
  kEventfd,
  kFork,
  kWaitid,
  kWait4,
  kPidfdOpen,
  kMmap,
  kMprotect,
  kFallocate,
  kFutex,
  kMembarrier,
  kTimerCreate,
  kCount,
};
constexpr auto kEntries = static_cast<size_t>(Entry::kCount);
constexpr std::array<const char*, kEntries> kNames = {
    "read",        "write",         "open",      "pipe2",      "fcntl",
    "socket",      "socketpair",    "accept4",   "connect",    "send",
    "recv",        "epoll_create1", "epoll_ctl", "epoll_wait", "poll",
    "eventfd",     "fork",          "waitid",    "wait4",      "pidfd_open",
    "mmap",        "mprotect",      "fallocate", "futex",      "membarrier",
    "timer_create"};

// In place of an errno: the call does a part of what it was asked.
constexpr int kShort = 0;

struct Fault {
  Entry entry;
  uint32_t number;
  int error;
};

// What plain functions can find. Set while there is one thread.
struct Day {
  os::Syscalls real = {};
  uint64_t seed = 0;
  unsigned odds = 0;
  // Relaxed, all of them: a lot follows from the number that was drawn and
  // from nothing that another thread has written, and the history is read when
  // the threads have been joined.
  std::array<std::atomic<uint32_t>, kEntries> calls = {};
  std::atomic<size_t> faults = 0;
  std::array<std::atomic<bool>, 256> gave = {};  // by errno
  std::array<Fault, 64> history = {};
};
Day day;

// Steele's and Vigna's SplitMix64: neighbouring numbers have nothing in common.
uint64_t mixed(uint64_t x) {
  x += 0x9e37'79b9'7f4a'7c15;
  x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9;
  x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11eb;
  return x ^ (x >> 31);
}

// The lot of one call: how it is to fail, if it is.
class Lot {
 public:
  explicit Lot(Entry entry)
      : entry_(entry),
        // Relaxed: see Day.
        number_(day.calls[static_cast<size_t>(entry)].fetch_add(
            1, std::memory_order_relaxed)),
        dice_(mixed(mixed(day.seed * kEntries + static_cast<uint64_t>(entry)) +
                    number_)) {}

  // One of these; nothing if this call goes through. [I1]
  std::optional<int> one_of(std::initializer_list<int> errors) const {
    if (errors.size() == 0 || dice_ % day.odds != 0) {
      return std::nullopt;
    }
    return errors.begin()[dice_ / day.odds % errors.size()];
  }
  // It happened: what was drawn counts when the call has ended so.
  void count(int error) const {
    // Relaxed: see Day.
    day.gave[static_cast<size_t>(error)].store(true, std::memory_order_relaxed);
    const size_t place = day.faults.fetch_add(1, std::memory_order_relaxed);
    if (place < day.history.size()) {
      day.history[place] = {entry_, number_, error};
    }
  }
  // The same, told as the system tells it.
  int refuse(int error) const {
    count(error);
    errno = error;
    return -1;
  }
  // For calls that do nothing then, and cannot come short: true if it failed.
  bool fails_with(std::initializer_list<int> errors) const {
    const auto error = one_of(errors);
    if (error) {
      refuse(*error);
    }
    return error.has_value();
  }

  // A part of `size`, not nothing and not all.
  size_t part_of(size_t size) const { return 1 + mixed(dice_) % (size - 1); }

 private:
  const Entry entry_;
  const uint32_t number_;
  const uint64_t dice_;
};

mode_t kind_of(int fd) {
  struct stat about = {};
  const int error = errno;
  ::fstat(fd, &about);  // a number that is none is told so by the call itself
  errno = error;
  return about.st_mode & S_IFMT;
}

bool blocks(int fd) {
  const int error = errno;
  const int flags = day.real.fcntl(fd, F_GETFL, 0);
  errno = error;
  return flags == -1 || (flags & O_NONBLOCK) == 0;
}

bool is_stream(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return day.real.getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
         type == SOCK_STREAM;
}

// Bytes to or from `fd`. The order of the kinds is part of what a seed means.
std::optional<int> fault_of_transfer(const Lot& lot, int fd, size_t size,
                                     bool outwards) {
  const bool divisible = size > 1;
  switch (kind_of(fd)) {
    case S_IFIFO: {
      // What fits is taken whole, also by a pipe that is asked not to wait; and
      // it says EAGAIN only when it is full or empty, which we cannot make it.
      const bool cut = divisible && (!outwards || size > PIPE_BUF);
      if (blocks(fd)) {
        return cut ? lot.one_of({EINTR, kShort}) : lot.one_of({EINTR});
      }
      return cut ? lot.one_of({kShort}) : std::nullopt;
    }
    case S_IFSOCK: {
      if (!is_stream(fd)) {
        return std::nullopt;
      }
      const int not_now = blocks(fd) ? EINTR : EAGAIN;
      // As long a way to go on as to the end: one reset ends a conversation.
      return divisible
                 ? lot.one_of({not_now, kShort, kShort, not_now, ECONNRESET})
                 : lot.one_of({not_now, not_now, ECONNRESET});
    }
    case S_IFREG:
      if (outwards) {
        return divisible ? lot.one_of({kShort, ENOSPC}) : lot.one_of({ENOSPC});
      }
      return divisible ? lot.one_of({kShort}) : std::nullopt;
    default:
      return std::nullopt;  // an eventfd, a terminal: whole and at once
  }
}

// Makes the transfer, after its lot.
template <class Transfer>
ssize_t transferred(Entry entry, int fd, size_t size, bool outwards,
                    Transfer transfer) {
  const Lot lot(entry);
  const auto fault = fault_of_transfer(lot, fd, size, outwards);
  if (!fault) {
    return transfer(size);
  }
  if (*fault == kShort) {
    const ssize_t count = transfer(lot.part_of(size));
    if (count > 0) {
      lot.count(kShort);
    }
    return count;
  }
  return lot.refuse(*fault);
}

ssize_t read_or_fail(int fd, void* buffer, size_t size) {
  return transferred(Entry::kRead, fd, size, false, [&](size_t count) {
    return day.real.read(fd, buffer, count);
  });
}

ssize_t write_or_fail(int fd, const void* buffer, size_t size) {
  return transferred(Entry::kWrite, fd, size, true, [&](size_t count) {
    return day.real.write(fd, buffer, count);
  });
}

ssize_t send_or_fail(int fd, const void* buffer, size_t size, int flags) {
  return transferred(Entry::kSend, fd, size, true, [&](size_t count) {
    return day.real.send(fd, buffer, count, flags);
  });
}

ssize_t recv_or_fail(int fd, void* buffer, size_t size, int flags) {
  return transferred(Entry::kRecv, fd, size, false, [&](size_t count) {
    return day.real.recv(fd, buffer, count, flags);
  });
}

int open_or_fail(const char* path, int flags, mode_t mode) {
  return Lot(Entry::kOpen).fails_with({EMFILE})
             ? -1
             : day.real.open(path, flags, mode);
}

int pipe2_or_fail(int fds[2], int flags) {
  return Lot(Entry::kPipe2).fails_with({EMFILE}) ? -1
                                                 : day.real.pipe2(fds, flags);
}

int fcntl_or_fail(int fd, int command, int argument) {
  if (command == F_DUPFD_CLOEXEC && Lot(Entry::kFcntl).fails_with({EMFILE})) {
    return -1;
  }
  return day.real.fcntl(fd, command, argument);
}

int socket_or_fail(int domain, int type, int protocol) {
  return Lot(Entry::kSocket).fails_with({EMFILE, ENOMEM})
             ? -1
             : day.real.socket(domain, type, protocol);
}

int socketpair_or_fail(int domain, int type, int protocol, int fds[2]) {
  return Lot(Entry::kSocketpair).fails_with({EMFILE, ENOMEM})
             ? -1
             : day.real.socketpair(domain, type, protocol, fds);
}

int accept_or_fail(int fd, sockaddr* address, socklen_t* size, int flags) {
  const Lot lot(Entry::kAccept4);
  // Not EAGAIN: who is in the queue is there. A shortage leaves him there, and
  // ECONNABORTED takes him out.
  const auto fault = blocks(fd)
                         ? lot.one_of({EMFILE, ENOMEM, ECONNABORTED, EINTR})
                         : lot.one_of({EMFILE, ENOMEM, ECONNABORTED});
  if (fault && fault != ECONNABORTED) {
    return lot.refuse(*fault);
  }
  const int accepted = day.real.accept4(fd, address, size, flags);
  if (fault == ECONNABORTED && accepted != -1) {
    const linger reset = {.l_onoff = 1, .l_linger = 0};
    day.real.setsockopt(accepted, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    day.real.close(accepted);
    return lot.refuse(ECONNABORTED);
  }
  return accepted;
}

int connect_or_fail(int fd, const sockaddr* address, socklen_t size) {
  const Lot lot(Entry::kConnect);
  const auto fault = blocks(fd) ? lot.one_of({EINTR}) : std::nullopt;
  const int result = day.real.connect(fd, address, size);
  if (fault && result == 0) {
    return lot.refuse(EINTR);  // and the attempt has gone on behind it [I2]
  }
  return result;
}

int epoll_create_or_fail(int flags) {
  return Lot(Entry::kEpollCreate1).fails_with({EMFILE, ENOMEM})
             ? -1
             : day.real.epoll_create1(flags);
}

int epoll_ctl_or_fail(int epoll, int operation, int fd, epoll_event* event) {
  if (operation == EPOLL_CTL_ADD &&
      Lot(Entry::kEpollCtl).fails_with({ENOMEM, ENOSPC})) {
    return -1;
  }
  return day.real.epoll_ctl(epoll, operation, fd, event);
}

int epoll_wait_or_fail(int epoll, epoll_event* events, int size,
                       int timeout_ms) {
  if (timeout_ms != 0 && Lot(Entry::kEpollWait).fails_with({EINTR})) {
    return -1;
  }
  return day.real.epoll_wait(epoll, events, size, timeout_ms);
}

int poll_or_fail(pollfd* fds, nfds_t size, int timeout_ms) {
  if (timeout_ms != 0 && Lot(Entry::kPoll).fails_with({EINTR})) {
    return -1;
  }
  return day.real.poll(fds, size, timeout_ms);
}

int eventfd_or_fail(unsigned initial, int flags) {
  return Lot(Entry::kEventfd).fails_with({EMFILE, ENOMEM})
             ? -1
             : day.real.eventfd(initial, flags);
}

pid_t fork_or_fail() {
  return Lot(Entry::kFork).fails_with({EAGAIN, ENOMEM}) ? -1 : day.real.fork();
}

int waitid_or_fail(idtype_t type, id_t id, siginfo_t* info, int options) {
  if ((options & WNOHANG) == 0 && Lot(Entry::kWaitid).fails_with({EINTR})) {
    return -1;
  }
  return day.real.waitid(type, id, info, options);
}

pid_t wait4_or_fail(pid_t pid, int* status, int options, rusage* usage) {
  if ((options & WNOHANG) == 0 && Lot(Entry::kWait4).fails_with({EINTR})) {
    return -1;
  }
  return day.real.wait4(pid, status, options, usage);
}

int pidfd_open_or_fail(pid_t pid, unsigned flags) {
  return Lot(Entry::kPidfdOpen).fails_with({EMFILE, ENOMEM})
             ? -1
             : day.real.pidfd_open(pid, flags);
}

void* mmap_or_fail(void* address, size_t size, int protection, int flags,
                   int fd, off_t offset) {
  return Lot(Entry::kMmap).fails_with({ENOMEM})
             ? MAP_FAILED
             : day.real.mmap(address, size, protection, flags, fd, offset);
}

int mprotect_or_fail(void* address, size_t size, int protection) {
  return Lot(Entry::kMprotect).fails_with({ENOMEM})
             ? -1
             : day.real.mprotect(address, size, protection);
}

int fallocate_or_fail(int fd, int mode, off_t offset, off_t size) {
  return Lot(Entry::kFallocate).fails_with({ENOSPC, EINTR})
             ? -1
             : day.real.fallocate(fd, mode, offset, size);
}

long futex_or_fail(uint32_t* word, int operation, uint32_t value,
                   const timespec* deadline, uint32_t bitset) {
  const int command = operation & FUTEX_CMD_MASK;
  if ((command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) &&
      Lot(Entry::kFutex).fails_with({EINTR})) {
    return -1;
  }
  return day.real.futex(word, operation, value, deadline, bitset);
}

int membarrier_or_fail(int command) {
  const Lot lot(Entry::kMembarrier);
  // A kernel without it says the first two, a sandbox the third.
  const bool refused = command == MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED
                           ? lot.fails_with({EINVAL, ENOSYS, EPERM})
                           : lot.fails_with({ENOMEM});
  return refused ? -1 : day.real.membarrier(command);
}

int timer_create_or_fail(clockid_t clock, sigevent* event, timer_t* timer) {
  return Lot(Entry::kTimerCreate).fails_with({EAGAIN})
             ? -1
             : day.real.timer_create(clock, event, timer);
}

os::Syscalls with_faults(os::Syscalls table) {
  table.read = &read_or_fail;
  table.write = &write_or_fail;
  table.open = &open_or_fail;
  table.pipe2 = &pipe2_or_fail;
  table.fcntl = &fcntl_or_fail;
  table.socket = &socket_or_fail;
  table.socketpair = &socketpair_or_fail;
  table.accept4 = &accept_or_fail;
  table.connect = &connect_or_fail;
  table.send = &send_or_fail;
  table.recv = &recv_or_fail;
  table.epoll_create1 = &epoll_create_or_fail;
  table.epoll_ctl = &epoll_ctl_or_fail;
  table.epoll_wait = &epoll_wait_or_fail;
  table.poll = &poll_or_fail;
  table.eventfd = &eventfd_or_fail;
  table.fork = &fork_or_fail;
  table.waitid = &waitid_or_fail;
  table.wait4 = &wait4_or_fail;
  table.pidfd_open = &pidfd_open_or_fail;
  table.mmap = &mmap_or_fail;
  table.mprotect = &mprotect_or_fail;
  table.fallocate = &fallocate_or_fail;
  table.futex = &futex_or_fail;
  table.membarrier = &membarrier_or_fail;
  table.timer_create = &timer_create_or_fail;
  return table;
}

size_t faults_kept() {
  // Relaxed: see Day.
  return std::min(day.faults.load(std::memory_order_relaxed),
                  day.history.size());
}

}  // namespace

FaultPlan::FaultPlan(uint64_t seed, unsigned odds) : before_(os::syscalls) {
  assert(day.odds == 0 && "one plan at a time");
  day.real = before_;
  day.seed = seed;
  day.odds = odds;
  for (std::atomic<uint32_t>& count : day.calls) {
    count = 0;
  }
  for (std::atomic<bool>& gave : day.gave) {
    gave = false;
  }
  day.faults = 0;
  os::syscalls = with_faults(before_);
}

FaultPlan::~FaultPlan() {
  os::syscalls = before_;
  day.odds = 0;
}

size_t FaultPlan::faults() const {
  return day.faults.load(std::memory_order_relaxed);  // see Day
}

bool FaultPlan::gave(int error) const {
  return day.gave.at(static_cast<size_t>(error))
      .load(std::memory_order_relaxed);  // see Day
}

std::string FaultPlan::history() const {
  std::string lines;
  for (size_t i = 0; i < faults_kept(); ++i) {
    const Fault& fault = day.history[i];
    lines +=
        (i == 0 ? "" : ", ") +
        std::string(kNames[static_cast<size_t>(fault.entry)]) + " #" +
        std::to_string(fault.number) + ": " +
        (fault.error == kShort ? "short"
                               : std::generic_category().message(fault.error));
  }
  return lines;
}

}  // namespace tests

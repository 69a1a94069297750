#include "ipc/spawn.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cstdlib>
#include <stdexcept>

#include "ipc/child.h"
#include "os/io.h"
#include "os/syscall.h"

namespace ipc {

namespace {

// How a fresh image knows: program, mark, descriptor of the message.
constexpr std::string_view kMark = "--ipc-run-spawned";

// Zero before any constructor of a global runs, so their order is no matter.
constinit const internal::SpawnEntry* table = nullptr;
constinit bool guarded = false;

const internal::SpawnEntry* find(std::string_view name) {
  const internal::SpawnEntry* entry = table;
  while (entry != nullptr && entry->name() != name) {
    entry = entry->next();
  }
  return entry;
}

// What precedes the arguments.
struct Heading {
  std::string function;
  std::string process;
  bool daemon = false;

  static constexpr auto kFields =
      std::tuple(&Heading::function, &Heading::process, &Heading::daemon);
};

// From memory that has no name and that exec keeps.
Bytes read_message(os::UniqueFd file) {
  const off_t size = os::check(lseek(file.get(), 0, SEEK_END), "lseek");
  os::check(lseek(file.get(), 0, SEEK_SET), "lseek");
  Bytes message(static_cast<size_t>(size));
  message.resize(os::read_all(file.get(), message));
  return message;
}

void run_message(os::UniqueFd file) {
  const Bytes message = read_message(std::move(file));
  Decoder in(message);
  const auto heading = decode_from<Heading>(in);
  set_current_process({.name = heading.process, .daemon = heading.daemon});
  const internal::SpawnEntry* const entry = find(heading.function);
  if (entry == nullptr) {
    throw std::invalid_argument("this program has no function of the name " +
                                heading.function);
  }
  entry->run(in);
}

}  // namespace

void run_if_spawned(int argc, char** argv) {
  guarded = true;
  if (argc != 3 || argv[1] != kMark) {
    return;
  }
  int code = 0;
  try {
    run_message(os::UniqueFd(std::stoi(argv[2])));
  } catch (...) {
    report_uncaught(current_process().name);
    code = 1;
  }
  // Not _exit: this is a program of its own, and ends like one. Its threads
  // have ended, or are as those of any program whose main() returns.
  std::exit(code);  // NOLINT(concurrency-mt-unsafe)
}

namespace internal {

SpawnEntry::SpawnEntry(std::string_view name) : name_(name), next_(table) {
  assert(find(name) == nullptr && "each name means one function");
  table = this;
}

void require_guard() {
  if (!guarded) {
    throw std::logic_error("main() must call run_if_spawned() first");
  }
}

void exec_fresh(std::string_view name, const Bytes& arguments,
                const std::vector<int>& kept) {
  Bytes message = encode(Heading{.function = std::string(name),
                                 .process = current_process().name,
                                 .daemon = current_process().daemon});
  message.insert(message.end(), arguments.begin(), arguments.end());
  const os::UniqueFd file(
      os::check(memfd_create("spawn", 0), "memfd_create"));  // kept by exec
  os::write_all(file.get(), message);
  for (const int fd : kept) {
    os::check(os::syscalls.fcntl(fd, F_SETFD, 0), "fcntl(F_SETFD)");
  }
  std::string program = "spawned " + std::string(name);
  std::string mark(kMark);
  std::string number = std::to_string(file.get());
  const std::array<char*, 4> argv = {program.data(), mark.data(), number.data(),
                                     nullptr};
  execv("/proc/self/exe", argv.data());
  os::throw_errno("execv");
}

Connection reopened(int fd) {
  // From here on it is as any other descriptor of ours.
  const int flags =
      os::check(os::syscalls.fcntl(fd, F_GETFL, 0), "fcntl(F_GETFL)");
  os::check(os::syscalls.fcntl(fd, F_SETFD, FD_CLOEXEC), "fcntl(F_SETFD)");
  using Direction = Connection::Direction;
  const int access = flags & O_ACCMODE;
  return Connection(os::UniqueFd(fd), access == O_RDONLY   ? Direction::kRead
                                      : access == O_WRONLY ? Direction::kWrite
                                                           : Direction::kBoth);
}

}  // namespace internal

}  // namespace ipc

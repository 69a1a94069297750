#include "ipc/name_tracker.h"

#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "ipc/shared_memory.h"
#include "os/signals.h"
#include "os/syscall.h"

namespace ipc {

namespace {

// The life of the tracker.
void keep_names(const os::UniqueFd& reader) {
  // Ctrl-C is for the program. If it ends, so does the pipe.
  const auto mask = os::ScopedSignalMask::all();
  std::set<std::string> names;
  std::string line;
  std::array<std::byte, PIPE_BUF> buffer;
  while (const size_t size = os::read_some(reader.get(), buffer).value()) {
    for (const std::byte byte : std::span(buffer).first(size)) {
      if (const char letter = static_cast<char>(byte); letter != '\n') {
        line += letter;
        continue;
      }
      // Whoever has the pipe may have written anything into it.
      const std::string name = line.empty() ? "" : line.substr(1);
      if (can_name_shared_memory(name)) {
        if (line.front() == '+') {
          names.insert(name);
        } else {
          names.erase(name);
        }
      }
      line.clear();
    }
  }
  for (const std::string& name : names) {
    unlink_shared_memory(name);
  }
}

}  // namespace

NameTracker::NameTracker(os::Pipe names)
    : names_(std::move(names.writer)),
      process_(fork_child(
          "NameTracker", [&] { keep_names(names.reader); },
          std::array{names.reader.get()})),
      owner_(getpid()) {
  os::ignore_sigpipe();
}

NameTracker::~NameTracker() {
  names_.reset();
  if (owner_ == getpid()) {
    process_.wait();
  }
}

void NameTracker::tell(char verb, const std::string& name) {
  if (!can_name_shared_memory(name) || name.size() > NAME_MAX ||
      name.find('\n') != std::string::npos) {
    os::throw_error(EINVAL, "the name to track");
  }
  const std::string line = verb + name + "\n";
  os::write_all(names_.get(), os::bytes_of(line));  // [I2]
}

}  // namespace ipc

#include "os/proc.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>

#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"

namespace os {

namespace {

// A process may end between any two calls; these are how that looks. [I1]
bool is_gone(int error) {
  return error == ENOENT || error == ESRCH;
}

std::optional<std::string> read_file(const std::string& path) {
  const UniqueFd fd(retry_on_eintr(
      [&] { return syscalls.open(path.c_str(), O_RDONLY | O_CLOEXEC, 0); }));
  if (!fd) {
    if (is_gone(errno)) {
      return std::nullopt;
    }
    throw_errno("open(/proc)");
  }
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = retry_on_eintr(
        [&] { return syscalls.read(fd.get(), buffer, sizeof buffer); });
    if (count == -1) {
      if (is_gone(errno)) {
        return std::nullopt;  // became a zombie after open: smaps has no map
      }
      throw_errno("read(/proc)");
    }
    if (count == 0) {
      return text;
    }
    text.append(buffer, static_cast<size_t>(count));
  }
}

std::string folder_of(pid_t pid) {
  return "/proc/" + std::to_string(pid);
}

// The names in a folder that are numbers, in order.
std::vector<int> numbers_in(const std::string& path) {
  std::vector<int> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()),
                                                   &closedir);
  if (folder == nullptr) {
    if (is_gone(errno)) {
      return numbers;
    }
    throw_errno("opendir(/proc)");
  }
  const int own = dirfd(folder.get());
  // Safe in Linux for different streams; readdir_r is not to be used any more.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    int number = 0;
    const auto end = std::from_chars(name.begin(), name.end(), number);
    const bool is_own =
        number == own && path == "/proc/self/fd";  // the folder's own
    if (end.ec == std::errc() && end.ptr == name.end() && !is_own) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::string> descriptors_in(const std::string& folder) {
  std::vector<std::string> lines;
  for (const int fd : numbers_in(folder)) {
    char target[256];
    const std::string path = folder + "/" + std::to_string(fd);
    const ssize_t size = readlink(path.c_str(), target, sizeof target);
    if (size >= 0) {
      lines.push_back(std::to_string(fd) + " -> " +
                      std::string(target, static_cast<size_t>(size)));
    }
  }
  return lines;
}

// The letter behind "State:" in a status file.
char state_in(const std::string& text) {
  const std::string_view key = "\nState:\t";
  const size_t at = text.find(key);
  return at == std::string::npos ? '?' : text.at(at + key.size());
}

}  // namespace

std::optional<int64_t> field(std::string_view text, std::string_view key) {
  for (size_t at = text.find(key); at != std::string_view::npos;
       at = text.find(key, at + 1)) {
    const size_t colon = at + key.size();
    const bool starts_line = at == 0 || text[at - 1] == '\n';
    if (!starts_line || colon >= text.size() || text[colon] != ':') {
      continue;
    }
    const size_t digit = text.find_first_not_of(" \t", colon + 1);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    int64_t value = 0;
    const auto end =
        std::from_chars(text.data() + digit, text.data() + text.size(), value);
    return end.ec == std::errc() ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<ProcessStatus> read_status(pid_t pid) {
  const auto text = read_file(folder_of(pid) + "/status");
  if (!text) {
    return std::nullopt;
  }
  ProcessStatus status;
  status.state = state_in(*text);
  status.parent = static_cast<pid_t>(field(*text, "PPid").value_or(0));
  status.threads = static_cast<int>(field(*text, "Threads").value_or(0));
  status.rss_bytes = field(*text, "VmRSS").value_or(0) * 1024;
  status.voluntary_switches =
      field(*text, "voluntary_ctxt_switches").value_or(0);
  status.involuntary_switches =
      field(*text, "nonvoluntary_ctxt_switches").value_or(0);
  return status;
}

std::optional<int64_t> read_pss(pid_t pid) {
  const auto text = read_file(folder_of(pid) + "/smaps_rollup");
  if (!text) {
    return std::nullopt;
  }
  const auto kilobytes = field(*text, "Pss");
  return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
}

std::vector<pid_t> threads_of(pid_t pid) {
  return numbers_in(folder_of(pid) + "/task");
}

std::optional<char> thread_state(pid_t pid, pid_t thread) {
  const auto text =
      read_file(folder_of(pid) + "/task/" + std::to_string(thread) + "/status");
  return text ? std::optional(state_in(*text)) : std::nullopt;
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  for (const pid_t thread : threads_of(pid)) {
    const auto text = read_file(folder_of(pid) + "/task/" +
                                std::to_string(thread) + "/children");
    if (!text) {
      continue;
    }
    const char* at = text->data();
    const char* const end = at + text->size();
    while (at < end) {
      pid_t child = 0;
      const auto number = std::from_chars(at, end, child);
      if (number.ec == std::errc()) {
        children.push_back(child);
      }
      at = number.ptr + 1;  // over the space
    }
  }
  return children;
}

std::vector<pid_t> tree_of(pid_t pid) {
  std::vector<pid_t> tree = {pid};
  for (size_t next = 0; next < tree.size(); ++next) {
    const std::vector<pid_t> children = children_of(tree[next]);
    tree.insert(tree.end(), children.begin(), children.end());
  }
  return tree;
}

std::vector<std::string> open_descriptors() {
  return descriptors_in("/proc/self/fd");
}

std::vector<std::string> open_descriptors(pid_t pid) {
  return descriptors_in(folder_of(pid) + "/fd");
}

}  // namespace os

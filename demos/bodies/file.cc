#include "demos/bodies/file.h"

#include <array>
#include <cassert>
#include <filesystem>
#include <system_error>

#include "os/io.h"
#include "os/syscall.h"

namespace demos::bodies {

void File::open(const std::string& path, Mode mode) {
  assert(!fd_ && "a file is closed before it is opened again");
  const int flags =
      mode == Mode::kRead ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND;
  fd_.reset(os::check(os::retry_on_eintr([&] {
                        return os::syscalls.open(path.c_str(),
                                                 flags | O_CLOEXEC, 0666);
                      }),
                      "open"));
  if (mode == Mode::kRead) {
    std::error_code unknown;
    const auto size = std::filesystem::file_size(path, unknown);
    size_when_opened_ = unknown ? 0 : static_cast<size_t>(size);
  }
}

void File::write(std::string_view text) {
  if (flushes(text.size())) {
    flush();
  }
  if (text.size() > kBufferSize) {
    os::write_all(fd_.get(), os::bytes_of(text));  // nothing to gather
  } else {
    buffer_ += text;
  }
}

std::string File::read() {
  std::string text;
  text.reserve(size_when_opened_);
  std::array<std::byte, 65536> piece;
  while (const auto count = os::read_some(fd_.get(), piece)) {
    if (*count == 0) {
      break;
    }
    text.append(reinterpret_cast<const char*>(piece.data()), *count);
  }
  return text;
}

void File::close() {
  flush();
  os::check(os::syscalls.close(fd_.release()), "close");
}

void File::flush() {
  os::write_all(fd_.get(), os::bytes_of(buffer_));
  buffer_.clear();
}

}  // namespace demos::bodies

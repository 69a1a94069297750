#include "ipc/frame.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include "os/io.h"
#include "os/syscall.h"

namespace ipc {

namespace {

using Length = uint32_t;
static_assert(sizeof(Length) == kFrameHead);

constexpr size_t kSmallBuffer = size_t{16} * 1024;
// A reader that has grown beyond this gives the memory back when it is empty.
constexpr size_t kKeptBuffer = size_t{1024} * 1024;

}  // namespace

size_t begin_frame(std::vector<std::byte>& out) {
  const size_t frame = out.size();
  out.resize(frame + sizeof(Length));
  return frame;
}

void end_frame(std::vector<std::byte>& out, size_t frame) {
  const size_t size = out.size() - frame - sizeof(Length);
  if (size > kMaxFrame) {
    out.resize(frame);
    throw std::invalid_argument("a message of " + std::to_string(size) +
                                " bytes is too long to send; the limit is " +
                                std::to_string(kMaxFrame));
  }
  const auto length = static_cast<Length>(size);
  std::memcpy(out.data() + frame, &length, sizeof length);
}

std::optional<size_t> FrameReader::announced() const {
  if (end_ - begin_ < sizeof(Length)) {
    return std::nullopt;
  }
  Length length;
  std::memcpy(&length, buffer_.get() + begin_, sizeof length);
  return length;
}

bool FrameReader::has_frame() const {
  const auto length = announced();
  // A length that lies counts as one, so that next() is called and says so.
  return length &&
         (*length > kMaxFrame || end_ - begin_ - sizeof(Length) >= *length);
}

std::optional<std::span<const std::byte>> FrameReader::front() const {
  const auto length = announced();
  if (!length) {
    return std::nullopt;
  }
  return std::span<const std::byte>(
      buffer_.get() + begin_ + sizeof(Length),
      std::min(*length, end_ - begin_ - sizeof(Length)));
}

std::optional<std::span<const std::byte>> FrameReader::next() {
  if (!has_frame()) {
    return std::nullopt;
  }
  const size_t length = *announced();
  if (length > kMaxFrame) {
    const std::string call =
        "recv(a frame that claims " + std::to_string(length) + " bytes)";
    os::throw_error(EBADMSG, call.c_str());
  }
  const std::byte* const content = buffer_.get() + begin_ + sizeof(Length);
  begin_ += sizeof(Length) + length;
  return std::span(content, length);
}

std::optional<size_t> FrameReader::read_from(int fd) {
  make_room();
  const auto count =
      os::read_some(fd, std::span(buffer_.get() + end_, capacity_ - end_));
  end_ += count.value_or(0);
  return count;
}

void FrameReader::make_room() {
  const size_t kept = end_ - begin_;
  if (kept == 0 && capacity_ > kKeptBuffer) {
    buffer_.reset();
    capacity_ = 0;
    begin_ = end_ = 0;
  }
  // Doubling only when full of bytes that did arrive. [I2]
  if (kept == capacity_) {
    const size_t wanted = std::max(kSmallBuffer, 2 * capacity_);
    auto larger = std::make_unique_for_overwrite<std::byte[]>(wanted);
    std::copy(buffer_.get() + begin_, buffer_.get() + end_, larger.get());
    buffer_ = std::move(larger);
    capacity_ = wanted;
  } else if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, kept);
  }
  begin_ = 0;
  end_ = kept;
}

}  // namespace ipc

// Any bytes, decoded as a value of any type: a value or an error, and nothing
// else. [codec.h I1 I2, frame.h I1 I2]
//
// The first byte chooses the type, the others are the message. libFuzzer calls
// this with bytes of its own making, codec_corpus_test with those in
// codec_corpus/ and changes to them. (bazel/fuzz.bzl)
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "ipc/codec.h"
#include "ipc/errors.h"
#include "ipc/frame.h"
#include "os/io.h"

namespace ipc {
namespace {

using Message = std::span<const std::byte>;

struct Point {
  int x = 0;
  std::string label;
  std::optional<std::vector<double>> weights;
  static constexpr auto kFields =
      std::tuple(&Point::x, &Point::label, &Point::weights);
};

struct Tree {
  std::vector<Tree> branches;
  static constexpr auto kFields = std::tuple(&Tree::branches);
};

// What was decoded must survive the way back: its encoding decodes to
// something with the same encoding. (Not compared with the message: a map
// comes in order and without repetition, whatever was sent.)
template <class T>
void decode_as(Message message) {
  Bytes encoded;
  try {
    encoded = encode(decode<T>(message));
  } catch (const DecodeError&) {
    return;
  }
  if (encoded.size() > message.size() ||
      encode(decode<T>(encoded)) != encoded) {
    abort();
  }
}

// The message as a stream of frames.
void cut_into_frames(Message message) {
  constexpr size_t kFits = 60'000;  // into a pipe
  os::Pipe pipe = os::make_pipe();
  message = message.first(std::min(message.size(), kFits));
  os::write_all(pipe.writer.get(), message);
  pipe.writer.reset();
  FrameReader reader;
  size_t content = 0;
  try {
    do {
      while (const auto frame = reader.next()) {
        content += frame->size();
      }
    } while (reader.read_from(pipe.reader.get()) != 0);
  } catch (const std::system_error& refused) {
    if (refused.code() != std::errc::bad_message) {
      abort();
    }
  }
  if (content > message.size()) {
    abort();
  }
}

constexpr void (*kReaders[])(Message) = {
    &decode_as<int32_t>,
    &decode_as<bool>,
    &decode_as<std::string>,
    &decode_as<std::vector<int32_t>>,
    &decode_as<std::vector<std::string>>,
    &decode_as<std::map<std::string, std::vector<int16_t>>>,
    &decode_as<std::optional<std::string>>,
    &decode_as<std::tuple<int8_t, std::string, std::vector<bool>>>,
    &decode_as<std::vector<Point>>,
    &cut_into_frames,
    &decode_as<Tree>,
};

}  // namespace
}  // namespace ipc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) {
    ipc::kReaders[data[0] % std::size(ipc::kReaders)](
        std::as_bytes(std::span(data + 1, size - 1)));
  }
  return 0;
}

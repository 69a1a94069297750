// loop/stream_errors.h - what a stream cannot give.
//
// CONCEPT     A reader asks for a line or for a thousand bytes; the stream may
//             end before, or never send the end of the line. Both are answers
//             with something in them: what did come, and how much to skip.
// IN PYTHON   asyncio.IncompleteReadError, asyncio.LimitOverrunError
// THREADS     Values; an exception_ptr shares one object.
// OWNERSHIP   Owns the bytes.
// LEFT OUT    The base class EOFError.
// READ NEXT   loop/stream_reader.h
#ifndef LOOP_STREAM_ERRORS_H_
#define LOOP_STREAM_ERRORS_H_

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace loop {

// The stream ended before the request was fulfilled.
class IncompleteReadError : public std::runtime_error {
 public:
  IncompleteReadError(std::string part, std::optional<size_t> wanted)
      : std::runtime_error(std::to_string(part.size()) +
                           " bytes read on a total of " +
                           (wanted ? std::to_string(*wanted) : "undefined") +
                           " expected bytes"),
        partial(std::move(part)),
        expected(wanted) {}

  const std::string partial;             // all that came before the end
  const std::optional<size_t> expected;  // empty if a separator was waited for
};

// The separator does not come within the reader's limit. Nothing was taken.
class LimitOverrunError : public std::runtime_error {
 public:
  LimitOverrunError(const std::string& message, size_t bytes)
      : std::runtime_error(message), consumed(bytes) {}

  const size_t consumed;  // so many can be read before looking again
};

}  // namespace loop

#endif  // LOOP_STREAM_ERRORS_H_

// demos/bodies/file.h - a file that writes through a buffer of its own.
//
// CONCEPT     A system call for every letter would cost a thousand times the
//             letter. So what is written gathers in memory and goes to the
//             system when the buffer is full or the file is closed. Most
//             writes therefore do not block at all, and `flushes()` tells
//             which one will: a thread need not release a lock for the others.
//
//               write "a" "a" "a" ... -> [aaaa....  8 KiB] -> one system call
//
// IN PYTHON   open(path, "a"), whose buffer has the same size
// INVARIANTS  I1. Each system call appends one piece as a whole: opened for
//                 appending, the system keeps pieces of several writers apart.
//             I2. Never more than kBufferSize letters wait in the buffer.
// THREADS     One at a time.
// OWNERSHIP   Owns the descriptor. What is in the buffer when it is destroyed
//             without close() is lost: only close() can report an error.
// ERRORS      std::system_error from open, read, write; and from close, where
//             a late write error shows itself.
// LEFT OUT    Seeking, text encodings.
// READ NEXT   demos/bodies/step.h
#ifndef DEMOS_BODIES_FILE_H_
#define DEMOS_BODIES_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "os/unique_fd.h"

namespace demos::bodies {

class File {
 public:
  enum class Mode { kRead, kAppend };
  static constexpr size_t kBufferSize = 8192;

  void open(const std::string& path, Mode mode);
  void write(std::string_view text);
  // From here to the end of the file.
  std::string read();
  void close();

  // Would writing `size` more letters reach the system?
  bool flushes(size_t size) const {
    return buffer_.size() + size > kBufferSize;
  }

 private:
  void flush();

  os::UniqueFd fd_;
  size_t size_when_opened_ = 0;  // room for read() to begin with
  std::string buffer_;
};

}  // namespace demos::bodies

#endif  // DEMOS_BODIES_FILE_H_

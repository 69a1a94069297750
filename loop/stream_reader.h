// loop/stream_reader.h - reading lines and messages out of a stream of bytes.
//
// CONCEPT     TCP carries bytes and knows no messages: what was written at
//             once may arrive in pieces, what was written in pieces at once.
//             A reader gathers bytes until what was asked for is complete,
//             hands that out and keeps the rest for the next request:
//
//               "ab" "c\nde" "f"  --> read_line() = "abc\n", buffered "def"
//
//             It receives no more than its limit ahead of what is asked for,
//             and nothing at all while nobody asks.
// IN PYTHON   asyncio.StreamReader; read, readline, readuntil, readexactly
// INVARIANTS  I1. Every byte is handed out once, in order.
//             I2. Buffered are at most the limit and one separator, or as much
//                 as a read_exactly() asks for.
//             I3. A request that is cancelled has taken nothing; only read()
//                 to the end may lose what it gathered.
//             I4. After an error nothing is handed out any more.
// THREADS     The loop's thread; one request at a time.
// OWNERSHIP   Shares the connection with its writer; owns what is buffered.
//             Must outlive a request: it is the coroutine's `this`.
// ERRORS      IncompleteReadError, LimitOverrunError, ValueError for a line
//             over the limit, the connection's error, RuntimeError for a
//             second request at once.
// LEFT OUT    `async for line in reader`: a loop over read_line() until it is
//             empty. feed_data: there is always a socket behind it.
// READ NEXT   loop/stream_writer.h
#ifndef LOOP_STREAM_READER_H_
#define LOOP_STREAM_READER_H_

#include <cstddef>
#include <exception>
#include <string>

#include "loop/byte_buffer.h"
#include "loop/connection.h"
#include "loop/coroutine.h"
#include "loop/ref.h"

namespace loop {

class StreamReader {
 public:
  static constexpr size_t kDefaultLimit = size_t{64} * 1024;
  // As in Python: read(kToTheEnd).
  static constexpr ptrdiff_t kToTheEnd = -1;

  explicit StreamReader(Ref<Connection> connection,
                        size_t limit = kDefaultLimit);

  // As soon as there is anything, up to `most` bytes of it; empty at the end.
  // kToTheEnd waits for the end and gives everything.
  Coroutine<std::string> read(ptrdiff_t most = kToTheEnd);
  // To the next '\n', which is part of it; at the end what is left, or empty.
  Coroutine<std::string> read_line();
  // To the end of the next `separator`, which is part of it.
  Coroutine<std::string> read_until(std::string separator);
  Coroutine<std::string> read_exactly(size_t count);

  // The stream has ended and everything was handed out.
  bool at_eof() const { return connection_->ended() && buffer_.empty(); }

  // Every request from now on fails with `error`, the present one too.
  void set_exception(std::exception_ptr error) {
    connection_->set_error(std::move(error));
  }
  // The error of the connection, or null.
  std::exception_ptr exception() const { return connection_->error(); }

  // How much was received and not yet asked for.
  size_t buffered() const { return buffer_.size(); }

 private:
  Coroutine<std::string> read_some(size_t most);
  Coroutine<std::string> read_to_the_end();

  Ref<Connection> connection_;
  size_t limit_;
  ByteBuffer buffer_;
};

}  // namespace loop

#endif  // LOOP_STREAM_READER_H_

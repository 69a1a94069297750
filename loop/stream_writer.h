// loop/stream_writer.h - writing into a stream without waiting for each piece.
//
// CONCEPT     write() never waits: what the system takes goes out at once, the
//             rest is kept and follows in the background. A writer that is
//             faster than its peer would so pile up all its data, and that is
//             what drain() is for: it waits while more than 64 KiB are kept,
//             until the peer has taken all but 16 KiB.
//
//               writer.write(block);        // never waits
//               co_await writer.drain();    // waits if the peer is behind
//
// IN PYTHON   asyncio.StreamWriter
// INVARIANTS  I1. Everything written before close() is sent before the end.
//             I2. The connection is closed when its writer is dropped.
// THREADS     The loop's thread; any number of tasks may drain at once.
// OWNERSHIP   Shares the connection with its reader.
// ERRORS      drain() and wait_closed() throw what the connection died of.
//             write() after write_eof() is a RuntimeError; after close() it is
//             ignored, from the fifth time on with a report.
// LEFT OUT    writelines: write() twice, nothing is sent twice as slowly.
// READ NEXT   loop/open_connection.h
#ifndef LOOP_STREAM_WRITER_H_
#define LOOP_STREAM_WRITER_H_

#include <string_view>
#include <utility>

#include "loop/connection.h"
#include "loop/ref.h"

namespace loop {

class StreamWriter {
 public:
  explicit StreamWriter(Ref<Connection> connection)
      : connection_(std::move(connection)) {}
  StreamWriter(StreamWriter&&) noexcept = default;
  StreamWriter& operator=(StreamWriter&& other) noexcept {
    std::swap(connection_, other.connection_);
    return *this;
  }
  ~StreamWriter() {
    if (connection_) {
      Connection::abandon(std::move(connection_));  // [I2]
    }
  }

  void write(std::string_view bytes) { connection_->send(bytes); }
  Connection::Wait drain() { return connection_->drained(); }

  // The peer will read the end after what was written, and may still answer.
  void write_eof() { connection_->send_eof(); }

  void close() { connection_->close(); }  // [I1]
  Connection::Wait wait_closed() { return connection_->closed(); }
  bool is_closing() const { return connection_->closing(); }
  // Drops what was not sent, and closes at once.
  void abort() { connection_->abort(); }

  // How much waits to be sent.
  size_t backlog() const { return connection_->backlog(); }

 private:
  Ref<Connection> connection_;
};

}  // namespace loop

#endif  // LOOP_STREAM_WRITER_H_

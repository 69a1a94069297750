// loop/open_connection.h - the client's side of a stream.
//
// CONCEPT     Connecting takes a journey to the peer and back, so it is
//             awaited. A peer may have several addresses, of which some do not
//             answer: they are tried in turn, and only if none answers is that
//             an error.
// IN PYTHON   asyncio.open_connection, open_unix_connection
// THREADS     The loop's thread.
// OWNERSHIP   The caller owns reader and writer; dropping the writer closes.
// ERRORS      std::system_error with the code of the first failure (refused,
//             unreachable) and the addresses that were tried.
// LEFT OUT    Looking up names, see loop/address.h; TLS; racing IPv6 against
//             IPv4 (search for Happy Eyeballs).
// READ NEXT   loop/server.h
#ifndef LOOP_OPEN_CONNECTION_H_
#define LOOP_OPEN_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/sockets.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"

namespace loop {

// The two ends of a connection. With a constructor, as everything that stands
// in an expression with co_await.
struct Stream {
  explicit Stream(Socket socket, size_t limit = StreamReader::kDefaultLimit);

  StreamReader reader;
  StreamWriter writer;

 private:
  Stream(Ref<Connection> connection, size_t limit)
      : reader(connection, limit), writer(connection) {}
};

Coroutine<Stream> open_connection(std::string host, uint16_t port,
                                  size_t limit = StreamReader::kDefaultLimit);
Coroutine<Stream> open_unix_connection(
    std::string path, size_t limit = StreamReader::kDefaultLimit);
// To the first of the candidates that accepts.
Coroutine<Stream> open_connection_to_any(
    std::vector<Address> candidates,
    size_t limit = StreamReader::kDefaultLimit);

}  // namespace loop

#endif  // LOOP_OPEN_CONNECTION_H_

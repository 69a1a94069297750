// loop/server.h - one coroutine per client.
//
// CONCEPT     A listening socket becomes readable when somebody has connected.
//             Then the server accepts and makes a task that runs the caller's
//             coroutine for this client. The coroutine reads top to bottom as
//             if there were no other client, and a thousand of them cost a
//             thousand small frames, not a thousand threads.
//
//               listener --readable--> accept --> task: handler(reader, writer)
//                                      accept --> task: handler(reader, writer)
//
//             When descriptors run out, accept fails and the client stays in
//             the queue: the listener remains readable, and a loop that asks
//             again would spin. So one descriptor is held in reserve: it is
//             given up for a moment to accept the client and turn him away.
// IN PYTHON   asyncio.start_server (with reuse_port=True for the shared port),
//             start_unix_server, asyncio.Server
// INVARIANTS  I1. close() ends accepting; clients that are served stay.
//             I2. An error with one client ends nothing but that client.
// THREADS     The loop's thread. A Server that is dropped in another one while
//             its loop runs is reported, and closed by the loop.
// OWNERSHIP   A Server owns its listener and stops when it is dropped. The
//             handler is shared by all its clients and lives as long as one of
//             them, so it may be a lambda with captures.
// ERRORS      std::system_error from socket, bind, listen and the poller. What
//             a handler throws is reported like the error of any task that
//             nobody awaits. An error of accept is reported once, until a
//             client is accepted again.
// LEFT OUT    Waiting for the last client, TLS, removing the file of a Unix
//             socket at the end (Python 3.11 leaves it as well).
// READ NEXT   loop/open_connection.h
#ifndef LOOP_SERVER_H_
#define LOOP_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/ref.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"

namespace loop {

using ClientHandler = std::function<Coroutine<>(StreamReader, StreamWriter)>;

class Listener;

class [[nodiscard]] Server {
 public:
  explicit Server(Ref<Listener> listener);
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  ~Server();

  // Where it listens: the port that the system chose, if 0 was asked for.
  Address address() const;
  bool is_serving() const;
  void close();  // [I1]

 private:
  Listener& listener() const;

  Ref<Listener> listener_;  // null when moved away
};

// Port 0 lets the system choose one. Not awaited, as it is in Python: no name
// is looked up. So a lambda with captures can be written in the call, which
// GCC 12 would destroy twice in an expression with co_await.
Server start_server(ClientHandler handler, const std::string& host,
                    uint16_t port, size_t limit = StreamReader::kDefaultLimit);
// On a port that several loops share, each with a server of its own, in threads
// or processes: the system deals the clients out.
Server start_server_on_shared_port(ClientHandler handler,
                                   const std::string& host, uint16_t port,
                                   size_t limit = StreamReader::kDefaultLimit);
// The file is made here, for its owner alone (Python leaves that to the umask);
// a socket that was left over there is replaced, a link is not followed.
Server start_unix_server(ClientHandler handler, const std::string& path,
                         size_t limit = StreamReader::kDefaultLimit);

}  // namespace loop

#endif  // LOOP_SERVER_H_

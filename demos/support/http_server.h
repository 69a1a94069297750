// demos/support/http_server.h - a small web server with a delay, in a process
// of its own.
//
// CONCEPT     Experiments about waiting need a server that takes its time. It
//             is one process, one thread, one loop, and a coroutine for each
//             client that reads from top to bottom:
//
//               read a request -> sleep until it is due -> write -> again
//
//             A thousand clients that wait are a thousand sleeping tasks. The
//             process is forked before anything is measured, so its CPU is
//             charged to no model. It answers any client: try curl.
// IN PYTHON   asyncio.start_server; python3 -m http.server, with a delay
// INVARIANTS  I1. No answer leaves before its latency has passed.
//             I2. No more than `rate` answers leave in a second.
//             I3. Nothing a client sends or does ends the server.
//             I4. A client who neither asks nor reads holds his connection for
//                 no longer than the server's patience.
//             I5. Only this machine's programs reach it, and they reach nothing
//                 that its maker has open.
// THREADS     The object: one thread. The server: one thread in its process.
// OWNERSHIP   Owns the process; when the object is gone, so is the server.
// ERRORS      std::system_error from pipe2, fork and pidfd_open;
//             std::runtime_error if the server could not start; it has then
//             printed why.
// LEFT OUT    Files, logs, encryption.
// READ NEXT   demos/support/http_client.h
#ifndef DEMOS_SUPPORT_HTTP_SERVER_H_
#define DEMOS_SUPPORT_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "demos/support/child_tree.h"

namespace demos::support {

inline constexpr double kLowestRate = 1e-6;  // an answer in eleven days

struct ServerSettings {
  double latency_ms = 0;
  uint32_t jitter = 0;      // a seed: latencies vary by half; 0: all are equal
  int body_bytes = 1000;    // of an answer that is no JSON
  double rate = 0;          // answers per second; 0: as many as possible
  bool keep_alive = false;  // false: close after each answer
  double patience_s = 30;   // for a whole request, or for an answer to be read
};

// Serves on a loopback port that the system chooses, for ever; `on_listening`
// is told the port. Throws only if it cannot start.
void serve(const ServerSettings& settings,
           const std::function<void(uint16_t port)>& on_listening);

// What the server answers: /json/7 gives {"id": "7", "text": ...}, anything
// else a text of `body_bytes` that begins with the target.
std::string body_for(std::string_view target, int body_bytes);

class [[nodiscard]] HttpServer {
 public:
  // Returns when the server is listening.
  explicit HttpServer(const ServerSettings& settings);
  uint16_t port() const { return port_; }

 private:
  uint16_t port_ = 0;
  std::unique_ptr<ChildTree> process_;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_HTTP_SERVER_H_

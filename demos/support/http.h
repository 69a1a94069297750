// demos/support/http.h - requests and responses as text, nothing else.
//
// CONCEPT     A message of HTTP/1.1 is a first line, some "Name: value" lines,
//             an empty line, and a body. How long the body is stands in
//             Content-Length, or the end of the connection is its end. This
//             file knows no socket: bytes in, messages out, so that a server,
//             a blocking client and an asynchronous one can share it.
//
//               GET /item/7 HTTP/1.1\r\n     HTTP/1.1 200 OK\r\n
//               Host: 127.0.0.1\r\n          Content-Length: 4\r\n
//               \r\n                         \r\nbody
//
// IN PYTHON   http.client, http.server
// INVARIANTS  I1. No more than kMaxHead bytes of a head and kMaxBody of a body
//                 are ever kept: a peer cannot make us grow.
// THREADS     Values; a reader belongs to one connection.
// OWNERSHIP   Owns the bytes that were fed.
// ERRORS      std::invalid_argument for a message that is none or is too long.
// LEFT OUT    Chunked bodies, compression, encryption, request bodies
//             (refused); targets with a host in them, which only proxies are
//             sent.
// READ NEXT   demos/support/http_server.h
#ifndef DEMOS_SUPPORT_HTTP_H_
#define DEMOS_SUPPORT_HTTP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace demos::support {

inline constexpr size_t kMaxHead = 8 * 1024;
inline constexpr size_t kMaxBody = 16 * 1024 * 1024;

struct Request {
  std::string method;
  std::string target;
  bool keep_alive = false;
};

// Takes the first request out of what a connection has received; nothing if
// it is not complete yet.
std::optional<Request> take_request(std::string& received);

std::string format_request(std::string_view target, bool keep_alive);
std::string format_response(int status, std::string_view type,
                            std::string_view body, bool keep_alive);

// What answers HEAD: all that GET would be told, but for the body.
std::string_view without_body(std::string_view response);

struct Response {
  int status = 0;
  std::string body;
};

// Puts a response together from pieces of any size.
class ResponseReader {
 public:
  // True once the response is complete. Bytes beyond its end are refused: no
  // client here sends a second request before the first answer.
  bool feed(std::string_view bytes);
  // The peer has closed: the end of a body without a length; otherwise the
  // response was cut short.
  void feed_end();
  // The complete response.
  Response take();

 private:
  std::string received_;
  size_t body_at_ = 0;  // zero until the head is complete
  std::optional<size_t> length_;
  bool complete_ = false;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_HTTP_H_

// demos/support/http_client.h - one GET, and the thread waits for the answer.
//
// CONCEPT     The simplest client there is: connect, send, read until the
//             answer is complete, close. While the bytes travel the thread
//             sleeps in the system, which is what makes 100 such calls in a
//             row so slow and 100 such threads so quick. [C-179]
// IN PYTHON   requests.get, urllib.request.urlopen
// INVARIANTS  I1. The call ends, within the time-out, whatever the peer does.
// THREADS     Any; each call has a socket of its own.
// OWNERSHIP   Owns its socket for the length of the call.
// ERRORS      std::system_error from socket, connect, getsockopt, send, poll,
//             recv; TimeoutError; std::invalid_argument for an answer that is
//             no HTTP.
// LEFT OUT    Names and other hosts: loopback only. Keeping connections.
// READ NEXT   demos/runners/async.cc, the same with co_await
#ifndef DEMOS_SUPPORT_HTTP_CLIENT_H_
#define DEMOS_SUPPORT_HTTP_CLIENT_H_

#include <cstdint>
#include <string_view>

#include "demos/support/http.h"
#include "scheduler/clock.h"

namespace demos::support {

// GET http://127.0.0.1:port/target
Response http_get(uint16_t port, std::string_view target,
                  scheduler::Duration timeout = scheduler::seconds(60));

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_HTTP_CLIENT_H_

// demos/runners/nonblocking_get.h - one GET that never waits.
//
// CONCEPT     The same client as demos/support/http_client.h, but where that
//             one blocks this one returns: it does what it can now and says
//             what must happen before it can do more. Between two calls it has
//             no stack to remember its place by, so the place is a field:
//
//               connecting --writable--> sending --sent--> reading --> the page
//
//             Every place in which a program can stand becomes a state with a
//             name. Four are few; a client that logs in, is sent elsewhere and
//             asks again has twenty, and that is when people invented
//             coroutines.
// IN PYTHON   socket.setblocking(False); asyncore, until 3.11
// INVARIANTS  I1. No call here waits.
// THREADS     One at a time.
// OWNERSHIP   Owns its socket.
// ERRORS      std::system_error from socket, connect, send, recv;
//             std::invalid_argument for an answer that is no HTTP;
//             std::runtime_error for a page that is not there.
// LEFT OUT    A time-out: whoever polls has the clock.
// READ NEXT   demos/runners/nonblocking.cc
#ifndef DEMOS_RUNNERS_NONBLOCKING_GET_H_
#define DEMOS_RUNNERS_NONBLOCKING_GET_H_

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "demos/bodies/step.h"
#include "demos/support/http.h"
#include "os/unique_fd.h"

namespace demos::runners {

class NonblockingGet {
 public:
  // Begins to connect to the local server.
  NonblockingGet(uint16_t port, std::string target);

  // What must happen before it can go on.
  pollfd wanted() const;

  // Goes on as far as it can; the page, once it is whole. [I1]
  std::optional<bodies::Answer> go_on();

 private:
  enum class Phase { kConnecting, kSending, kReading };

  void throw_if_refused() const;
  bool send();  // true if all is sent
  std::optional<bodies::Answer> read();
  bodies::Answer page();

  const std::string target_;
  const std::string request_;
  const os::UniqueFd socket_;
  Phase phase_ = Phase::kConnecting;
  size_t sent_ = 0;
  support::ResponseReader response_;
};

}  // namespace demos::runners

#endif  // DEMOS_RUNNERS_NONBLOCKING_GET_H_

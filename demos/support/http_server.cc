#include "demos/support/http_server.h"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <exception>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "demos/support/http.h"
#include "demos/support/json.h"
#include "demos/support/machine.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/handle.h"
#include "loop/run.h"
#include "loop/server.h"
#include "loop/sleep.h"
#include "loop/stream_errors.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace demos::support {

namespace {

using loop::Coroutine;
using scheduler::Duration;
using scheduler::TimePoint;

constexpr std::string_view kJson = "/json/";

// What a client may still send after its last answer.
constexpr size_t kMostDropped = 64 * 1024;

// When each answer may leave.
class Schedule {
 public:
  explicit Schedule(const ServerSettings& settings)
      : latency_(scheduler::seconds(settings.latency_ms / 1000)),
        slot_(settings.rate > 0 ? scheduler::seconds(1 / settings.rate)
                                : Duration::zero()),
        jitters_(settings.jitter != 0),
        random_(settings.jitter) {
    assert((settings.rate == 0 || settings.rate >= kLowestRate) &&
           "the distance of two answers must fit into a Duration");
  }

  // How long an answer to a request that has come now must wait.
  Duration wait() {
    const TimePoint now = scheduler::SteadyClock::instance().now();
    const double share =
        jitters_ ? 0.5 + static_cast<double>(random_()) / std::mt19937::max()
                 : 1;
    // Slots of equal distance, one answer in each. [I2]
    TimePoint due =
        now + std::chrono::duration_cast<Duration>(latency_ * share);  // [I1]
    if (last_ && slot_ > Duration::zero()) {
      due = std::max(due, *last_ + slot_);
    }
    last_ = due;
    return due - now;
  }

 private:
  const Duration latency_;
  const Duration slot_;
  const bool jitters_;
  std::mt19937 random_;
  std::optional<TimePoint> last_;
};

struct Answer {
  std::string text;
  bool last = true;  // on this connection
};

Answer refusal(const std::string& why) {
  return {format_response(400, "text/plain", why + "\n", false)};
}

Answer answer_to(std::string received, const ServerSettings& settings) {
  try {
    // The head is complete: read_until() has seen its end.
    const Request request = take_request(received).value();
    const bool keep = request.keep_alive && settings.keep_alive;
    if (request.method != "GET" && request.method != "HEAD") {
      return {format_response(405, "text/plain", "only GET and HEAD\n", keep),
              !keep};
    }
    const bool json = request.target.starts_with(kJson);
    std::string text =
        format_response(200, json ? "application/json" : "text/plain",
                        body_for(request.target, settings.body_bytes), keep);
    if (request.method == "HEAD") {
      text = without_body(text);
    }
    return {std::move(text), !keep};
  } catch (const std::invalid_argument& error) {
    return refusal(error.what());
  }
}

// While it lives, the client has so long to do its part; then the connection
// is given up, and whoever waits for it is told. [I4]
class Patience {
 public:
  Patience(const ServerSettings& settings, loop::StreamReader& reader,
           loop::StreamWriter& writer)
      : timer_(loop::get_running_loop().call_later(
            scheduler::seconds(settings.patience_s), [&reader, &writer] {
              reader.set_exception(std::make_exception_ptr(
                  scheduler::TimeoutError("the client does nothing")));
              writer.abort();
            })) {}
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience() { timer_.cancel(); }

 private:
  loop::TimerHandle timer_;
};

// One client, from its first request to its last.
Coroutine<> converse(const ServerSettings& settings, Schedule& schedule,
                     loop::StreamReader reader, loop::StreamWriter writer) {
  Answer answer{.text = "", .last = false};
  while (!answer.last) {
    std::optional<Patience> patience(std::in_place, settings, reader, writer);
    try {
      std::string head = co_await reader.read_until("\r\n\r\n");
      answer = answer_to(std::move(head), settings);
    } catch (const loop::IncompleteReadError&) {
      break;  // it has no more to ask
    } catch (const loop::LimitOverrunError&) {
      answer = refusal("HTTP: the head is too long");
    }
    patience.reset();  // what follows is our own slowness
    co_await loop::sleep(schedule.wait());
    patience.emplace(settings, reader, writer);
    writer.write(answer.text);
    co_await writer.drain();
  }
  // Only our direction is closed: closing both with bytes unread would make
  // the system reset the connection, and the answer could be lost.
  writer.write_eof();
  const Patience patience(settings, reader, writer);
  for (size_t dropped = 0; dropped < kMostDropped;) {
    const std::string bytes = co_await reader.read(kMaxHead);
    if (bytes.empty()) {
      writer.close();  // what it has not read yet leaves before the end
      co_await writer.wait_closed();
      co_return;
    }
    dropped += bytes.size();
  }
  writer.abort();  // it would go on for ever
}

Coroutine<> serve_client(const ServerSettings& settings, Schedule& schedule,
                         loop::StreamReader reader, loop::StreamWriter writer) {
  try {
    co_await converse(settings, schedule, std::move(reader), std::move(writer));
  } catch (const std::system_error&) {
    // The client has vanished, and nobody else needs to know. [I3]
  } catch (const scheduler::TimeoutError&) {
    // Or it might as well have. [I4]
  }
}

Coroutine<> serve_for_ever(
    const ServerSettings& settings,
    const std::function<void(uint16_t port)>& on_listening) {
  Schedule schedule(settings);
  const loop::Server server = loop::start_server(
      [&](loop::StreamReader reader, loop::StreamWriter writer) {
        return serve_client(settings, schedule, std::move(reader),
                            std::move(writer));
      },
      "127.0.0.1", 0, kMaxHead);  // [I5]
  on_listening(server.address().port());
  co_await loop::get_running_loop().create_future<void>();  // nobody ends it
}

}  // namespace

void serve(const ServerSettings& settings,
           const std::function<void(uint16_t port)>& on_listening) {
  raise_descriptor_limit();
  loop::run(serve_for_ever(settings, on_listening));
}

std::string body_for(std::string_view target, int body_bytes) {
  if (target.starts_with(kJson)) {
    const std::string id(target.substr(kJson.size()));
    const Json answer = Json::Object{{"id", id}, {"text", "line for " + id}};
    return answer.dump();
  }
  std::string body(target);
  body.resize(static_cast<size_t>(body_bytes), '.');
  return body;
}

namespace {

// In the server's process: everything above standard error.
void close_all_but(int kept) {
  const auto close_between = [](int first, int last) {
    if (first <= last) {
      os::check(os::syscalls.close_range(static_cast<unsigned>(first),
                                         static_cast<unsigned>(last), 0),
                "close_range");
    }
  };
  close_between(STDERR_FILENO + 1, kept - 1);
  close_between(std::max(STDERR_FILENO, kept) + 1,
                std::numeric_limits<int>::max());
}

}  // namespace

HttpServer::HttpServer(const ServerSettings& settings) {
  os::Pipe pipe = os::make_pipe();
  process_ = std::make_unique<ChildTree>([&] {
    close_all_but(pipe.writer.get());  // [I5]
    serve(settings, [&](uint16_t port) {
      os::write_all(pipe.writer.get(), std::as_bytes(std::span(&port, 1)));
      pipe.writer.reset();
    });
  });
  pipe.writer.reset();
  if (os::read_all(pipe.reader.get(), std::as_writable_bytes(std::span(
                                          &port_, 1))) != sizeof port_) {
    throw std::runtime_error("the local server did not start");
  }
}

}  // namespace demos::support

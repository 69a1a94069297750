#include "demos/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <queue>
#include <random>
#include <span>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

#include "demos/support/http.h"
#include "demos/support/json.h"
#include "demos/support/machine.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace demos::support {

namespace {

using scheduler::TimePoint;

constexpr std::string_view kJson = "/json/";

class Server {
 public:
  explicit Server(const ServerSettings& settings);
  uint16_t port() const;
  [[noreturn]] void run();

 private:
  struct Connection {
    os::UniqueFd fd;
    std::string received;
    std::string to_send;
    bool busy = false;    // a request waits for its due time or is being sent
    bool ending = false;  // nothing more is answered
  };
  // Connections are known by a number that is never used again: descriptors
  // are, so an answer or event could reach a stranger.
  using Id = uint64_t;
  struct Due {
    TimePoint time;
    Id id;
    std::string text;
    bool operator>(const Due& other) const { return time > other.time; }
  };
  static constexpr Id kListener = 0;

  void accept_all();
  bool accept_one();
  void shed_one();
  void handle(Id id, uint32_t events);
  // These three may end the connection; they say whether it is still there.
  bool read_from(Id id, Connection& connection);
  bool take_request_of(Id id, Connection& connection);
  bool send_to(Id id, Connection& connection);
  void answer_due();
  void watch(int operation, int fd, Id id, uint32_t events);
  int milliseconds_to_next() const;
  TimePoint due_time();

  const ServerSettings settings_;
  std::mt19937 random_;
  os::UniqueFd listener_;
  os::UniqueFd epoll_;
  os::UniqueFd spare_;  // given up for a moment when no descriptor is left
  std::unordered_map<Id, Connection> connections_;
  Id next_id_ = kListener + 1;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  TimePoint last_slot_{};
};

os::UniqueFd open_spare() {
  return os::UniqueFd(os::syscalls.open("/dev/null", O_RDONLY | O_CLOEXEC, 0));
}

TimePoint now() {
  return scheduler::SteadyClock::instance().now();
}

Server::Server(const ServerSettings& settings)
    : settings_(settings),
      random_(settings.jitter),
      listener_(
          os::check(os::syscalls.socket(
                        AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                    "socket")),
      epoll_(os::check(os::syscalls.epoll_create1(EPOLL_CLOEXEC),
                       "epoll_create1")),
      spare_(open_spare()) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // port 0: any free one
  os::check(os::syscalls.bind(listener_.get(),
                              reinterpret_cast<const sockaddr*>(&address),
                              sizeof address),
            "bind");
  // A short queue would make clients that all come at once wait a second for
  // TCP to try again. The system cuts this down to what it allows.
  os::check(os::syscalls.listen(listener_.get(), 4096), "listen");
  watch(EPOLL_CTL_ADD, listener_.get(), kListener, EPOLLIN);
}

uint16_t Server::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  os::check(getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address),
                        &size),
            "getsockname");
  return ntohs(address.sin_port);
}

void Server::watch(int operation, int fd, Id id, uint32_t events) {
  epoll_event event{.events = events, .data = {.u64 = id}};
  os::check(os::syscalls.epoll_ctl(epoll_.get(), operation, fd, &event),
            "epoll_ctl");
}

void Server::run() {
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = os::syscalls.epoll_wait(epoll_.get(), events.data(),
                                              static_cast<int>(events.size()),
                                              milliseconds_to_next());
    if (count == -1 && errno != EINTR) {
      os::throw_errno("epoll_wait");
    }
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<size_t>(i)];
      if (event.data.u64 == kListener) {
        accept_all();
      } else {
        handle(event.data.u64, event.events);
      }
    }
    answer_due();
  }
}

void Server::accept_all() {
  while (accept_one()) {
  }
}

bool Server::accept_one() {
  os::UniqueFd fd(os::syscalls.accept4(listener_.get(), nullptr, nullptr,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) {
    if (errno == EMFILE || errno == ENFILE) {
      shed_one();
    }
    // Any other refusal concerns a client that has gone already. [I3]
    return false;
  }
  const Id id = next_id_++;
  watch(EPOLL_CTL_ADD, fd.get(), id, EPOLLIN);
  connections_[id].fd = std::move(fd);
  return true;
}

// Out of descriptors the listener would stay readable and the loop spin. So
// one client is let in by the spare descriptor and shown out again.
void Server::shed_one() {
  spare_.reset();
  os::UniqueFd(os::syscalls.accept4(listener_.get(), nullptr, nullptr, 0))
      .reset();
  spare_ = open_spare();
}

void Server::handle(Id id, uint32_t events) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;  // ended by an earlier event of the same batch
  }
  Connection& connection = found->second;
  bool alive = true;
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    alive = read_from(id, connection);
  }
  if (alive && (events & EPOLLOUT)) {
    send_to(id, connection);
  }
}

bool Server::read_from(Id id, Connection& connection) {
  std::array<std::byte, 4096> buffer;
  const ssize_t count = os::retry_on_eintr([&] {
    return os::syscalls.recv(connection.fd.get(), buffer.data(), buffer.size(),
                             0);
  });
  if (count == 0 || (count == -1 && errno != EAGAIN)) {
    // The client is done or has vanished. What it may still wait for, with one
    // direction closed, is not worth a state of its own here.
    connections_.erase(id);
    return false;
  }
  if (count == -1 || connection.ending) {
    return true;  // bytes behind the last answer are dropped
  }
  connection.received.append(reinterpret_cast<const char*>(buffer.data()),
                             static_cast<size_t>(count));
  return take_request_of(id, connection);
}

// Looks for one complete request; pipelined ones are taken one by one.
bool Server::take_request_of(Id id, Connection& connection) {
  if (connection.busy && connection.received.size() > kMaxHead) {
    connections_.erase(id);  // floods us while it waits
    return false;
  }
  if (connection.busy) {
    return true;
  }
  std::string answer;
  try {
    const auto request = take_request(connection.received);
    if (!request) {
      return true;
    }
    const bool keep = request->keep_alive && settings_.keep_alive;
    connection.ending = !keep;
    answer = request->method == "GET"
                 ? format_response(
                       200,
                       request->target.starts_with(kJson) ? "application/json"
                                                          : "text/plain",
                       body_for(request->target, settings_.body_bytes), keep)
                 : format_response(405, "text/plain", "only GET\n", keep);
  } catch (const std::invalid_argument& error) {
    connection.ending = true;
    answer = format_response(400, "text/plain",
                             std::string(error.what()) + "\n", false);
  }
  connection.busy = true;
  due_.push({.time = due_time(), .id = id, .text = std::move(answer)});
  return true;
}

TimePoint Server::due_time() {
  double latency = settings_.latency_ms / 1000;
  if (settings_.jitter != 0) {
    latency *= 0.5 + static_cast<double>(random_()) /
                         static_cast<double>(std::mt19937::max());
  }
  TimePoint time = now() + scheduler::seconds(latency);  // [I1]
  if (settings_.rate > 0) {
    // Answers leave through slots of equal distance, one in each. [I2]
    time = std::max(time, last_slot_ + scheduler::seconds(1 / settings_.rate));
    last_slot_ = time;
  }
  return time;
}

void Server::answer_due() {
  while (!due_.empty() && due_.top().time <= now()) {
    const Due due = due_.top();
    due_.pop();
    const auto found = connections_.find(due.id);
    if (found != connections_.end()) {
      found->second.to_send = due.text;
      send_to(due.id, found->second);
    }
  }
}

bool Server::send_to(Id id, Connection& connection) {
  const int fd = connection.fd.get();
  try {
    while (!connection.to_send.empty()) {
      const auto count = os::send_some(fd, os::bytes_of(connection.to_send));
      if (!count) {
        watch(EPOLL_CTL_MOD, fd, id, EPOLLIN | EPOLLOUT);
        return true;
      }
      connection.to_send.erase(0, *count);
    }
  } catch (const std::system_error&) {
    connections_.erase(id);  // the client has vanished [I3]
    return false;
  }
  if (!std::exchange(connection.busy, false)) {
    return true;
  }
  watch(EPOLL_CTL_MOD, fd, id, EPOLLIN);
  if (connection.ending) {
    // Only our direction is closed: closing both with bytes unread would make
    // the system reset the connection, and the answer could be lost.
    os::syscalls.shutdown(fd, SHUT_WR);
    return true;
  }
  return take_request_of(id, connection);
}

int Server::milliseconds_to_next() const {
  if (due_.empty()) {
    return -1;
  }
  const auto left =
      std::max(due_.top().time - now(), scheduler::Duration::zero());
  // Rounded up, or the last millisecond would be spent asking.
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(
      std::min<int64_t>(whole, std::numeric_limits<int>::max()));
}

}  // namespace

void serve(const ServerSettings& settings,
           const std::function<void(uint16_t port)>& on_listening) {
  raise_descriptor_limit();
  Server server(settings);
  on_listening(server.port());
  server.run();
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

HttpServer::HttpServer(const ServerSettings& settings) {
  os::Pipe pipe = os::make_pipe();
  process_ = std::make_unique<ChildTree>([&] {
    pipe.reader.reset();
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

#include "loop/server.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <exception>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "loop/core.h"
#include "loop/descriptors.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/hand_over.h"
#include "loop/handle.h"
#include "loop/open_connection.h"
#include "loop/report.h"
#include "loop/sockets.h"
#include "loop/task.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace loop {

namespace {

// So many are accepted in one turn before the others get theirs.
constexpr int kMostPerTurn = 100;
constexpr int kQueue = 1024;
// When accepting is refused, the system is left alone for so long.
constexpr scheduler::Duration kPause = scheduler::seconds(1);

os::UniqueFd spare_descriptor() {
  return os::UniqueFd(os::syscalls.open("/dev/null", O_RDONLY | O_CLOEXEC, 0));
}

// What the manual page of accept tells to treat like EAGAIN: the trouble is
// that of one client, who is out of the queue by then. Anything else would come
// again at once.
bool is_the_clients(int error) {
  return error == ENETDOWN || error == EPROTO || error == ENOPROTOOPT ||
         error == EHOSTDOWN || error == ENONET || error == EHOSTUNREACH ||
         error == EOPNOTSUPP || error == ENETUNREACH || error == EPERM;
}

}  // namespace

class Listener {
 public:
  Listener(Socket socket, ClientHandler handler, size_t limit)
      : core_(&require_running_core()),
        socket_(std::move(socket)),
        address_(socket_.address()),
        handler_(std::move(handler)),
        limit_(limit) {
    listen();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  Address address() const { return address_; }
  bool open() const { return open_; }

  void close() {
    core_->check_thread();
    open_ = false;
    if (resumption_) {
      resumption_->cancel();
    }
    if (!core_->closed()) {
      // Not remove_reader(): it throws in a forked child, which may drop us.
      core_->loop().descriptors().forget(socket_.fd());
    }
    socket_.close();
    spare_.reset();
  }

  // close() for destructors: in a wrong thread it is left to the loop.
  static void abandon(Ref<Listener> self) noexcept {
    try {
      self->close();
    } catch (const std::logic_error&) {
      Core& core = *self->core_;
      hand_over(core, "a server", [self = std::move(self)] { self->close(); });
    }
  }

  // For Ref.
  uint32_t references = 0;
  void let_go() { delete this; }

 private:
  ~Listener() = default;

  void listen() {
    core_->loop().add_reader(socket_.fd(), [this] { accept_some(); });
  }

  void accept_some() {
    const Ref<Listener> self(this);  // a report may make its reader drop us
    for (int i = 0; i < kMostPerTurn; ++i) {
      try {
        std::optional<Socket> client = socket_.try_accept();
        if (!client) {
          return;
        }
        refused_with_ = 0;
        core_->loop().create_task(
            serve(Ref<Listener>(this), std::move(*client)));
      } catch (const std::system_error& e) {
        const int error = e.code().value();
        const Next next = after_refusal(error);
        if (next == Next::kNobodyWaits) {
          return;
        }
        report_once(e.code());
        if (!open_) {
          return;  // whoever read the report has closed the server
        }
        if (next == Next::kPause) {
          pause();
          return;
        }
      }
    }
  }

  // In a handler.
  void report_once(const std::error_code& code) {
    if (std::exchange(refused_with_, code.value()) != code.value()) {
      core_->report({"clients cannot be accepted: " + code.message(),
                     std::current_exception()});
    }
  }

  enum class Next { kGoOn, kNobodyWaits, kPause };

  Next after_refusal(int error) {
    if (is_the_clients(error)) {
      return Next::kGoOn;
    }
    if ((error != EMFILE && error != ENFILE) || !spare_) {
      return Next::kPause;
    }
    return turn_one_away();
  }

  // Out of descriptors: uses the spare one to take the first of the queue out.
  // There may be no first: the system looks for a free number before it looks
  // into the queue.
  Next turn_one_away() {
    bool somebody_waits = true;
    spare_.reset();
    try {
      somebody_waits = socket_.try_accept().has_value();
    } catch (const std::system_error&) {
      // Somebody took the number first. The spare is gone for now.
    }
    spare_ = spare_descriptor();
    if (!spare_) {
      return Next::kPause;
    }
    return somebody_waits ? Next::kGoOn : Next::kNobodyWaits;
  }

  void pause() {
    core_->loop().remove_reader(socket_.fd());
    resumption_ = core_->loop().call_later(kPause, [this] { listen_again(); });
  }

  void listen_again() {
    const Ref<Listener> self(this);  // as in accept_some()
    if (!spare_) {
      spare_ = spare_descriptor();
    }
    try {
      listen();
    } catch (const std::system_error& e) {
      // The shortage lasts, and nobody else would ever ask again.
      report_once(e.code());
      if (open_) {
        pause();
      }
    }
  }

  // The listener is held for its handler: a lambda's captures stand in it.
  static Coroutine<> serve(Ref<Listener> self, Socket client) {
    Stream stream(std::move(client), self->limit_);
    auto handling =
        self->handler_(std::move(stream.reader), std::move(stream.writer));
    co_await std::move(handling);
  }

  const Ref<Core> core_;
  Socket socket_;
  const Address address_;
  const ClientHandler handler_;
  const size_t limit_;
  bool open_ = true;
  // What was reported last; 0 once a client has been accepted again. A shortage
  // turns away hundreds, and one line says all there is to say.
  int refused_with_ = 0;
  os::UniqueFd spare_ = spare_descriptor();
  std::optional<TimerHandle> resumption_;  // after a pause
};

Server::Server(Ref<Listener> listener) : listener_(std::move(listener)) {}

Server::Server(Server&&) noexcept = default;

Server& Server::operator=(Server&& other) noexcept {
  std::swap(listener_, other.listener_);
  return *this;
}

Server::~Server() {
  if (listener_) {
    Listener::abandon(std::move(listener_));
  }
}

Address Server::address() const {
  return listener().address();
}

bool Server::is_serving() const {
  return listener().open();
}

void Server::close() {
  listener().close();
}

Listener& Server::listener() const {
  assert(listener_ && "this server was moved away");
  return *listener_;
}

namespace {

Server serve_tcp(ClientHandler handler, const Address& address, Port port,
                 size_t limit) {
  Socket socket = Socket::listening(address, kQueue, port);
  socket.send_small_pieces_at_once();  // its clients inherit it
  return Server(Ref<Listener>(
      new Listener(std::move(socket), std::move(handler), limit)));
}

}  // namespace

Server start_server(ClientHandler handler, const std::string& host,
                    uint16_t port, size_t limit) {
  return serve_tcp(std::move(handler), Address::tcp(host, port), Port::kOwn,
                   limit);
}

Server start_server_on_shared_port(ClientHandler handler,
                                   const std::string& host, uint16_t port,
                                   size_t limit) {
  return serve_tcp(std::move(handler), Address::tcp(host, port), Port::kShared,
                   limit);
}

Server start_unix_server(ClientHandler handler, const std::string& path,
                         size_t limit) {
  require_running_core();  // before the file of another server goes
  const Address address = Address::unix_domain(path);
  struct stat found;
  // A link is none of ours, wherever it leads: bind() will refuse it.
  if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
    ::unlink(path.c_str());
  }
  return Server(Ref<Listener>(new Listener(Socket::listening(address, kQueue),
                                           std::move(handler), limit)));
}

}  // namespace loop

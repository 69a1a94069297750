#include "loop/server.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "loop/core.h"
#include "loop/descriptors.h"
#include "loop/event_loop.h"
#include "loop/future.h"
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
// When the system is short of memory, it is left alone for so long.
constexpr scheduler::Duration kPause = scheduler::seconds(1);

os::UniqueFd spare_descriptor() {
  return os::UniqueFd(os::syscalls.open("/dev/null", O_RDONLY | O_CLOEXEC, 0));
}

// Any other error is the one client's, who is out of the queue by then.
bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS ||
         error == ENOMEM;
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
    open_ = false;
    if (resumption_) {
      resumption_->cancel();
    }
    if (!core_->closed()) {
      // Not remove_reader(): it throws in a forked child, which may drop us.
      core_->check_thread();
      core_->loop().descriptors().forget(socket_.fd());
    }
    socket_.close();
    spare_.reset();
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
    for (int i = 0; i < kMostPerTurn; ++i) {
      try {
        std::optional<Socket> client = socket_.try_accept();
        if (!client) {
          return;
        }
        core_->loop().create_task(
            serve(Ref<Listener>(this), std::move(*client)));
      } catch (const std::system_error& e) {
        core_->report({"a client could not be accepted: " +
                           std::string(e.code().message()),
                       std::current_exception()});
        const int error = e.code().value();
        if (is_shortage(error) && !turn_one_away(error)) {
          pause();
          return;
        }
      }
    }
  }

  // Out of descriptors: uses the spare one to take the first of the queue out.
  bool turn_one_away(int error) {
    if ((error != EMFILE && error != ENFILE) || !spare_) {
      return false;
    }
    spare_.reset();
    try {
      const std::optional<Socket> client = socket_.try_accept();
    } catch (const std::system_error&) {
      // Somebody took the number first. The spare is gone for now.
    }
    spare_ = spare_descriptor();
    return static_cast<bool>(spare_);
  }

  void pause() {
    core_->loop().remove_reader(socket_.fd());
    resumption_ = core_->loop().call_later(kPause, [this] {
      if (!spare_) {
        spare_ = spare_descriptor();
      }
      listen();
    });
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
    listener_->close();
  }
}

Address Server::address() const {
  return listener_->address();
}

bool Server::is_serving() const {
  return listener_->open();
}

void Server::close() {
  listener_->close();
}

Server start_server(ClientHandler handler, const std::string& host,
                    uint16_t port, size_t limit) {
  Socket socket = Socket::listening(Address::tcp(host, port), kQueue);
  socket.send_small_pieces_at_once();  // its clients inherit it
  return Server(Ref<Listener>(
      new Listener(std::move(socket), std::move(handler), limit)));
}

Server start_unix_server(ClientHandler handler, const std::string& path,
                         size_t limit) {
  const Address address = Address::unix_domain(path);
  struct stat found;
  if (::stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
    ::unlink(path.c_str());
  }
  return Server(Ref<Listener>(new Listener(Socket::listening(address, kQueue),
                                           std::move(handler), limit)));
}

}  // namespace loop

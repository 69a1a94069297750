#include "loop/open_connection.h"

#include <sys/socket.h>

#include <optional>
#include <stdexcept>
#include <system_error>

#include "loop/connection.h"
#include "loop/ref.h"

namespace loop {

Stream::Stream(Socket socket, size_t limit)
    : Stream(Ref<Connection>(new Connection(std::move(socket))), limit) {}

namespace {

Coroutine<Socket> connected_to(Address address) {
  Socket socket = Socket::stream(address.family());
  if (address.family() != AF_UNIX) {
    socket.send_small_pieces_at_once();
  }
  co_await sock_connect(socket, address);
  co_return socket;
}

}  // namespace

Coroutine<Stream> open_connection_to_any(std::vector<Address> candidates,
                                         size_t limit) {
  if (candidates.empty()) {
    throw std::invalid_argument("there is no address to connect to");
  }
  std::error_code first_failure;
  std::string tried;
  for (const Address& address : candidates) {
    try {
      co_return Stream(co_await connected_to(address), limit);
    } catch (const std::system_error& e) {
      if (!first_failure) {
        first_failure = e.code();
      }
      tried += (tried.empty() ? "" : ", ") + address.to_string();
    }
  }
  throw std::system_error(first_failure, "connect to " + tried);
}

Coroutine<Stream> open_connection(std::string host, uint16_t port,
                                  size_t limit) {
  std::vector<Address> only(1, Address::tcp(host, port));
  co_return co_await open_connection_to_any(std::move(only), limit);
}

Coroutine<Stream> open_unix_connection(std::string path, size_t limit) {
  std::vector<Address> only(1, Address::unix_domain(path));
  co_return co_await open_connection_to_any(std::move(only), limit);
}

}  // namespace loop

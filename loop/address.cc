#include "loop/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <stdexcept>

#include "os/syscall.h"

namespace loop {

Address Address::tcp(const std::string& host, uint16_t port) {
  Address address;
  const char* const text = host == "localhost" ? "127.0.0.1" : host.c_str();
  // The bytes are copied in: the storage has no type but its own.
  sockaddr_in v4 = {};
  sockaddr_in6 v6 = {};
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&address.storage_, &v4, sizeof v4);
    address.size_ = sizeof v4;
  } else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&address.storage_, &v6, sizeof v6);
    address.size_ = sizeof v6;
  } else {
    throw std::invalid_argument("not a numeric host address: " + host);
  }
  return address;
}

Address Address::unix_domain(const std::string& path) {
  sockaddr_un un = {};
  if (path.empty() || path.size() >= sizeof un.sun_path) {
    throw std::invalid_argument("the path of a socket has 1 to 107 bytes: '" +
                                path + "'");
  }
  if (path.find('\0') != std::string::npos) {
    // The system would end the path there, or make an abstract name of it.
    throw std::invalid_argument("the path of a socket has no NUL in it");
  }
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.c_str(), path.size() + 1);
  Address address;
  std::memcpy(&address.storage_, &un, sizeof un);
  address.size_ =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

Address Address::of_socket(int fd) {
  Address address;
  os::check(
      os::syscalls.getsockname(
          fd, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_),
      "getsockname");
  return address;
}

Address Address::of_peer(int fd) {
  Address address;
  os::check(
      os::syscalls.getpeername(
          fd, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_),
      "getpeername");
  return address;
}

uint16_t Address::port() const {
  if (family() == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &storage_, sizeof v4);
    return ntohs(v4.sin_port);
  }
  if (family() == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &storage_, sizeof v6);
    return ntohs(v6.sin6_port);
  }
  return 0;
}

std::string Address::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &storage_, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(port());
  }
  if (family() == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &storage_, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(port());
  }
  sockaddr_un un = {};
  std::memcpy(&un, &storage_, sizeof un);
  return un.sun_path;
}

}  // namespace loop

// loop/address.h - where a socket is, or is to be.
//
// CONCEPT     A socket address is a number of a host and of a port (TCP), or
//             the name of a file (Unix domain). The system takes both in one
//             type of varying length.
// IN PYTHON   ("127.0.0.1", 8080) and "/tmp/socket", as sock_connect takes them
// THREADS     A value.
// OWNERSHIP   Owns its bytes.
// ERRORS      ValueError for what is no address.
// LEFT OUT    Names of hosts: looking one up blocks, so it is work for a
//             thread. "localhost" is 127.0.0.1.
// READ NEXT   loop/sockets.h
#ifndef LOOP_ADDRESS_H_
#define LOOP_ADDRESS_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace loop {

class Address {
 public:
  // A numeric host, IPv4 or IPv6. Port 0 lets the system choose when bound.
  static Address tcp(const std::string& host, uint16_t port);
  static Address unix_domain(const std::string& path);
  // Where a socket is bound, or what it is connected to.
  static Address of_socket(int fd);
  static Address of_peer(int fd);

  int family() const { return storage_.ss_family; }
  uint16_t port() const;  // zero for Unix domain
  std::string to_string() const;

  const sockaddr* data() const {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  socklen_t size() const { return size_; }

 private:
  Address() = default;
  sockaddr_storage storage_ = {};
  socklen_t size_ = sizeof(sockaddr_storage);
};

}  // namespace loop

#endif  // LOOP_ADDRESS_H_

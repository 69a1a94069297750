// os/io.h - reading and writing bytes, with every short count told apart.
//
// CONCEPT     read() and write() may do less than asked: a pipe was nearly
//             full, a signal came, the peer sent half a message. *Some* takes
//             whatever one call gives; *all* repeats until nothing is left.
//             "Nothing now" (EAGAIN) and "nothing ever again" (end of file)
//             are answers, not errors, so they are values here.
// IN PYTHON   os.read, os.write, socket.recv, socket.sendall
// INVARIANTS  I1. A byte is handed over once: counts returned add up.
// THREADS     Any; two writers of one descriptor must agree among themselves.
// OWNERSHIP   Borrows descriptor and buffer for the call.
// ERRORS      std::system_error naming read, recv, write or send (EPIPE
//             included).
// LEFT OUT    readv and writev: one buffer a call is enough for the lessons.
// READ NEXT   os/signals.h
#ifndef OS_IO_H_
#define OS_IO_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "os/unique_fd.h"

namespace os {

// Up to buffer.size() bytes. 0 is the end of the file (or an empty buffer);
// nullopt says that a non-blocking descriptor has nothing now.
std::optional<size_t> read_some(int fd, std::span<std::byte> buffer);

// How many bytes the descriptor took; nullopt if it can take none now. The
// caller has SIGPIPE ignored or blocked: a pipe without reader raises it.
std::optional<size_t> write_some(int fd, std::span<const std::byte> bytes);

// write_some for sockets: a vanished peer gives EPIPE and never SIGPIPE.
std::optional<size_t> send_some(int fd, std::span<const std::byte> bytes);

// read_some for sockets: the same answers, some 30 ns sooner, because it does
// not go through the layer of files.
std::optional<size_t> receive_some(int fd, std::span<std::byte> buffer);

// Fills the whole buffer from a blocking descriptor. Returns less than its
// size only if the end of the file came first.
size_t read_all(int fd, std::span<std::byte> buffer);

// Writes everything to a blocking descriptor.
void write_all(int fd, std::span<const std::byte> bytes);

// The bytes of a text, for the functions above.
inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span<const char>(text));
}

// Switches O_NONBLOCK on or off. The flag belongs to the open file, so every
// process that inherited the descriptor sees the change.
void set_nonblocking(int fd, bool on);

// The two ends of a new pipe, close-on-exec, blocking.
struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};
Pipe make_pipe();

}  // namespace os

#endif  // OS_IO_H_

// ipc/spawn.h - a function that runs in a fresh image of this program.
//
// CONCEPT     A fork begins as a copy: it has the locks that other threads
//             held, the caches, the secrets, all of it. A *spawned* process
//             begins as nothing: fork, and then exec of this very program from
//             the top. It has none of our memory, so a function pointer means
//             nothing to it (the image may lie elsewhere). It is told the
//             function by name, and looks the name up in a table of its own:
//
//               void greet(std::string who);
//               const ipc::Spawnable by_name("greet", &greet);
//
//               int main(int argc, char** argv) {
//                 ipc::run_if_spawned(argc, argv);    // first of all
//                 ipc::Process child = by_name.process("bob");
//                 child.start();
//                 ...
//
//             A fresh image starts at main(), too. Without the first line each
//             child would do what its parent does, start a child, and so on
//             for ever: that is what Python's `if __name__ == "__main__"`
//             guards against. Here process() refuses until the guard has run.
// IN PYTHON   multiprocessing.get_context("spawn"), popen_spawn_posix
// INVARIANTS  I1. The function runs with what was given and nothing else: no
//                 descriptors but the three standard ones and the arguments'.
//             I2. All else is as in ipc/process.h: join, kill, exit codes.
// THREADS     Spawnables are globals: made before main().
// OWNERSHIP   The arguments go over to the child, as with a fork.
// ERRORS      std::logic_error without the guard; a name that is not in the
//             table, or given twice, is an assert or the child's exit code 1.
// LEFT OUT    posix_spawn and vfork, which save the copy of the page tables.
// READ NEXT   ipc/process_pool.h
#ifndef IPC_SPAWN_H_
#define IPC_SPAWN_H_

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "ipc/codec.h"
#include "ipc/connection.h"
#include "ipc/process.h"
#include "os/unique_fd.h"

namespace ipc {

// In a spawned process: runs the function and ends. In others: returns.
void run_if_spawned(int argc, char** argv);

namespace internal {

// A line of the table.
class SpawnEntry {
 public:
  explicit SpawnEntry(std::string_view name);
  SpawnEntry(const SpawnEntry&) = delete;
  SpawnEntry& operator=(const SpawnEntry&) = delete;

  std::string_view name() const { return name_; }
  const SpawnEntry* next() const { return next_; }
  virtual void run(Decoder& arguments) const = 0;

 protected:
  ~SpawnEntry() = default;

 private:
  const std::string_view name_;
  const SpawnEntry* const next_;
};

void require_guard();

// Replaces this process by a fresh image that runs `name`; `kept` stay open.
[[noreturn]] void exec_fresh(std::string_view name, const Bytes& arguments,
                             const std::vector<int>& kept);

// A connection travels as the number of its descriptor, which exec keeps.
template <class T>
using Sent = std::conditional_t<std::is_same_v<T, Connection>, int, T>;

template <class T>
const T& to_send(const T& value) {
  return value;
}
inline int to_send(const Connection& connection) {
  return connection.fileno();
}

Connection reopened(int fd);
template <class T>
T received(Sent<T> value) {
  if constexpr (std::is_same_v<T, Connection>) {
    return reopened(value);
  } else {
    return value;
  }
}

}  // namespace internal

template <class... Arguments>
class Spawnable final : public internal::SpawnEntry {
 public:
  // `name` is a literal.
  Spawnable(std::string_view name, void (*function)(Arguments...))
      : SpawnEntry(name), function_(function) {}

  // A process that will run it, to be started.
  Process process(std::decay_t<Arguments>... arguments) const {
    internal::require_guard();
    return Process(
        [name = name()](const std::decay_t<Arguments>&... given) {
          Bytes bytes;
          (encode_to(bytes, internal::to_send(given)), ...);
          std::vector<int> kept;
          (add_descriptors(kept, given), ...);
          internal::exec_fresh(name, bytes, kept);
        },
        std::move(arguments)...);
  }

  void run(Decoder& arguments) const override {
    // Braces, because they evaluate in order.
    std::tuple<std::decay_t<Arguments>...> all{
        internal::received<std::decay_t<Arguments>>(
            decode_from<internal::Sent<std::decay_t<Arguments>>>(
                arguments))...};
    std::apply(function_, std::move(all));
  }

 private:
  void (*const function_)(Arguments...);
};

}  // namespace ipc

#endif  // IPC_SPAWN_H_

// ipc/process.h - a function that runs in a process of its own.
//
// CONCEPT     A Process is used like a thread: make it with a function and
//             arguments, start it, join it. But it works on a copy of the
//             memory: what it changes, the parent never sees. What it is to
//             say must travel through a pipe or shared memory.
//
//               auto [ours, theirs] = ipc::make_pipe();
//               ipc::Process child([](ipc::Connection to_parent) {
//                 to_parent.send(42);
//               }, std::move(theirs));
//               child.start();
//               ours.recv<int>();
//               child.join();
//
//             The arguments go over to the child: start() destroys the
//             parent's copies, so that `theirs` is open in the child only and
//             `ours` sees the end of file when the child is gone. Descriptors
//             that are not among the arguments are closed in the child; a
//             lambda that captures a connection finds it closed.
// IN PYTHON   multiprocessing.Process with the start method "fork"
// INVARIANTS  I1. new -> started -> ended -> closed, in this order, each once.
//             I2. Daemons have no children: whoever kills a daemon must not
//                 leave orphans behind.
//             I3. At the normal end of a process its daemons get SIGTERM and
//                 all its children are waited for.
// THREADS     One at a time for each Process.
// OWNERSHIP   Owns the process: the destructor kills one that still runs, and
//             reaps it (see ipc/child.h). Join first to let it finish.
// ERRORS      std::logic_error for calls in the wrong state, with a sentence;
//             std::invalid_argument after close(), as Python's ValueError;
//             std::system_error from fork and pidfd_open.
// LEFT OUT    Subclassing with run(): a callable says the same.
// READ NEXT   ipc/spawn.h, ipc/process_pool.h
#ifndef IPC_PROCESS_H_
#define IPC_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "ipc/child.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace ipc {

// The descriptors in an argument, which the child keeps: of anything that has
// fileno(), of a UniqueFd, of references, optionals, pairs, tuples and ranges
// of them, however nested. What a class hides in its members is not found.
template <class T>
concept MayHoldDescriptors = std::ranges::input_range<const T> &&
    // Not of numbers or characters, nor a path, whose elements are paths.
    std::is_class_v<std::ranges::range_value_t<const T>> &&
    !std::is_same_v<std::ranges::range_value_t<const T>, T>;

template <class T>
void add_descriptors(std::vector<int>& fds, const T& argument) {
  if constexpr (std::is_same_v<T, os::UniqueFd>) {
    if (argument) {
      fds.push_back(argument.get());
    }
  } else if constexpr (requires { argument.fileno(); }) {
    fds.push_back(argument.fileno());
  } else if constexpr (requires { argument.get().fileno(); }) {  // std::ref
    fds.push_back(argument.get().fileno());
  } else if constexpr (requires { argument.has_value(), *argument; }) {
    if (argument.has_value()) {
      add_descriptors(fds, *argument);
    }
  } else if constexpr (MayHoldDescriptors<T>) {
    for (const auto& element : argument) {
      add_descriptors(fds, element);
    }
  } else if constexpr (requires { std::tuple_size<T>::value; }) {
    std::apply([&](const auto&... part) { (add_descriptors(fds, part), ...); },
               argument);
  }
}

class [[nodiscard]] Process {
 public:
  // Will run target(arguments...) in the child.
  template <class Target, class... Arguments>
  explicit Process(Target target, Arguments... arguments)
      : Process(std::unique_ptr<Body>(new Call<Target, Arguments...>(
            std::move(target), std::move(arguments)...))) {}
  Process(Process&&) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  void start();

  // Waits for the end; false if `timeout` came first. May be repeated.
  bool join(std::optional<scheduler::Duration> timeout = std::nullopt);

  bool is_alive();
  std::optional<pid_t> pid() const;
  // nullopt before the end; then the exit code, or minus the signal's number.
  std::optional<int> exitcode();
  // A descriptor that becomes readable at the end: for ipc::wait, or a loop.
  int sentinel() const;

  // Signals 15 and 9. Both return at once; a process that has ended is fine.
  void terminate();
  void kill();

  // Frees what an ended process still holds. Any later use is an error.
  void close();

  const std::string& name() const;
  void set_name(std::string name);
  bool daemon() const;
  void set_daemon(bool daemon);  // before start()

 private:
  // The target with its arguments, until start() gives them to the child.
  struct Body {
    virtual ~Body() = default;
    virtual void run() = 0;
    virtual std::vector<int> descriptors() const = 0;
  };
  template <class Target, class... Arguments>
  struct Call final : Body {
    explicit Call(Target function, Arguments... values)
        : target(std::move(function)), arguments(std::move(values)...) {}
    void run() override { std::apply(std::move(target), std::move(arguments)); }
    std::vector<int> descriptors() const override {
      std::vector<int> fds;
      add_descriptors(fds, arguments);
      return fds;
    }
    Target target;
    std::tuple<Arguments...> arguments;
  };

  explicit Process(std::unique_ptr<Body> body);
  void require_open() const;
  Child& started(const char* call);

  struct State;
  std::unique_ptr<State> state_;  // null after close()
};

// The process this code runs in.
struct CurrentProcess {
  std::string name = "MainProcess";
  bool daemon = false;
};
const CurrentProcess& current_process();
// What a process that did not begin as a fork is told of itself.
void set_current_process(CurrentProcess self);

}  // namespace ipc

#endif  // IPC_PROCESS_H_

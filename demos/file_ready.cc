// demos/file_ready.cc - can a task wait until a file can be read?
//
// Sockets and pipes are waited for by readiness: the system says when a read
// would not block. A regular file has no such moment: epoll refuses it, poll
// calls it always ready, and the read takes as long as it takes. Whoever reads
// one in the loop's thread stops the loop; a helper thread can do it instead,
// and then there is a second thread. [C-062] [C-114]
//
// There is no --clock=virtual: a file is really read, in time that a virtual
// clock does not see.
//
//   bazel run //demos:file_ready
//
// Expected: two tables, and last
//   VERDICT C-114 wrong: ...
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/support/scratch_folder.h"
#include "gil_sim/thread_pool.h"
#include "loop/coroutine.h"
#include "loop/epoll_poller.h"
#include "loop/event_loop.h"
#include "loop/poll_poller.h"
#include "loop/poller.h"
#include "loop/run.h"
#include "loop/run_in_executor.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using scheduler::Duration;
using support::print;

// What a poller says about a descriptor, at once.
std::string answer(loop::Poller& poller, int fd) {
  try {
    poller.watch(fd, {.read = true});
  } catch (const std::system_error& refused) {
    return std::string("refused: ") + refused.what();
  }
  const bool ready = !poller.wait(Duration::zero()).empty();
  poller.watch(fd, {});
  return ready ? "ready" : "not ready";
}

struct Answers {
  std::string epoll;
  std::string poll;
};

Answers ask_both(support::Table& table, const std::string& what, int fd) {
  loop::EpollPoller epoll;
  loop::PollPoller poll;
  Answers answers{answer(epoll, fd), answer(poll, fd)};
  table.add({what, answers.epoll, answers.poll});
  return answers;
}

os::UniqueFd open_file(const std::string& path, int flags) {
  return os::UniqueFd(os::check(
      os::syscalls.open(path.c_str(), flags | O_CLOEXEC, 0600), "open"));
}

void write_file(const std::string& path, size_t size) {
  const os::UniqueFd file = open_file(path, O_WRONLY | O_CREAT);
  const std::vector<std::byte> bytes(size);
  os::write_all(file.get(), bytes);
}

// Reads it to its end, and blocks as long as that takes.
size_t read_file(const std::string& path) {
  const os::UniqueFd file = open_file(path, O_RDONLY);
  std::vector<std::byte> buffer(1 << 16);
  size_t total = 0;
  while (const size_t count = os::read_some(file.get(), buffer).value()) {
    total += count;
  }
  return total;
}

struct Reading {
  Duration taken{};
  uint64_t turns = 0;  // of the loop, meanwhile
  size_t threads = 0;  // of the process, when it was read
};

Coroutine<> always_ready() {
  for (;;) {
    co_await loop::sleep(Duration::zero());
  }
}

Coroutine<Reading> read_in(std::string path, bool helper) {
  const auto& clock = scheduler::SteadyClock::instance();
  const loop::EventLoop& here = loop::get_running_loop();
  const auto others = loop::create_task(always_ready());
  co_await loop::sleep(Duration::zero());
  const scheduler::TimePoint start = clock.now();
  const uint64_t turn = here.turns();
  if (helper) {
    co_await loop::to_thread(&read_file, path);
  } else {
    read_file(path);
  }
  co_return Reading{clock.now() - start, here.turns() - turn,
                    os::threads_of(getpid()).size()};
}

Reading read_by(const std::string& path, bool helper) {
  loop::EventLoop loop;
  loop.set_default_executor(std::make_unique<gil_sim::ThreadPool>(1));
  return loop::run(read_in(path, helper), loop);
}

void add_row(support::Table& table, const std::string& who,
             const Reading& reading) {
  table.add({who,
             support::fixed(1000 * scheduler::in_seconds(reading.taken), 1),
             std::to_string(reading.turns), std::to_string(reading.threads)});
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("file_ready", [&] {
    int megabytes = 16;
    support::Flags flags("file_ready", "can a task wait for a file?");
    flags.number("megabytes", &megabytes, 1, 1024, "size of the file");
    support::add_real_clock_flag(
        flags, "a file is really read, in time that no virtual clock sees");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const support::InterruptScope interruptible;
    const support::ScratchFolder folder;
    const std::string path = folder.path() + "/file";
    write_file(path, static_cast<size_t>(megabytes) << 20);

    support::throw_if_interrupted();

    support::Table asked({"descriptor", "epoll", "poll"});
    const os::Pipe pipe = os::make_pipe();
    ask_both(asked, "empty pipe", pipe.reader.get());
    os::write_all(pipe.writer.get(), os::bytes_of("x"));
    ask_both(asked, "pipe with a byte", pipe.reader.get());
    const Answers file =
        ask_both(asked, "regular file", open_file(path, O_RDONLY).get());
    print(asked.text() + "\n");

    support::Table read({"who reads", "ms", "turns meanwhile", "threads"});
    const Reading in_loop = read_by(path, false);
    const Reading in_thread = read_by(path, true);
    support::throw_if_interrupted();
    add_row(read, "the loop's thread", in_loop);
    add_row(read, "a helper thread", in_thread);
    print(read.text() + "\n");

    const bool waits = file.epoll == "not ready" && file.poll == "not ready";
    print(support::verdict(
              "C-114",
              (waits || in_loop.turns > 0 ? "not shown: " : "wrong: ") +
                  ("a file is " + file.epoll + " (epoll), " + file.poll +
                   " (poll); reading it held the loop for " +
                   std::to_string(in_loop.turns) + " turns of others, in a " +
                   "helper thread for " + std::to_string(in_thread.turns))) +
          "\n" +
          support::verdict(
              "C-062",
              (in_thread.threads > in_loop.threads ? "imprecise: " : "true: ") +
                  (std::to_string(in_loop.threads) +
                   " thread waits for pipes and timers; with a file "
                   "read beside the loop there are " +
                   std::to_string(in_thread.threads))) +
          "\n");
    return 0;
  });
}

// Several loops at once: one in each thread, one in each process. They share
// nothing but what is made for it: call_soon_threadsafe, descriptors, and a
// port.
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/open_connection.h"
#include "loop/readiness.h"
#include "loop/run.h"
#include "loop/server.h"
#include "loop/shield.h"
#include "loop/sockets.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"
#include "loop/task.h"
#include "loop/wait_for.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace loop {
namespace {

// Two loops, each in its own thread, hand a number to and fro.
TEST(SeveralLoops, OnePerThreadTalkByCallSoonThreadsafe) {
  EventLoop here;
  EventLoop there;
  constexpr int kRounds = 1000;
  struct Ball {
    EventLoop* loops[2];
    int hits[2] = {};
    void arrive(int side, int round) {
      EXPECT_EQ(&get_running_loop(), loops[side]);
      ++hits[side];
      if (round == kRounds) {
        loops[side]->stop();
        loops[1 - side]->call_soon_threadsafe(
            [loop = loops[1 - side]] { loop->stop(); });
        return;
      }
      loops[1 - side]->call_soon_threadsafe(
          [this, side, round] { arrive(1 - side, round + 1); });
    }
  } ball{{&here, &there}};
  here.call_soon([&] { ball.arrive(0, 1); });
  std::thread thread([&] { there.run_forever(); });
  here.run_forever();
  thread.join();
  EXPECT_EQ(ball.hits[0], kRounds / 2);
  EXPECT_EQ(ball.hits[1], kRounds / 2);
}

// What a pipe carries wakes the loop of another thread just as well.
TEST(SeveralLoops, OnePerThreadTalkByDescriptors) {
  const os::Pipe pipe = os::make_pipe();
  std::string received;
  std::thread thread([&] {
    constexpr auto receive = [](int fd, std::string* into) -> Coroutine<> {
      std::array<std::byte, 16> buffer;
      co_await readable(fd);
      const size_t count = os::read_some(fd, buffer).value_or(0);
      into->assign(reinterpret_cast<const char*>(buffer.data()), count);
    };
    run(receive(pipe.reader.get(), &received));
  });
  constexpr auto send = [](int fd) -> Coroutine<> {
    co_await writable(fd);
    os::write_all(fd, os::bytes_of("ping"));
  };
  run(send(pipe.writer.get()));
  thread.join();
  EXPECT_EQ(received, "ping");
}

// A server that says who it is, until its task is cancelled.
Coroutine<> serve(uint16_t port, std::string name, int ready) {
  const auto handler = [name](StreamReader reader,
                              StreamWriter writer) -> Coroutine<> {
    co_await reader.read_line();
    writer.write(name + "\n");
    co_await writer.drain();
  };
  const Server server = start_server_on_shared_port(handler, "127.0.0.1", port);
  os::write_all(ready, os::bytes_of("."));
  co_await get_running_loop().create_future<void>();  // nobody sets it
}

// Each answer to a connection of its own, until `wanted` different ones came.
Coroutine<> ask_until(uint16_t port, size_t wanted,
                      std::set<std::string>* names) {
  while (names->size() < wanted) {
    Stream stream = co_await open_connection("127.0.0.1", port);
    stream.writer.write("who?\n");
    names->insert(co_await stream.reader.read_line());
  }
}

// A free port, held by a socket that shares it but does not listen.
struct SharedPort {
  Socket holder = Socket::stream(AF_INET);
  SharedPort() {
    const int on = 1;
    os::check(os::syscalls.setsockopt(holder.fd(), SOL_SOCKET, SO_REUSEPORT,
                                      &on, sizeof on),
              "setsockopt(SO_REUSEPORT)");
    const Address any = Address::tcp("127.0.0.1", 0);
    os::check(os::syscalls.bind(holder.fd(), any.data(), any.size()), "bind");
  }
  uint16_t number() const { return holder.address().port(); }
};

void wait_for(const os::Pipe& ready, int count) {
  for (int i = 0; i < count; ++i) {
    std::array<std::byte, 1> one;
    ASSERT_EQ(os::read_some(ready.reader.get(), one), 1u);
  }
}

TEST(SeveralLoops, OnePerThreadShareAPort) {
  const SharedPort port;
  const os::Pipe ready = os::make_pipe();
  std::vector<std::thread> threads;
  std::array<EventLoop, 3> loops;
  for (EventLoop& loop : loops) {
    threads.emplace_back([&, name = "loop " + std::to_string(threads.size())] {
      EXPECT_THROW(run(serve(port.number(), name, ready.writer.get()), loop),
                   scheduler::CancelledError);
    });
  }
  wait_for(ready, 3);
  std::set<std::string> names;
  run(ask_until(port.number(), 3, &names));
  EXPECT_EQ(names, (std::set<std::string>{"loop 0\n", "loop 1\n", "loop 2\n"}));
  for (EventLoop& loop : loops) {
    loop.call_soon_threadsafe([&loop] {
      for (const AnyTask& task : loop.tasks()) {
        task.cancel();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(SeveralLoops, OnePerProcessShareAPort) {
  const SharedPort port;
  const os::Pipe ready = os::make_pipe();
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = os::check(os::syscalls.fork(), "fork");
    if (child == 0) {
      run(serve(port.number(), "process " + std::to_string(i),
                ready.writer.get()));
      _exit(1);
    }
    children.push_back(child);
  }
  wait_for(ready, 2);
  std::set<std::string> names;
  run(ask_until(port.number(), 2, &names));
  EXPECT_EQ(names, (std::set<std::string>{"process 0\n", "process 1\n"}));
  for (const pid_t child : children) {
    os::check(os::syscalls.kill(child, SIGTERM), "kill");
    int status = 0;
    os::check(os::syscalls.wait4(child, &status, 0, nullptr), "wait4");
    EXPECT_TRUE(WIFSIGNALED(status));
  }
}

TEST(SeveralLoops, APortThatIsNotSharedIsRefused) {
  constexpr auto body = []() -> Coroutine<> {
    const auto nobody = [](StreamReader, StreamWriter) -> Coroutine<> {
      co_return;
    };
    const Server own = start_server(nobody, "127.0.0.1", 0);
    EXPECT_THROW(static_cast<void>(start_server_on_shared_port(
                     nobody, "127.0.0.1", own.address().port())),
                 std::system_error);
    co_return;
  };
  run(body());
}

// It would never be told of the end, and a time limit would be of no use.
TEST(SeveralLoops, AFutureOfAnotherLoopIsRefusedByWhateverWaits) {
  EventLoop other;
  const Future<int> foreign = other.create_future<int>();
  constexpr auto body = [](const Future<int>* future) -> Coroutine<> {
    EXPECT_THROW(co_await *future, std::runtime_error);
    EXPECT_THROW(gather(*future), std::runtime_error);
    EXPECT_THROW(co_await wait_for(*future, scheduler::seconds(1)),
                 std::runtime_error);
    EXPECT_THROW(shield(*future), std::runtime_error);
  };
  run(body(&foreign));
  EventLoop mine;
  EXPECT_THROW(mine.run_until_complete(foreign), std::runtime_error);
}

}  // namespace
}  // namespace loop

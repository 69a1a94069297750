// loop/ on bad days, over epoll and over poll: tasks and timers, streams and
// servers, threads and signals. A stream that is reset is given up and the next
// one tried: what must not end is the server.
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/process_pool_executor.h"
#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/open_connection.h"
#include "loop/run.h"
#include "loop/run_in_executor.h"
#include "loop/server.h"
#include "loop/sleep.h"
#include "loop/sockets.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"
#include "loop/wait_for.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/errors.h"
#include "tests/faults/fault_runs.h"
#include "tests/loop/stream_support.h"
#include "tests/loop/support.h"
#include "tests/loop/thread_executor.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::Days;
using tests::Kind;
using tests::ms;
using tests::Reports;

// What a loop needs of the system.
const std::vector<std::string> kLoop = {"epoll_create1", "eventfd",
                                        "epoll_ctl(ADD)"};

std::vector<std::string> loop_and(std::vector<std::string> others) {
  others.insert(others.end(), kLoop.begin(), kLoop.end());
  return others;
}

class LoopFaults : public testing::TestWithParam<Kind> {
 protected:
  // In the time of a clock that jumps: a server that has been refused something
  // waits for a second.
  template <class T>
  static T in_virtual_time(Coroutine<T> (*body)()) {
    tests::VirtualLoop world(tests::real_poller(GetParam()));
    return run(body(), world.loop);
  }
  template <class T>
  static T in_real_time(Coroutine<T> (*body)()) {
    tests::World world(GetParam());
    return run(body(), world.loop());
  }
};
INSTANTIATE_TEST_SUITE_P(Pollers, LoopFaults,
                         testing::Values(Kind::kEpoll, Kind::kPoll),
                         tests::name_of);

Coroutine<int> slow(int value) {
  co_await sleep(std::chrono::microseconds(100 * value));
  co_return value;
}

Coroutine<> gather_three() {
  const auto [a, b, c] = co_await gather(slow(3), slow(1), slow(2));
  EXPECT_EQ(std::tuple(a, b, c), std::tuple(3, 1, 2));
  const auto start = get_running_loop().time();
  co_await sleep(ms(1));
  EXPECT_GE(get_running_loop().time() - start, ms(1));
}

TEST_P(LoopFaults, TasksSleepAsLongAsTheyAskedAndAllEnd) {
  Days(kLoop).run(100, [] { in_real_time(&gather_three); });
}

Coroutine<> time_out() {
  tests::Ends ends = tests::stream_ends();
  bool timed_out = false;
  try {
    co_await wait_for(ends.here.reader.read(1), ms(100));
  } catch (const scheduler::TimeoutError&) {
    timed_out = true;
  }
  EXPECT_TRUE(timed_out);
}

TEST_P(LoopFaults, AReadOfWhatNeverComesIsGivenUpInTime) {
  Days(loop_and({"socketpair", "recv"})).run(200, [] {
    in_virtual_time(&time_out);
  });
}

// A client may have been given up while it stood in the queue.
Coroutine<std::optional<Socket>> accept_soon(Socket* listener) {
  try {
    co_return co_await wait_for(sock_accept(*listener), ms(100));
  } catch (const scheduler::TimeoutError&) {
    co_return std::nullopt;
  }
}

Coroutine<> bytes_through_sockets() {
  Socket listener = Socket::listening(Address::tcp("127.0.0.1", 0));
  std::optional<Socket> client, peer;
  while (!peer) {
    client.emplace(Socket::stream(AF_INET));
    co_await sock_connect(*client, listener.address());
    std::optional<Socket> accepted = co_await accept_soon(&listener);
    if (accepted) {
      peer.emplace(std::move(*accepted));
    }
  }
  const std::string text = tests::long_text(20'000);
  co_await sock_sendall(*client, os::bytes_of(text));  // the system keeps it
  std::string received;
  while (received.size() < text.size()) {
    std::vector<std::byte> buffer(4000);
    const size_t count = co_await sock_recv(*peer, buffer);
    received.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  EXPECT_TRUE(received == text);
}

TEST_P(LoopFaults, SocketsCarryEveryByteOrTellWhatRefused) {
  Days(loop_and({"socket", "accept4", "recv", "send"})).run(200, [] {
    in_virtual_time(&bytes_through_sockets);
  });
}

Coroutine<> echo(StreamReader reader, StreamWriter writer) {
  try {
    for (;;) {
      const std::string line = co_await reader.read_line();
      if (line.empty()) {
        co_return;
      }
      writer.write(line);
      co_await writer.drain();
    }
  } catch (const std::system_error&) {
    // The conversation was reset.
  }
}

// One question and its answer; empty if something came in between.
Coroutine<std::string> ask(Address server, std::string question) {
  try {
    Stream stream = co_await open_connection("127.0.0.1", server.port());
    stream.writer.write(question);
    co_await stream.writer.drain();
    std::string answer = co_await stream.reader.read_line();
    stream.writer.close();
    co_await stream.writer.wait_closed();
    co_return answer;
  } catch (const std::system_error&) {
    co_return "";
  }
}

Coroutine<> ask_until_answered() {
  const Server server = start_server(&echo, "127.0.0.1", 0);
  const std::string question = tests::long_text(9'000) + "\n";
  std::string answer;
  while (answer != question) {
    answer = co_await ask(server.address(), question);
    EXPECT_TRUE(question.starts_with(answer)) << answer.size();
  }
}

// server.h, connection.h I1 I3
TEST_P(LoopFaults, AServerOutlivesEveryFaultOfItsClientsAndItsOwn) {
  Days(loop_and({"socket"})).run(200, [] {
    const Reports reports;
    in_virtual_time(&ask_until_answered);
    for (const std::string& report : reports.messages) {
      EXPECT_TRUE(report.starts_with("clients cannot be accepted")) << report;
    }
  });
}

Coroutine<> insist(Address server, std::string question) {
  std::string answer;
  while (answer != question) {
    answer = co_await ask(server, question);
  }
}

// Each hinders the others: what one is refused, another one gets.
Coroutine<> ask_all_at_once() {
  const Server server = start_server(&echo, "127.0.0.1", 0);
  const Address address = server.address();
  co_await gather(insist(address, "one\n"), insist(address, "two\n"),
                  insist(address, "three\n"), insist(address, "four\n"));
}

TEST_P(LoopFaults, AServerAnswersAllOfItsClientsInTheEnd) {
  Days(loop_and({"socket"})).run(100, [] {
    const Reports reports;
    in_virtual_time(&ask_all_at_once);
    for (const std::string& report : reports.messages) {
      EXPECT_TRUE(report.starts_with("clients cannot be accepted")) << report;
    }
  });
}

Coroutine<> more_than_the_system_keeps() {
  tests::Ends ends = tests::stream_ends();
  const std::string text = tests::long_text(500'000);
  ends.here.writer.write(text);
  ends.here.writer.write_eof();
  const std::string arrived = co_await ends.there.reader.read(-1);
  co_await ends.here.writer.drain();  // or throws what it died of
  EXPECT_TRUE(arrived == text);       // half a million bytes are not printed
}

// stream_writer.h I1
TEST_P(LoopFaults, WhatWasWrittenArrivesOrTheStreamSaysWhatItDiedOf) {
  Days(loop_and({"socketpair", "recv", "send"})).run(100, [] {
    in_virtual_time(&more_than_the_system_keeps);
  });
}

Coroutine<> work_elsewhere() {
  tests::ThreadExecutor executor;
  const auto first = run_in_executor(executor, [] { return 6; });
  const auto second = run_in_executor(executor, [] { return 7; });
  EXPECT_EQ(co_await first * co_await second, 42);
}

// inbox.h I1
TEST_P(LoopFaults, AResultOfAnotherThreadWakesTheLoop) {
  Days(kLoop).run(100, [] { in_real_time(&work_elsewhere); });
}

int twice(int x) {
  return 2 * x;
}

Coroutine<> work_in_a_process() {
  ipc::ProcessPoolExecutor executor(1);
  const auto answer = wrap_future(executor.submit(&twice, 21));
  EXPECT_EQ(co_await answer, 42);
}

TEST_P(LoopFaults, AResultOfAnotherProcessWakesTheLoop) {
  Days(loop_and({"fork", "pidfd_open", "pipe2", "mmap(anonymous)"}))
      .run(60, [] { in_real_time(&work_in_a_process); });
}

Coroutine<> call_from_another_thread() {
  constexpr int kCalls = 100;
  EventLoop& loop = get_running_loop();
  const Future<void> done;  // the loop's: the caller never touches it
  int calls = 0;
  const std::jthread caller([&] {
    for (int i = 0; i < kCalls; ++i) {
      loop.call_soon_threadsafe([&] {
        if (++calls == kCalls) {
          done.set_result();
        }
      });
    }
  });
  co_await done;
}

// wakeup.h I1
TEST_P(LoopFaults, EveryCallFromAnotherThreadIsMade) {
  Days(kLoop).run(100, [] { in_real_time(&call_from_another_thread); });
}

Coroutine<> wait_for_signal() {
  const Future<void> came;
  get_running_loop().add_signal_handler(SIGUSR1, [came] { came.set_result(); });
  ::raise(SIGUSR1);
  co_await came;
}

TEST_P(LoopFaults, ASignalIsHeard) {
  Days(kLoop).run(100, [] { in_real_time(&wait_for_signal); });
}

}  // namespace
}  // namespace loop

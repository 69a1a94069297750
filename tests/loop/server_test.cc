// The promises of loop/server.h and loop/open_connection.h.
#include "loop/server.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/open_connection.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/sockets.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"
#include "loop/task.h"
#include "os/syscall.h"
#include "tests/loop/stream_support.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

using tests::Log;

Coroutine<> echo(StreamReader reader, StreamWriter writer) {
  for (;;) {
    const std::string line = co_await reader.read_line();
    if (line.empty()) {
      co_return;
    }
    writer.write(line);
    co_await writer.drain();
  }
}

Coroutine<std::string> ask(uint16_t port, std::string line) {
  Stream stream = co_await open_connection("127.0.0.1", port);
  stream.writer.write(line);
  const std::string answer = co_await stream.reader.read_line();
  co_return answer;
}

class OpenConnection : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, OpenConnection, tests::kRealKinds,
                         tests::name_of);
class AServer : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, AServer, tests::kRealKinds, tests::name_of);

// STRM-01
TEST_P(AServer, EchoesLinesOverTcpAndClosingEndsTheRead) {
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    Stream stream =
        co_await open_connection("127.0.0.1", server.address().port());
    stream.writer.write("HELLO\nWORLD\n");
    EXPECT_EQ(co_await stream.reader.read_line(), "HELLO\n");
    EXPECT_EQ(co_await stream.reader.read_line(), "WORLD\n");
    stream.writer.write_eof();
    EXPECT_EQ(co_await stream.reader.read_line(), "");
    stream.writer.close();
    co_await stream.writer.wait_closed();
  };
  run(body(), loop);
}

// STRM-02
TEST_P(AServer, EchoesLinesOverAUnixSocket) {
  constexpr auto body = []() -> Coroutine<> {
    // Not in the test's own folder: such a path has 107 bytes at most.
    std::string folder = "/tmp/server_test.XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/s";
    for (int round = 0; round < 2; ++round) {  // the second replaces the file
      const Server server = start_unix_server(&echo, path);
      Stream stream = co_await open_unix_connection(path);
      stream.writer.write("HELLO\n");
      EXPECT_EQ(co_await stream.reader.read_line(), "HELLO\n");
      stream.writer.write_eof();
      EXPECT_EQ(co_await stream.reader.read_line(), "");
    }
    unlink(path.c_str());
    rmdir(folder.c_str());
  };
  run(body(), loop);
}

// Better no server than one that others may connect to.
TEST_P(AServer, AUnixSocketWhoseModeCannotBeSetIsNotBound) {
  const tests::SwapSyscall swap(&os::Syscalls::fchmod, [](int, mode_t) {
    errno = EPERM;
    return -1;
  });
  constexpr auto body = []() -> Coroutine<> {
    std::string folder = "/tmp/server_test.XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/s";
    try {
      const Server server = start_unix_server(&echo, path);
      ADD_FAILURE() << "it must be refused";
    } catch (const std::system_error& error) {
      EXPECT_STREQ(error.what(), "fchmod(socket): Operation not permitted");
    }
    EXPECT_EQ(access(path.c_str(), F_OK), -1);
    EXPECT_EQ(get_running_loop().watched(), 0u);
    EXPECT_EQ(rmdir(folder.c_str()), 0);
    co_return;
  };
  run(body(), loop);
}

// Connecting asks for the right to write to the file.
TEST_P(AServer, AUnixSocketIsItsOwnersAloneWhateverTheUmask) {
  constexpr auto body = []() -> Coroutine<> {
    std::string folder = "/tmp/server_test.XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/s";
    const mode_t before = umask(0);
    { const Server server = start_unix_server(&echo, path); }
    umask(before);
    struct stat about {};
    EXPECT_EQ(lstat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode, S_IFSOCK | S_IRUSR | S_IWUSR);
    unlink(path.c_str());
    rmdir(folder.c_str());
    co_return;
  };
  run(body(), loop);
}

TEST_P(AServer, WithoutARunningLoopALiveServersFileIsLeftAlone) {
  std::string folder = "/tmp/server_test.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/s";
  std::optional<Server> server;
  loop.call_soon([&] { server.emplace(start_unix_server(&echo, path)); });
  world.turn();
  EXPECT_THROW(static_cast<void>(start_unix_server(&echo, path)),
               std::runtime_error);
  constexpr auto body = [](const std::string& its_path) -> Coroutine<> {
    Stream stream = co_await open_unix_connection(its_path);
    stream.writer.write("HELLO\n");
    EXPECT_EQ(co_await stream.reader.read_line(), "HELLO\n");
  };
  run(body(path), loop);
  unlink(path.c_str());
  rmdir(folder.c_str());
}

// What was left over at a path is replaced, but not what a link there leads to,
// nor the link.
TEST_P(AServer, ALinkAtThePathOfAUnixSocketIsNotFollowed) {
  constexpr auto body = []() -> Coroutine<> {
    std::string folder = "/tmp/server_test.XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/s";
    const std::string link = folder + "/link";
    const Server server = start_unix_server(&echo, path);
    EXPECT_EQ(symlink(path.c_str(), link.c_str()), 0);
    try {
      const Server other = start_unix_server(&echo, link);
      ADD_FAILURE() << "the link was replaced";
    } catch (const std::system_error& refused) {
      EXPECT_EQ(refused.code(), std::errc::address_in_use);
    }
    const Stream stream = co_await open_unix_connection(path);
    unlink(link.c_str());
    unlink(path.c_str());
    rmdir(folder.c_str());
  };
  run(body(), loop);
}

// STRM-20
TEST_P(OpenConnection, AClosedPortRefuses) {
  constexpr auto body = []() -> Coroutine<> {
    Server server = start_server(&echo, "127.0.0.1", 0);
    const Address address = server.address();
    server.close();
    try {
      co_await open_connection("127.0.0.1", address.port());
      ADD_FAILURE() << "it must be refused";
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.code().value(), ECONNREFUSED);
      EXPECT_EQ(std::string(e.what()),
                "connect to " + address.to_string() + ": Connection refused");
    }
  };
  run(body(), loop);
}

// STRM-20
TEST_P(OpenConnection, AllCandidatesAreTriedBeforeItFails) {
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    Server gone = start_server(&echo, "127.0.0.1", 0);
    const Address closed = gone.address();
    gone.close();
    std::vector<Address> some{closed, server.address()};
    Stream stream = co_await open_connection_to_any(std::move(some));
    stream.writer.write("x\n");
    EXPECT_EQ(co_await stream.reader.read_line(), "x\n");

    std::vector<Address> dead{closed, closed};
    try {
      co_await open_connection_to_any(std::move(dead));
      ADD_FAILURE() << "it must be refused";
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.code().value(), ECONNREFUSED);
      EXPECT_EQ(std::string(e.what()), "connect to " + closed.to_string() +
                                           ", " + closed.to_string() +
                                           ": Connection refused");
    }
  };
  run(body(), loop);
}

TEST_P(OpenConnection, NoCandidateIsAValueError) {
  constexpr auto body = []() -> Coroutine<> {
    std::vector<Address> nobody;
    EXPECT_THROW(co_await open_connection_to_any(std::move(nobody)),
                 std::invalid_argument);
  };
  run(body(), loop);
}

// STRM-21 I1
TEST_P(AServer, CloseStopsAcceptingAndLetsConnectionsLive) {
  constexpr auto body = []() -> Coroutine<> {
    Server server = start_server(&echo, "127.0.0.1", 0);
    const uint16_t port = server.address().port();
    Stream stream = co_await open_connection("127.0.0.1", port);
    stream.writer.write("before\n");
    EXPECT_EQ(co_await stream.reader.read_line(), "before\n");
    EXPECT_TRUE(server.is_serving());
    server.close();
    server.close();
    EXPECT_FALSE(server.is_serving());
    stream.writer.write("after\n");
    EXPECT_EQ(co_await stream.reader.read_line(), "after\n");
    EXPECT_THROW(co_await open_connection("127.0.0.1", port),
                 std::system_error);
  };
  run(body(), loop);
}

// STRM-22
TEST_P(AServer, AHundredClientsEachGetTheirOwnAnswers) {
  constexpr auto talk = [](uint16_t port, int number) -> Coroutine<int> {
    Stream stream = co_await open_connection("127.0.0.1", port);
    int correct = 0;
    for (int i = 0; i < 10; ++i) {
      const std::string line =
          std::to_string(number) + "." + std::to_string(i) + "\n";
      stream.writer.write(line);
      const std::string answer = co_await stream.reader.read_line();
      correct += answer == line ? 1 : 0;
    }
    co_return correct;
  };
  constexpr auto body = [talk]() -> Coroutine<> {
    const Server one = start_server(&echo, "127.0.0.1", 0);
    const Server two = start_server(&echo, "127.0.0.1", 0);
    std::vector<Task<int>> clients;
    for (int i = 0; i < 100; ++i) {
      const Server& server = i % 2 == 0 ? one : two;
      clients.push_back(create_task(talk(server.address().port(), i)));
    }
    int correct = 0;
    for (const Task<int>& client : clients) {
      correct += co_await client;
    }
    EXPECT_EQ(correct, 1000);
  };
  run(body(), loop);
}

// I2
TEST_P(AServer, AnErrorWithOneClientIsReportedAndTheOthersAreServed) {
  const tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(
        [](StreamReader reader, StreamWriter writer) -> Coroutine<> {
          const std::string line = co_await reader.read_line();
          if (line == "bad\n") {
            throw std::runtime_error("a bad client");
          }
          writer.write(line);
        },
        "127.0.0.1", 0);
    const uint16_t port = server.address().port();
    EXPECT_EQ(co_await ask(port, "bad\n"), "");
    EXPECT_EQ(co_await ask(port, "good\n"), "good\n");
  };
  run(body(), loop);
  ASSERT_EQ(reports.messages.size(), 1u);
  EXPECT_NE(reports.messages[0].find("a bad client"), std::string::npos);
}

// The handler is a closure; it lives as long as one of its clients.
TEST_P(AServer, AHandlerMayHaveCapturesAndOutlivesItsServer) {
  constexpr auto body = []() -> Coroutine<> {
    const std::string greeting = "a greeting too long to be stored in place ";
    Server server = start_server(
        [greeting](StreamReader reader, StreamWriter writer) -> Coroutine<> {
          const std::string name = co_await reader.read_line();
          writer.write(greeting + name);
        },
        "127.0.0.1", 0);
    Stream stream =
        co_await open_connection("127.0.0.1", server.address().port());
    co_await tests::turn();
    co_await tests::turn();
    { const Server gone = std::move(server); }
    stream.writer.write("you\n");
    EXPECT_EQ(co_await stream.reader.read_line(), greeting + "you\n");
  };
  run(body(), loop);
}

// Out of descriptors: the spare one turns the client away, and the server
// goes on as soon as there are descriptors again.
TEST_P(AServer, WithoutDescriptorsAClientIsTurnedAwayAndTheLoopDoesNotSpin) {
  static int refusals;
  refusals = 0;
  const tests::SwapSyscall accept(
      &os::Syscalls::accept4,
      [](int fd, sockaddr* address, socklen_t* size, int flags) {
        if (refusals == 1) {
          ++refusals;
          errno = EMFILE;
          return -1;
        }
        return ::accept4(fd, address, size, flags);
      });
  const tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    const uint16_t port = server.address().port();
    refusals = 1;
    Stream stream = co_await open_connection("127.0.0.1", port);
    EXPECT_EQ(co_await stream.reader.read(), "");
    EXPECT_EQ(co_await ask(port, "x\n"), "x\n");
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages.size(), 1u);
  EXPECT_EQ(refusals, 2);
}

// A shortage lasts, and everybody who comes meets it: one line, not hundreds.
TEST(Server, AShortageIsReportedOnceUntilAClientIsAcceptedAgain) {
  static bool full;
  full = false;
  // With the spare one given up, accept finds a number.
  static int others;
  const tests::SwapSyscall accept(
      &os::Syscalls::accept4,
      [](int fd, sockaddr* address, socklen_t* size, int flags) {
        if (full && others++ % 2 == 0) {
          errno = EMFILE;
          return -1;
        }
        return ::accept4(fd, address, size, flags);
      });
  const tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    const uint16_t port = server.address().port();
    for (int shortage = 0; shortage < 2; ++shortage) {
      others = 0;
      full = true;
      for (int i = 0; i < 3; ++i) {
        Stream stream = co_await open_connection("127.0.0.1", port);
        EXPECT_EQ(co_await stream.reader.read(), "");
      }
      EXPECT_LE(others, 3 * 4);  // each time until the queue is empty
      full = false;
      EXPECT_EQ(co_await ask(port, "x\n"), "x\n");
    }
  };
  run(body());
  EXPECT_EQ(reports.messages.size(), 2u);
}

// A shortage that no spare descriptor cures: the listener rests, the loop
// serves everybody else, and after a second it accepts again.
TEST_P(AServer, WithoutMemoryTheListenerPausesAndTheClientIsServedLater) {
  static bool refused;
  refused = false;
  const tests::SwapSyscall accept(
      &os::Syscalls::accept4,
      [](int fd, sockaddr* address, socklen_t* size, int flags) {
        if (!refused) {
          refused = true;
          errno = ENOMEM;
          return -1;
        }
        return ::accept4(fd, address, size, flags);
      });
  const tests::Reports reports;
  tests::VirtualLoop virtual_time(tests::real_poller(GetParam()));
  constexpr auto body = [](scheduler::ManualClock& clock) -> Coroutine<> {
    const auto start = clock.now();
    const Server server = start_server(&echo, "127.0.0.1", 0);
    EXPECT_EQ(co_await ask(server.address().port(), "x\n"), "x\n");
    EXPECT_GE(clock.now() - start, scheduler::seconds(1));
  };
  run(body(virtual_time.clock), virtual_time.loop);
  EXPECT_EQ(reports.messages.size(), 1u);
}

// Found by //tests/faults: the pause ended, the listener could not be watched,
// and nobody ever looked at it again.
TEST(Server, AListenerThatCannotBeWatchedAfterItsPauseAsksAgain) {
  static int refusals;
  refusals = 0;
  const tests::SwapSyscall accept(
      &os::Syscalls::accept4,
      [](int fd, sockaddr* address, socklen_t* size, int flags) {
        if (refusals == 0) {
          ++refusals;
          errno = ENOMEM;
          return -1;
        }
        return ::accept4(fd, address, size, flags);
      });
  const tests::SwapSyscall watch(
      &os::Syscalls::epoll_ctl,
      [](int epoll, int operation, int fd, epoll_event* event) {
        if (operation == EPOLL_CTL_ADD && refusals >= 1 && refusals < 3) {
          ++refusals;
          errno = ENOMEM;
          return -1;
        }
        return ::epoll_ctl(epoll, operation, fd, event);
      });
  const tests::Reports reports;
  tests::VirtualLoop virtual_time;
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    Socket client = Socket::stream(AF_INET);
    co_await sock_connect(client, server.address());
    co_await sleep(scheduler::seconds(3.5));
    EXPECT_EQ(co_await ask(server.address().port(), "x\n"), "x\n");
  };
  run(body(), virtual_time.loop);
  EXPECT_EQ(refusals, 3);
  EXPECT_EQ(reports.messages.size(), 1u);
}

TEST_P(AServer, AnErrorOfOneClientDoesNotPauseTheListener) {
  static bool refused;
  refused = false;
  const tests::SwapSyscall accept(
      &os::Syscalls::accept4,
      [](int fd, sockaddr* address, socklen_t* size, int flags) {
        if (!refused) {
          refused = true;
          errno = EPROTO;
          return -1;
        }
        return ::accept4(fd, address, size, flags);
      });
  const tests::Reports reports;
  tests::VirtualLoop virtual_time(tests::real_poller(GetParam()));
  constexpr auto body = [](scheduler::ManualClock& clock) -> Coroutine<> {
    const auto start = clock.now();
    const Server server = start_server(&echo, "127.0.0.1", 0);
    EXPECT_EQ(co_await ask(server.address().port(), "x\n"), "x\n");
    EXPECT_EQ(clock.now(), start);
  };
  run(body(virtual_time.clock), virtual_time.loop);
  EXPECT_EQ(reports.messages.size(), 1u);
}

TEST_P(AServer, ATakenPortIsAnErrorThatNamesTheCall) {
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    try {
      const Server second =
          start_server(&echo, "127.0.0.1", server.address().port());
      ADD_FAILURE() << "the port is taken";
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.code().value(), EADDRINUSE);
    }
    co_return;
  };
  run(body(), loop);
}

// STRM-23: a real reset over TCP.
TEST_P(AServer, AClientThatResetsIsAnErrorForItsHandlerOnly) {
  const tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    {
      Socket rude = Socket::stream(AF_INET);
      co_await sock_connect(rude, server.address());
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      os::check(os::syscalls.setsockopt(rude.fd(), SOL_SOCKET, SO_LINGER,
                                        &at_once, sizeof at_once),
                "setsockopt(SO_LINGER)");
    }
    EXPECT_EQ(co_await ask(server.address().port(), "x\n"), "x\n");
  };
  run(body(), loop);
  ASSERT_EQ(reports.messages.size(), 1u);
  EXPECT_NE(reports.messages[0].find("Connection reset"), std::string::npos);
}

// Neither a client's trouble nor a shortage: it would come again at once.
TEST_P(AServer, AListenerThatRefusesForGoodIsAskedOnceASecond) {
  static int asked;
  asked = 0;
  const tests::SwapSyscall accept(&os::Syscalls::accept4,
                                  [](int, sockaddr*, socklen_t*, int) {
                                    ++asked;
                                    errno = EINVAL;
                                    return -1;
                                  });
  const tests::Reports reports;
  tests::VirtualLoop virtual_time(tests::real_poller(GetParam()));
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    Stream stream =
        co_await open_connection("127.0.0.1", server.address().port());
    co_await sleep(scheduler::seconds(2.5));
  };
  run(body(), virtual_time.loop);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(reports.messages.size(), 1u);
}

// What reads a report is the user's code, and may end the server.
TEST_P(AServer, MayBeDroppedByWhoeverReadsItsReport) {
  const tests::SwapSyscall accept(&os::Syscalls::accept4,
                                  [](int, sockaddr*, socklen_t*, int) {
                                    errno = ENOMEM;
                                    return -1;
                                  });
  tests::VirtualLoop virtual_time(tests::real_poller(GetParam()));
  constexpr auto body = [](EventLoop* its_loop) -> Coroutine<> {
    std::optional<Server> server(start_server(&echo, "127.0.0.1", 0));
    int reports = 0;
    its_loop->set_exception_handler([&](const Report&) {
      ++reports;
      server.reset();
    });
    try {
      co_await open_connection("127.0.0.1", server->address().port());
    } catch (const std::system_error&) {
      // The server may be gone before the client has looked.
    }
    co_await sleep(scheduler::seconds(2.5));
    EXPECT_EQ(reports, 1);
    its_loop->set_exception_handler({});
  };
  run(body(&virtual_time.loop), virtual_time.loop);
}

}  // namespace
}  // namespace loop

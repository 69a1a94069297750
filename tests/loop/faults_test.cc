// What goes wrong on a bad day, over every poller: callbacks that throw, peers
// that vanish, no descriptors left, signals without end, a loop that is closed
// in the midst of everything, calls from a wrong thread.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/handle.h"
#include "loop/open_connection.h"
#include "loop/run.h"
#include "loop/run_in_executor.h"
#include "loop/server.h"
#include "loop/sleep.h"
#include "loop/sockets.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"
#include "loop/sync/lock.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/signals.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/loop/actors.h"
#include "tests/loop/cancel_everywhere.h"
#include "tests/loop/stream_support.h"
#include "tests/loop/support.h"
#include "tests/loop/thread_executor.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::child;
using tests::Log;
using tests::ms;
using tests::Reports;

class Faults : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, Faults, tests::kRealKinds, tests::name_of);

// Whatever they throw, also what is no std::exception.
TEST_P(Faults, CallbacksOfEveryKindThatThrowAreReportedAndTheLoopGoesOn) {
  const Reports reports;
  int thrown = 0;
  const auto fail = [&thrown] {
    ++thrown;
    throw 7;
  };
  os::Pipe pipe = os::make_pipe();
  const int reader = pipe.reader.get(), writer = pipe.writer.get();
  os::check(os::syscalls.write(writer, "x", 1), "write");
  loop.call_soon(fail);
  loop.call_later(ms(1), fail);
  loop.call_soon_threadsafe(fail);
  loop.add_signal_handler(SIGUSR1, fail);
  raise(SIGUSR1);
  loop.add_reader(reader, [&] {
    loop.remove_reader(reader);
    fail();
  });
  loop.add_writer(writer, [&] {
    loop.remove_writer(writer);
    fail();
  });
  const Future<int> future = loop.create_future<int>();
  future.add_done_callback([&](const Future<int>&) { fail(); });
  future.set_result(1);
  loop.call_later(ms(5), [&] { loop.stop(); });
  loop.run_forever();
  EXPECT_EQ(thrown, 7);
  EXPECT_EQ(reports.messages.size(), 7u);
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
    // The client has gone in the middle of a line.
  }
}

// Connects, sends more than the system keeps, and reads it back.
Coroutine<> conversation(Log* log) {
  const Server server = start_server(&echo, "127.0.0.1", 0);
  Stream stream =
      co_await open_connection("127.0.0.1", server.address().port());
  const std::string line = tests::long_text(60'000) + "\n";
  stream.writer.write(line);
  co_await stream.writer.drain();
  const std::string answer = co_await stream.reader.read_line();
  EXPECT_EQ(answer, line);
  stream.writer.close();
  co_await stream.writer.wait_closed();
  log->push_back("said");
}

TEST_P(Faults, AConversationCancelledAtAnyAwaitLeavesNothing) {
  tests::cancel_everywhere(
      GetParam(), &conversation,
      [](const Task<void>& victim, const Log&) { EXPECT_TRUE(victim.done()); });
}

// A coroutine, a task, a future, a turn, a lock that is held for a while.
Coroutine<> ordinary_awaits(Log* log) {
  // Shared with the timer that releases it, which may come later.
  const auto lock = std::make_shared<sync::Lock>();
  const auto task = create_task(child(log, "task", 10));
  co_await child(log, "direct", 5);
  co_await task;
  const Future<void> future;
  get_running_loop().call_later(ms(5), [future] {
    if (!future.done()) {
      future.set_result();
    }
  });
  co_await future;
  co_await sleep(ms(0));
  co_await lock->acquire();
  get_running_loop().call_later(ms(5), [lock] { lock->release(); });
  const auto again = co_await lock->scoped();
  log->push_back("end");
}

TEST_P(Faults, OrdinaryAwaitsCancelledOneByOneLeaveNothing) {
  tests::cancel_everywhere(GetParam(), &ordinary_awaits,
                           [](const Task<void>& victim, const Log& log) {
                             EXPECT_TRUE(victim.cancelled());
                             EXPECT_NE(log.back(), "end");
                           });
}

Coroutine<> gather_three(Log* log) {
  co_await gather(child(log, "a", 10), child(log, "b", 30),
                  child(log, "c", 20));
}

TEST_P(Faults, AGatherCancelledAtAnyAwaitCancelsAllItsChildren) {
  tests::cancel_everywhere(GetParam(), &gather_three,
                           [](const Task<void>& victim, const Log& log) {
                             EXPECT_TRUE(victim.cancelled() || log.size() == 3);
                           });
}

// A timer that interrupts every system call it can, all the time.
class Interruptions {
 public:
  Interruptions() {
    const itimerval often = {{0, 100}, {0, 100}};
    setitimer(ITIMER_REAL, &often, nullptr);
  }
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;
  ~Interruptions() {
    const itimerval never = {};
    setitimer(ITIMER_REAL, &never, nullptr);
  }

 private:
  // Without SA_RESTART: the calls come back with EINTR.
  const os::ScopedSignalHandler handler_{SIGALRM, [](int) {}, 0};
};

TEST_P(Faults, SignalsWithoutEndNeitherLoseBytesNorShortenASleep) {
  const Interruptions interruptions;
  constexpr auto body = []() -> Coroutine<> {
    Log log;
    const scheduler::TimePoint start = get_running_loop().time();
    co_await gather(conversation(&log), sleep(ms(20)));
    EXPECT_GE(get_running_loop().time() - start, ms(20));
    EXPECT_EQ(log, Log{"said"});
  };
  run(body(), loop);
}

// Takes every descriptor that is left, up to a low limit.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low = {100, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    int fd;
    while ((fd = os::syscalls.fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0) {
      taken_.emplace_back(fd);
    }
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
  std::vector<os::UniqueFd> taken_;
};

Coroutine<size_t> recv_something(Socket* socket) {
  std::array<std::byte, 64> buffer;
  co_return co_await sock_recv(*socket, buffer);
}

// The real thing: accept4 itself says EMFILE.
TEST_P(Faults, AServerWithoutDescriptorsGoesOnWhenTheyComeBack) {
  const Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    const Server server = start_server(&echo, "127.0.0.1", 0);
    Socket client = Socket::stream(AF_INET);
    {
      const NoDescriptors shortage;
      co_await sock_connect(client, server.address());
      // Turned away, not left waiting.
      EXPECT_EQ(co_await recv_something(&client), 0u);
    }
    Stream stream =
        co_await open_connection("127.0.0.1", server.address().port());
    stream.writer.write("again\n");
    EXPECT_EQ(co_await stream.reader.read_line(), "again\n");
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages.size(), 1u);
}

// One direction ended, the other still open; then the peer resets.
TEST_P(Faults, AHalfClosedConnectionStillReadsAndThenTellsOfTheReset) {
  constexpr auto body = []() -> Coroutine<> {
    Socket listener = Socket::listening(Address::tcp("127.0.0.1", 0));
    const auto connecting =
        create_task(open_connection("127.0.0.1", listener.address().port()));
    Socket peer = co_await sock_accept(listener);
    Stream here = co_await connecting;
    here.writer.write_eof();
    EXPECT_EQ(co_await recv_something(&peer), 0u);
    os::check(os::syscalls.write(peer.fd(), "late", 4), "write");
    EXPECT_EQ(co_await here.reader.read(4), "late");
    const linger reset = {1, 0};
    os::check(os::syscalls.setsockopt(peer.fd(), SOL_SOCKET, SO_LINGER, &reset,
                                      sizeof reset),
              "setsockopt(SO_LINGER)");
    peer.close();
    try {
      co_await here.reader.read(1);
      ADD_FAILURE() << "a reset is no end";
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.code().value(), ECONNRESET);
    }
  };
  run(body(), loop);
}

Coroutine<> hold_and_sleep(sync::Lock* lock) {
  const auto held = co_await lock->scoped();
  co_await sleep(ms(1'000'000));
}

Coroutine<> read_for_ever() {
  tests::Ends ends = tests::stream_ends();
  co_await ends.here.reader.read(1);
}

// Somebody stands at every kind of wait; then the loop is closed, and its
// handles are used.
TEST_P(Faults, ClosingALoopWithWorkOfEveryKindPendingFreesItAndHandlesLiveOn) {
  Reports reports;
  tests::ThreadExecutor executor;
  sync::Lock lock;
  constexpr auto body = [](tests::ThreadExecutor* jobs,
                           sync::Lock* its_lock) -> Coroutine<> {
    create_task(hold_and_sleep(its_lock));
    create_task(hold_and_sleep(its_lock));
    create_task(read_for_ever());
    const auto job = run_in_executor(*jobs, [] { return 7; });
    co_await gather(sleep(ms(1'000'000)), Future<void>());
  };
  const auto task = loop.create_task(body(&executor, &lock));
  const Future<int> future = loop.create_future<int>();
  future.add_done_callback([](const Future<int>&) { FAIL(); });
  const auto owned = std::make_shared<int>(1);
  Handle soon = loop.call_soon([owned] {});
  TimerHandle later = loop.call_later(ms(1'000'000), [owned] { FAIL(); });
  os::Pipe pipe = os::make_pipe();
  loop.add_reader(pipe.reader.get(), [owned] { FAIL(); });
  loop.add_signal_handler(SIGUSR1, [owned] { FAIL(); });
  for (int i = 0; i < 4; ++i) {
    world.turn();
  }
  soon = loop.call_soon([owned] { FAIL(); });
  loop.close();
  EXPECT_EQ(owned.use_count(), 3);  // two are kept by the handles of callbacks
  EXPECT_FALSE(reports.messages.empty());  // tasks that were pending
  soon.cancel();
  later.cancel();
  EXPECT_FALSE(task.done());
  task.cancel();
  future.set_result(1);
  EXPECT_EQ(future.result(), 1);
}

// A sentence, not a crash: whatever is touched.
TEST_P(Faults, AWrongThreadIsRefusedAtEveryDoor) {
  const Reports reports;
  const Future<int> future = loop.create_future<int>();
  constexpr auto sleep_long = []() -> Coroutine<> {
    co_await sleep(ms(1'000'000));
  };
  const auto task = loop.create_task(sleep_long());
  constexpr auto nothing = []() -> Coroutine<> { co_return; };
  TimerHandle timer = loop.call_later(ms(1'000'000), [] {});
  loop.call_soon([&] {
    Socket socket = Socket::listening(Address::tcp("127.0.0.1", 0));
    static_cast<void>(socket.readable());  // now it belongs to the loop
    tests::Ends ends = tests::stream_ends();
    StreamWriter& writer = ends.here.writer;
    std::optional<Server> server = start_server(&echo, "127.0.0.1", 0);
    std::thread([&] {
      EXPECT_THROW(socket.close(), std::logic_error);
      EXPECT_THROW(writer.write("x"), std::logic_error);
      EXPECT_THROW(writer.write_eof(), std::logic_error);
      EXPECT_THROW(writer.close(), std::logic_error);
      EXPECT_THROW(writer.abort(), std::logic_error);
      EXPECT_THROW(server->close(), std::logic_error);
      EXPECT_THROW(future.set_result(1), std::logic_error);
      EXPECT_THROW(future.cancel(), std::logic_error);
      EXPECT_THROW(future.add_done_callback([](const Future<int>&) {}),
                   std::logic_error);
      EXPECT_THROW(task.cancel(), std::logic_error);
      EXPECT_THROW(loop.create_task(nothing()), std::logic_error);
      EXPECT_THROW(loop.add_reader(0, [] {}), std::logic_error);
      EXPECT_THROW(timer.cancel(), std::logic_error);
      EXPECT_THROW(loop.tasks(), std::logic_error);
      EXPECT_THROW(task.uncancel(), std::logic_error);
      EXPECT_THROW(loop.remove_signal_handler(SIGUSR1), std::logic_error);
      EXPECT_THROW(loop.add_signal_handler(SIGUSR1, [] {}), std::exception);
      EXPECT_THROW(loop.run_forever(), std::exception);
      EXPECT_THROW(loop.close(), std::exception);
      EXPECT_THROW(create_task(nothing()), std::runtime_error);
    }).join();
    EXPECT_TRUE(server->is_serving());
    EXPECT_FALSE(writer.is_closing());
    loop.stop();
  });
  loop.run_forever();
  EXPECT_FALSE(future.done());
  EXPECT_FALSE(task.done());
  task.cancel();
  EXPECT_THROW(loop.run_until_complete(Future<void>(task)),
               scheduler::CancelledError);
}

// Destructors cannot refuse.
TEST_P(Faults, WhatIsDroppedInAWrongThreadIsReportedAndClosedByItsLoop) {
  const Reports reports;
  loop.call_soon([] {
    Socket socket = Socket::listening(Address::tcp("127.0.0.1", 0));
    static_cast<void>(socket.readable());  // now it belongs to the loop
    tests::Ends ends = tests::stream_ends();
    Server server = start_server(&echo, "127.0.0.1", 0);
    std::thread([&] {
      { const Socket dropped = std::move(socket); }
      { const StreamWriter dropped = std::move(ends.here.writer); }
      const Server dropped = std::move(server);
    }).join();
  });
  world.turn();
  EXPECT_EQ(reports.messages.size(), 3u);
  EXPECT_EQ(loop.watched(), 1u);
  world.turn();
  EXPECT_EQ(loop.watched(), 0u);
}

TEST_P(Faults, AStreamDroppedInAWrongThreadEndsForItsPeer) {
  const Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    tests::Ends ends = tests::stream_ends();
    ends.here.writer.write("last words");
    std::thread([&] {
      const StreamWriter dropped = std::move(ends.here.writer);
    }).join();
    co_await tests::turn();
    co_await tests::turn();
    EXPECT_TRUE(ends.here.reader.at_eof());
    if (ends.here.reader.at_eof()) {
      EXPECT_EQ(co_await ends.there.reader.read(), "last words");
    }
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages.size(), 1u);
}

// What a child holds stands in its parent's frame.
TEST_P(Faults, CloseEndsAChildBeforeTheOneWhoMadeIt) {
  const Reports reports;
  constexpr auto worker = [](sync::Lock* lock) -> Coroutine<> {
    const auto held = co_await lock->scoped();
    co_await sleep(ms(1'000'000));
  };
  constexpr auto owner = [worker]() -> Coroutine<> {
    sync::Lock lock;
    auto child = create_task(worker(&lock));
    co_await child;
  };
  loop.create_task(owner());
  world.turn();
  world.turn();
  loop.close();
  EXPECT_EQ(reports.messages.size(), 2u);
}

}  // namespace
}  // namespace loop

// The promises of loop/descriptors.h, through add_reader and add_writer, over
// every poller.
#include "loop/descriptors.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/poller.h"
#include "loop/readiness.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::Log;
using tests::ms;

std::string read_text(int fd, size_t size) {
  std::string text(size, '\0');
  text.resize(
      os::read_some(fd, std::as_writable_bytes(std::span(text))).value());
  return text;
}

class DescriptorCallbacks : public tests::EveryWorld {
 protected:
  DescriptorCallbacks() {
    int fds[2];
    os::check(
        os::syscalls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
        "socketpair");
    left = os::UniqueFd(fds[0]);
    right = os::UniqueFd(fds[1]);
  }
  auto write(std::string word) {
    return [this, word] { log.push_back(word); };
  }
  void send(const std::string& text) {
    os::write_all(left.get(), os::bytes_of(text));
  }

  os::UniqueFd left;
  os::UniqueFd right;
  Log log;
};
INSTANTIATE_TEST_SUITE_P(Pollers, DescriptorCallbacks, tests::kEveryKind,
                         tests::name_of);

// LOOP-26
TEST_P(DescriptorCallbacks, AReaderIsCalledInEveryTurnWhileThereIsData) {
  send("abc");
  loop.add_reader(right.get(),
                  [this] { log.push_back(read_text(right.get(), 1)); });
  for (int i = 0; i < 4; ++i) {
    world.turn();
  }
  EXPECT_EQ(log, (Log{"a", "b", "c"}));
}

// LOOP-27
TEST_P(DescriptorCallbacks, ASecondReaderReplacesTheFirst) {
  send("x");
  loop.add_reader(right.get(), write("first"));
  loop.add_reader(right.get(), write("second"));
  world.turn();
  EXPECT_EQ(log, (Log{"second"}));
}

// LOOP-28
TEST_P(DescriptorCallbacks, RemovingTellsWhetherThereWasOneAndEndsTheCalls) {
  send("x");
  loop.add_reader(right.get(), write("never"));
  EXPECT_TRUE(loop.remove_reader(right.get()));
  EXPECT_FALSE(loop.remove_reader(right.get()));
  EXPECT_FALSE(loop.remove_reader(12345));
  world.turn();
  EXPECT_EQ(log, Log());
}

// LOOP-28, I2
TEST_P(DescriptorCallbacks, OneRemovedInTheTurnItStoodInIsNotCalled) {
  send("x");
  loop.add_reader(right.get(), write("never"));
  loop.call_soon([this] {
    log.push_back("remove");
    loop.remove_reader(right.get());
  });
  world.turn();
  EXPECT_EQ(log, (Log{"remove"}));
}

TEST_P(DescriptorCallbacks, ACallbackMayRemoveOrReplaceItself) {
  send("x");
  loop.add_reader(right.get(), [this] {
    log.push_back("first");
    loop.add_reader(right.get(), [this] {
      log.push_back("second");
      loop.remove_reader(right.get());
    });
  });
  for (int i = 0; i < 3; ++i) {
    world.turn();
  }
  EXPECT_EQ(log, (Log{"first", "second"}));
}

// LOOP-29
TEST_P(DescriptorCallbacks, AWriterIsCalledInEveryTurnUntilRemoved) {
  loop.add_writer(left.get(), [this] {
    log.push_back("w" + std::to_string(log.size() + 1));
    if (log.size() == 3) {
      loop.remove_writer(left.get());
    }
  });
  for (int i = 0; i < 5; ++i) {
    world.turn();
  }
  EXPECT_EQ(log, (Log{"w1", "w2", "w3"}));
}

// LOOP-30
TEST_P(DescriptorCallbacks, RemovingOneDirectionKeepsTheOther) {
  send("x");
  loop.add_reader(right.get(), write("r"));
  loop.add_writer(right.get(), write("w"));
  loop.remove_reader(right.get());
  world.turn();
  EXPECT_EQ(log, (Log{"w"}));
  loop.add_reader(right.get(), write("r"));
  loop.remove_writer(right.get());
  world.turn();
  EXPECT_EQ(log, (Log{"w", "r"}));
}

// LOOP-31
TEST_P(DescriptorCallbacks, TheReaderComesBeforeTheWriter) {
  send("x");
  loop.add_writer(right.get(), write("w"));
  loop.add_reader(right.get(), write("r"));
  world.turn();
  EXPECT_EQ(log, (Log{"r", "w"}));
}

// LOOP-32
TEST_P(DescriptorCallbacks, TheEndOfTheStreamIsReadable) {
  loop.add_reader(right.get(), [this] {
    log.push_back("'" + read_text(right.get(), 1) + "'");
    loop.remove_reader(right.get());
  });
  left.reset();
  world.turn();
  EXPECT_EQ(log, (Log{"''"}));
}

// LOOP-32: a pipe whose writer is gone hangs up without being readable.
TEST_P(DescriptorCallbacks, AHangUpWakesTheReader) {
  os::Pipe pipe = os::make_pipe();
  loop.add_reader(pipe.reader.get(), write("hung up"));
  pipe.writer.reset();
  world.turn();
  EXPECT_EQ(log, (Log{"hung up"}));
  loop.remove_reader(pipe.reader.get());
}

// LOOP-33
TEST_P(DescriptorCallbacks, AFileIsRefusedByEpollAndAlwaysReadyForTheOthers) {
  const os::UniqueFd file(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const bool asks_epoll =
      GetParam() == tests::Kind::kEpoll || GetParam() == tests::Kind::kVirtual;
  try {
    loop.add_reader(file.get(), write("ready"));
    EXPECT_FALSE(asks_epoll);
    world.turn();
    EXPECT_EQ(log, Log{"ready"});
    loop.remove_reader(file.get());
  } catch (const std::system_error& error) {
    EXPECT_TRUE(asks_epoll);
    EXPECT_EQ(error.code().value(), EPERM);
  }
}

// LOOP-33
TEST_P(DescriptorCallbacks, WhatIsNoDescriptorIsRefused) {
  EXPECT_THROW(loop.add_reader(-1, [] {}), std::invalid_argument);
  EXPECT_THROW(loop.add_reader(2'000'000'000, [] {}), std::system_error);
  EXPECT_EQ(loop.watched(), 0u);
}

// LOOP-34
TEST_P(DescriptorCallbacks, AReusedNumberIsANewRegistration) {
  os::Pipe old = os::make_pipe();
  const int number = old.reader.get();
  loop.add_reader(number, write("old"));
  loop.remove_reader(number);
  old.reader.reset();
  os::Pipe fresh = os::make_pipe();
  ASSERT_EQ(fresh.reader.get(), number);
  os::write_all(fresh.writer.get(), os::bytes_of("x"));
  loop.add_reader(number, write("new"));
  world.turn();
  EXPECT_EQ(log, (Log{"new"}));
  loop.remove_reader(number);
}

// Closed without a word: epoll has forgotten it, the table has not.
TEST_P(DescriptorCallbacks, ANumberClosedWithoutRemovalCanBeWatchedAnew) {
  os::Pipe old = os::make_pipe();
  const int number = old.reader.get();
  loop.add_reader(number, write("old"));
  old.reader.reset();
  os::Pipe fresh = os::make_pipe();
  ASSERT_EQ(fresh.reader.get(), number);
  os::write_all(fresh.writer.get(), os::bytes_of("x"));
  loop.add_reader(number, write("new"));
  world.turn();
  EXPECT_EQ(log, (Log{"new"}));
  loop.remove_reader(number);
}

Coroutine<> wait_and_read(int fd, Log* log) {
  co_await readable(fd);
  log->push_back(read_text(fd, 1));
}

TEST_P(DescriptorCallbacks, ATaskWaitsForOneEvent) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  EXPECT_EQ(task.stack(), (Log{"wait_and_read", "readable"}));
  EXPECT_EQ(loop.watched(), 1u);
  send("x");
  loop.run_until_complete(task);
  EXPECT_EQ(log, (Log{"x"}));
  EXPECT_EQ(loop.watched(), 0u);
}

// LOOP-35
TEST_P(DescriptorCallbacks, ACancelledTaskIsNotRegisteredAnyMore) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  task.cancel();
  EXPECT_EQ(loop.watched(), 0u);
  EXPECT_THROW(loop.run_until_complete(task), scheduler::CancelledError);
}

// The event has come, the task has not run yet: the cancellation wins.
TEST_P(DescriptorCallbacks, ACancellationMayComeBetweenTheEventAndTheTurn) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  send("x");
  loop.call_soon([&] { task.cancel(); });  // stands before the event
  EXPECT_THROW(loop.run_until_complete(task), scheduler::CancelledError);
  EXPECT_EQ(log, Log());
}

TEST_P(DescriptorCallbacks, ATaskDestroyedWhileWaitingLeavesNothing) {
  tests::Reports reports;
  loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  loop.close();
  EXPECT_EQ(reports.messages.size(), 1u);
}

// I2
TEST_P(DescriptorCallbacks, ATaskWhoseEntryIsRemovedIsToldInsteadOfAnEvent) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  EXPECT_TRUE(loop.remove_reader(right.get()));
  EXPECT_EQ(loop.watched(), 0u);
  world.turn();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(describe(task.exception()),
            "std::system_error: readable: Bad file descriptor");
}

// I2
TEST_P(DescriptorCallbacks, ATaskWhoseEntryIsRemovedCanStillBeCancelled) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  loop.remove_reader(right.get());
  task.cancel();
  world.turn();
  ASSERT_TRUE(task.done());
  EXPECT_TRUE(task.cancelled());
}

// The wait is over already when the entry goes.
TEST_P(DescriptorCallbacks, RemovingAfterACancellationChangesNothing) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  task.cancel();
  EXPECT_FALSE(loop.remove_reader(right.get()));
  world.turn();
  ASSERT_TRUE(task.done());
  EXPECT_TRUE(task.cancelled());
}

// I1
TEST_P(DescriptorCallbacks, ACallbackCannotTakeThePlaceOfATaskThatWaits) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  world.turn();
  EXPECT_THROW(loop.add_reader(right.get(), [] {}), std::runtime_error);
  send("x");
  loop.run_until_complete(task);
  EXPECT_EQ(log, (Log{"x"}));
}

// The end of a wait must not throw out of a destructor.
TEST_P(DescriptorCallbacks, ADescriptorClosedUnderATaskLeavesNothing) {
  const auto task = loop.create_task(wait_and_read(right.get(), &log));
  loop.add_writer(right.get(), [] {});
  world.turn();
  const int number = right.get();
  right.reset();
  task.cancel();
  EXPECT_THROW(loop.run_until_complete(task), scheduler::CancelledError);
  loop.remove_writer(number);
  EXPECT_EQ(loop.watched(), 0u);
}

TEST_P(DescriptorCallbacks, OneCallbackOfAClosedNumberCanBeRemoved) {
  loop.add_reader(right.get(), [] {});
  loop.add_writer(right.get(), [] {});
  const int number = right.get();
  right.reset();
  EXPECT_TRUE(loop.remove_reader(number));
  EXPECT_TRUE(loop.remove_writer(number));
  EXPECT_EQ(loop.watched(), 0u);
}

}  // namespace
}  // namespace loop

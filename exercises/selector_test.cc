// The promises of every poller, by hand; then lives of pipes and sockets by
// seed, watched by two pollers at once: this one, and the kernel's own by
// poll(). At last a loop runs on it.
#include "exercises/selector.h"

#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/poll_poller.h"
#include "loop/poller.h"
#include "loop/readiness.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/wait_for.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace exercises {
namespace {

using loop::Interest;
using std::chrono::milliseconds;

constexpr scheduler::Duration kNow{0};

// Descriptor -> what of it is ready.
using Ready = std::map<int, std::string>;

// Of what is ready only that which somebody asked for.
Ready look(loop::Poller& poller, const std::map<int, Interest>& watched) {
  Ready ready;
  for (const loop::PollEvent& event : poller.wait(kNow)) {
    const auto wanted = watched.find(event.fd);
    if (wanted == watched.end()) {
      ready[event.fd] = "not watched";
      continue;
    }
    const std::string text =
        std::string(event.ready.read && wanted->second.read ? "r" : "") +
        (event.ready.write && wanted->second.write ? "w" : "");
    if (!text.empty()) {
      ready[event.fd] = text;
    }
  }
  return ready;
}

void write_a_byte(int fd) {
  os::write_all(fd, os::bytes_of("x"));
}

class Selector : public testing::Test {
 protected:
  void watch(int fd, Interest interest) {
    poller->watch(fd, interest);
    watched[fd] = interest;
  }

  const std::unique_ptr<loop::Poller> poller = make_selector();
  std::map<int, Interest> watched;
  os::Pipe pipe = os::make_pipe();
  const int in = pipe.reader.get();
  const int out = pipe.writer.get();
};

TEST_F(Selector, ReportsWhatIsReadyForAsLongAsItIs) {
  watch(in, {.read = true});
  EXPECT_EQ(look(*poller, watched), Ready{});
  write_a_byte(out);
  EXPECT_EQ(look(*poller, watched), (Ready{{in, "r"}}));
  EXPECT_EQ(look(*poller, watched), (Ready{{in, "r"}}));
  std::array<std::byte, 1> byte;
  os::read_some(in, byte);
  EXPECT_EQ(look(*poller, watched), Ready{});
}

TEST_F(Selector, WaitsToWriteAsWellAndNoLongerThanItIsWatched) {
  watch(out, {.write = true});
  EXPECT_EQ(look(*poller, watched), (Ready{{out, "w"}}));
  watch(out, {});
  EXPECT_TRUE(poller->wait(kNow).empty());
}

TEST_F(Selector, TheEndOfTheOtherSideIsSomethingToReadOrWrite) {
  watch(in, {.read = true});
  pipe.writer.reset();
  EXPECT_EQ(look(*poller, watched), (Ready{{in, "r"}}));
  os::Pipe other = os::make_pipe();
  const int writer = other.writer.get();
  watch(writer, {.write = true});
  other.reader.reset();
  EXPECT_EQ(look(*poller, watched), (Ready{{in, "r"}, {writer, "w"}}));
}

TEST_F(Selector, DoesNotReturnBeforeItsTime) {
  const auto& clock = scheduler::SteadyClock::instance();
  const auto start = clock.now();
  EXPECT_TRUE(poller->wait(std::chrono::microseconds(2300)).empty());
  EXPECT_GE(clock.now() - start, std::chrono::microseconds(2300));
}

TEST_F(Selector, WithoutATimeItWaitsForAnEvent) {
  watch(in, {.read = true});
  write_a_byte(out);
  EXPECT_EQ(poller->wait(std::nullopt).size(), 1u);
}

TEST_F(Selector, ForgetsWhatWasClosedAndKeepsTheOthers) {
  os::Pipe other = os::make_pipe();
  const int closed = other.reader.get();
  watch(in, {.read = true});
  watch(closed, {.read = true});
  other.reader.reset();
  write_a_byte(out);
  EXPECT_EQ(look(*poller, watched), (Ready{{in, "r"}}));
  // The next file with this number.
  const os::UniqueFd next(
      os::check(os::syscalls.fcntl(in, F_DUPFD_CLOEXEC, closed), "fcntl"));
  ASSERT_EQ(next.get(), closed);
  EXPECT_EQ(look(*poller, watched), (Ready{{in, "r"}}));
  watch(closed, {.read = true});
  EXPECT_EQ(look(*poller, watched), (Ready{{in, "r"}, {closed, "r"}}));
}

TEST_F(Selector, RefusesWhatIsNotOpenAndWhatHasNoBit) {
  const int gone = pipe.writer.get();
  pipe.writer.reset();
  EXPECT_THROW(poller->watch(gone, {.read = true}), std::system_error);
  EXPECT_THROW(poller->watch(FD_SETSIZE, {.read = true}),
               std::invalid_argument);
  EXPECT_TRUE(poller->wait(kNow).empty());
}

TEST_F(Selector, ASignalIsNoEventAndNoError) {
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  struct sigaction before = {};
  sigaction(SIGALRM, &action, &before);
  const itimerval soon = {.it_interval = {}, .it_value = {0, 5000}};
  setitimer(ITIMER_REAL, &soon, nullptr);
  EXPECT_NO_THROW(EXPECT_TRUE(poller->wait(milliseconds(50)).empty()));
  const itimerval never = {};
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
}

// Two ends that can be written to, read from, watched and closed.
struct Ends {
  os::UniqueFd reads;
  os::UniqueFd writes;
};

Ends make_ends(bool socket) {
  if (socket) {
    std::array<int, 2> fds;
    os::check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()),
              "socketpair");
    return {os::UniqueFd(fds[0]), os::UniqueFd(fds[1])};
  }
  os::Pipe pipe = os::make_pipe();
  return {std::move(pipe.reader), std::move(pipe.writer)};
}

class Lives {
 public:
  explicit Lives(unsigned seed) : dice_(seed) {
    for (int i = 0; i < 6; ++i) {
      ends_.push_back(make_ends(dice_() % 2 == 0));
    }
  }

  // Both pollers after each of many events.
  void compare(int events) {
    for (int i = 0; i < events; ++i) {
      happen(ends_[dice_() % ends_.size()]);
      ASSERT_EQ(look(*mine_, watched_), look(theirs_, watched_))
          << "after event " << i << ": " << last_;
    }
  }

 private:
  void watch(int fd, Interest interest) {
    last_ = "watch " + std::to_string(fd) + (interest.read ? " read" : "") +
            (interest.write ? " write" : "");
    mine_->watch(fd, interest);
    theirs_.watch(fd, interest);
    interest.any() ? void(watched_[fd] = interest) : void(watched_.erase(fd));
  }

  void happen(Ends& ends) {
    const bool alive = ends.reads && ends.writes;
    switch (dice_() % 8) {
      case 0:
      case 1:
        if (ends.reads) {
          watch(ends.reads.get(), {.read = dice_() % 3 != 0});
        }
        break;
      case 2:
      case 3:
        if (ends.writes) {
          watch(ends.writes.get(), {.write = dice_() % 3 != 0});
        }
        break;
      case 4:
        if (alive) {
          last_ = "write to " + std::to_string(ends.writes.get());
          write_a_byte(ends.writes.get());
          ++ends_bytes_[ends.reads.get()];
        }
        break;
      case 5:
        if (alive && ends_bytes_[ends.reads.get()] > 0) {
          last_ = "read from " + std::to_string(ends.reads.get());
          std::array<std::byte, 1> byte;
          os::read_some(ends.reads.get(), byte);
          --ends_bytes_[ends.reads.get()];
        }
        break;
      case 6:
        close(dice_() % 2 == 0 ? ends.reads : ends.writes);
        break;
      default:
        if (!ends.reads && !ends.writes) {
          ends = make_ends(dice_() % 2 == 0);
          last_ = "new " + std::to_string(ends.reads.get()) + " and " +
                  std::to_string(ends.writes.get());
        }
    }
  }

  // Without a word to the pollers.
  void close(os::UniqueFd& end) {
    if (end) {
      last_ = "close " + std::to_string(end.get());
      watched_.erase(end.get());
      ends_bytes_.erase(end.get());
      end.reset();
    }
  }

  std::mt19937 dice_;
  std::vector<Ends> ends_;
  std::map<int, int> ends_bytes_;  // written and not yet read
  std::map<int, Interest> watched_;
  const std::unique_ptr<loop::Poller> mine_ = make_selector();
  loop::PollPoller theirs_;
  std::string last_;
};

TEST(SelectorBesidePoll, SeesTheSameOfEveryLife) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Lives(seed).compare(120);
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

// Hands a byte on, so many times.
loop::Coroutine<> hand_on(int from, int to, int times) {
  for (int i = 0; i < times; ++i) {
    co_await loop::readable(from);
    std::array<std::byte, 1> byte;
    os::read_some(from, byte);
    co_await loop::writable(to);
    write_a_byte(to);
  }
}

loop::Coroutine<> together(std::vector<loop::Coroutine<>> tasks) {
  co_await loop::gather(loop::gather(std::move(tasks)),
                        loop::sleep(milliseconds(3)));
}

// A selector that sees nothing would keep it waiting for ever.
loop::Coroutine<> within_seconds(std::vector<loop::Coroutine<>> tasks) {
  co_await loop::wait_for(together(std::move(tasks)), scheduler::seconds(5));
}

TEST(SelectorInALoop, TasksHandAByteRoundWhileOthersSleep) {
  std::array<os::Pipe, 5> pipes;
  for (os::Pipe& pipe : pipes) {
    pipe = os::make_pipe();
  }
  std::vector<loop::Coroutine<>> ring;
  for (size_t i = 0; i < pipes.size(); ++i) {
    const os::Pipe& next = pipes[(i + 1) % pipes.size()];
    ring.push_back(hand_on(pipes[i].reader.get(), next.writer.get(), 50));
  }
  write_a_byte(pipes[0].writer.get());
  loop::EventLoop loop(make_selector(), scheduler::SteadyClock::instance());
  loop::run(within_seconds(std::move(ring)), loop);
  std::array<std::byte, 8> left;
  EXPECT_EQ(os::read_some(pipes[0].reader.get(), left), 1u);
}

}  // namespace
}  // namespace exercises

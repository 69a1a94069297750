// The promises of gil_sim/thread.h.
#include "gil_sim/thread.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gil_sim/thread_registry.h"
#include "gil_sim/thread_state.h"
#include "gtest/gtest.h"
#include "os/mutex.h"
#include "scheduler/clock.h"
#include "tests/support/sanitizers.h"

namespace gil_sim {
namespace {

using scheduler::seconds;

// THR-01
TEST(Thread, RunsItsTargetWithItsArgumentsBetweenStartAndJoin) {
  std::latch go(1);
  int sum = 0;
  Thread thread(
      [&](int a, std::unique_ptr<int> b) {
        go.wait();
        sum = a + *b;
      },
      40, std::make_unique<int>(2));
  EXPECT_FALSE(thread.is_alive());
  thread.start();
  EXPECT_TRUE(thread.is_alive());
  go.count_down();
  thread.join();
  EXPECT_FALSE(thread.is_alive());
  EXPECT_EQ(sum, 42);
}

class Worker final : public Thread {
 public:
  explicit Worker(std::vector<std::string>& log)
      : Thread(ThreadOptions{.name = "worker"}), log_(log) {}

 private:
  void run() override { log_.push_back(current_thread().name() + " ran"); }
  std::vector<std::string>& log_;
};

TEST(Thread, OverriddenRunDoesWhatATargetDoes) {
  std::vector<std::string> by_subclass;
  Worker worker(by_subclass);
  worker.start();
  worker.join();

  std::vector<std::string> by_target;
  Thread thread(ThreadOptions{.name = "worker"},
                [&] { by_target.push_back(current_thread().name() + " ran"); });
  thread.start();
  thread.join();

  EXPECT_EQ(by_subclass, std::vector<std::string>{"worker ran"});
  EXPECT_EQ(by_target, by_subclass);
}

TEST(Thread, ASecondStartIsARuntimeError) {
  Thread thread([] {});
  thread.start();
  EXPECT_THROW(thread.start(), std::runtime_error);
  thread.join();
  EXPECT_THROW(thread.start(), std::runtime_error);
}

TEST(Thread, OneThatNeverStartedCannotBeJoined) {
  const Thread thread([] {});
  EXPECT_THROW(thread.join(), std::runtime_error);
}

// THR-02. "Thread-1 (f)" is out of reach: a C++ function has no name to ask
// for at run time, so a default name is the number alone.
TEST(Thread, HasAGivenOrNumberedNameThatMayBeChanged) {
  Thread named(ThreadOptions{.name = "loader"}, [] {});
  EXPECT_EQ(named.name(), "loader");
  named.set_name("reader");
  EXPECT_EQ(named.name(), "reader");

  const Thread first([] {});
  const Thread second([] {});
  ASSERT_EQ(first.name().substr(0, 7), "Thread-");
  EXPECT_EQ(std::stoi(second.name().substr(7)),
            std::stoi(first.name().substr(7)) + 1);
}

// THR-03
TEST(Thread, TheMainThreadIsTheSameForEverybody) {
  EXPECT_EQ(current_thread(), main_thread());
  EXPECT_EQ(main_thread().name(), "MainThread");
  EXPECT_TRUE(main_thread().is_alive());
  EXPECT_FALSE(main_thread().daemon());
  EXPECT_EQ(main_thread().native_id(), getpid());

  bool same = false;
  const ThreadHandle mine = current_thread();
  Thread thread([&] { same = main_thread() == mine; });
  thread.start();
  thread.join();
  EXPECT_TRUE(same);
}

// THR-04
TEST(Thread, CurrentThreadIsTheObjectThatWasStarted) {
  bool same = false;
  uint64_t ident = 0;
  pid_t native_id = 0;
  Thread thread([&] {
    same = current_thread() == thread;
    ident = current_thread().ident();
    native_id = gettid();
  });
  EXPECT_EQ(thread.ident(), 0u);
  EXPECT_EQ(thread.native_id(), 0);
  thread.start();
  thread.join();
  EXPECT_TRUE(same);
  EXPECT_EQ(thread.ident(), ident);
  EXPECT_EQ(thread.native_id(), native_id);
}

// THR-04
TEST(Thread, LiveThreadsHaveDifferentIdents) {
  std::latch go(1);
  std::vector<std::unique_ptr<Thread>> threads;
  std::vector<uint64_t> idents{current_thread().ident()};
  for (int i = 0; i < 8; ++i) {
    threads.push_back(std::make_unique<Thread>([&] { go.wait(); }));
    threads.back()->start();
    idents.push_back(threads.back()->ident());
  }
  go.count_down();
  std::sort(idents.begin(), idents.end());
  EXPECT_EQ(std::unique(idents.begin(), idents.end()), idents.end());
}

TEST(Thread, EnumerateListsTheLiveOnesInOrderOfTheirStart) {
  std::latch go(1);
  Thread second([&] { go.wait(); });
  Thread first([&] { go.wait(); });
  first.start();
  second.start();
  const std::vector<ThreadHandle> expected{main_thread(), first, second};
  EXPECT_EQ(enumerate(), expected);
  go.count_down();
  first.join();
  second.join();
  EXPECT_EQ(enumerate(), std::vector{main_thread()});
}

TEST(Thread, OneStartedElsewhereIsADummyThatCannotBeJoined) {
  std::string name;
  bool daemon = false;
  std::jthread([&] {
    name = current_thread().name();
    daemon = current_thread().daemon();
    const ThreadHandle dummy = current_thread();
    Thread joiner([&] { EXPECT_THROW(dummy.join(), std::runtime_error); });
    joiner.start();
    joiner.join();
  }).join();
  EXPECT_EQ(name.substr(0, 6), "Dummy-");
  EXPECT_TRUE(daemon);
}

// THR-05
TEST(Thread, JoiningOneselfIsARuntimeError) {
  bool refused = false;
  Thread thread([&] {
    try {
      current_thread().join();
    } catch (const std::runtime_error&) {
      refused = true;
    }
  });
  thread.start();
  thread.join();
  EXPECT_TRUE(refused);
}

// THR-06
TEST(Thread, JoinWithATimeoutReturnsThoughTheThreadIsAlive) {
  std::latch go(1);
  Thread thread([&] { go.wait(); });
  thread.start();
  thread.join(seconds(0.001));
  EXPECT_TRUE(thread.is_alive());
  go.count_down();
  thread.join(seconds(30));
  EXPECT_FALSE(thread.is_alive());
}

// THR-06. What a thread destroys last may take its time.
TEST(Thread, JoinWithATimeoutReturnsThoughThreadLocalsAreStillThere) {
  static std::atomic<bool> returned;
  static std::atomic<bool> in_time;
  returned = false;
  struct Slow {
    ~Slow() {  // no longer than that, so that a failure is no deadlock
      auto& clock = scheduler::SteadyClock::instance();
      const auto end = clock.now() + std::chrono::seconds(10);
      while (!returned && clock.now() < end) {
        clock.sleep_for(seconds(0.001));
      }
      in_time = returned.load();
    }
  };
  Thread thread([] { thread_local const Slow last; });
  thread.start();
  while (thread.is_alive()) {
    std::this_thread::yield();
  }
  thread.join(seconds(0.001));
  returned = true;
  thread.join();
  EXPECT_TRUE(in_time);
}

// I2
TEST(Thread, SeveralMayJoinTheSameThread) {
  std::latch go(1);
  Thread thread([&] { go.wait(); });
  thread.start();
  std::atomic<int> joined{0};
  {
    std::vector<std::unique_ptr<Thread>> joiners;
    for (int i = 0; i < 4; ++i) {
      joiners.push_back(std::make_unique<Thread>([&] {
        thread.join();
        ++joined;
      }));
      joiners.back()->start();
    }
    go.count_down();
  }
  EXPECT_EQ(joined, 4);
}

// I1
TEST(Thread, TwoThousandLiveAtOnceAndAreJoined) {
  constexpr int kThreads = 2000;
  std::latch go(1);
  std::atomic<int> ended{0};
  std::vector<std::unique_ptr<Thread>> threads;
  bool refused = false;
  for (int i = 0; i < kThreads && !refused; ++i) {
    threads.push_back(std::make_unique<Thread>([&] {
      go.wait();
      ++ended;
    }));
    try {
      threads.back()->start();
    } catch (const std::system_error&) {
      refused = true;
      threads.pop_back();
    }
  }
  EXPECT_EQ(enumerate().size(), threads.size() + 1);
  go.count_down();
  for (const auto& thread : threads) {
    thread->join();
  }
  EXPECT_EQ(ended, static_cast<int>(threads.size()));
  EXPECT_EQ(enumerate(), std::vector{main_thread()});
  if (refused) {
    GTEST_SKIP() << "the system gives only " << threads.size() << " threads";
  }
}

TEST(Thread, AScopeWaitsForItsThread) {
  bool ended = false;
  {
    Thread thread([&] { ended = true; });
    thread.start();
  }
  EXPECT_TRUE(ended);
}

// THR-07
TEST(Thread, TheDaemonFlagIsInheritedUnlessGiven) {
  EXPECT_FALSE(Thread([] {}).daemon());
  bool inherited = false;
  bool given = true;
  std::latch done(1);
  Thread creator(ThreadOptions{.daemon = true}, [&] {
    inherited = Thread([] {}).daemon();
    given = Thread(ThreadOptions{.daemon = false}, [] {}).daemon();
    done.count_down();
  });
  creator.start();
  done.wait();
  EXPECT_TRUE(inherited);
  EXPECT_FALSE(given);
  creator.join();
}

// THR-07
TEST(Thread, TheDaemonFlagIsFixedByTheStart) {
  Thread thread([] {});
  thread.set_daemon(true);
  EXPECT_TRUE(thread.daemon());
  thread.start();
  EXPECT_THROW(thread.set_daemon(false), std::runtime_error);
  thread.join();
}

// The end of a program, in a fresh process: a forked copy of this one would not
// have the threads that its list names.
class ThreadAtExit : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  void TearDown() override { GTEST_FLAG_SET(death_test_style, "fast"); }
};

// THR-09 and I4
TEST_F(ThreadAtExit, TheProgramWaitsForANormalThread) {
  const auto program = [] {
    // Never destroyed: only the end of the program can wait for it.
    auto* thread = new Thread([] {
      scheduler::SteadyClock::instance().sleep_for(seconds(0.05));
      std::fputs("thread is done", stderr);
    });
    thread->start();
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "thread is done");
}

// THR-09 and I4
TEST_F(ThreadAtExit, TheProgramWaitsForWhatAThreadDestroysLast) {
  const auto program = [] {
    struct Slow {
      ~Slow() {
        scheduler::SteadyClock::instance().sleep_for(seconds(0.1));
        std::fputs("its object is gone", stderr);
      }
    };
    auto* thread = new Thread([] { thread_local const Slow last; });
    thread->start();
    while (enumerate().size() > 1) {  // until run() is over
    }
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "its object is gone");
}

// THR-09 and I4
TEST_F(ThreadAtExit, AForkedChildWaitsForItsOwnThreadsAndNoOthers) {
  if (tests::kLooksForRaces) {
    GTEST_SKIP() << "the sanitizer forbids threads in the child of a process "
                    "that has some";
  }
  const auto program = [] {
    std::latch& go = *new std::latch(1);
    auto* parents = new Thread([&] { go.wait(); });
    parents->start();
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // rather than wait for ever
      const bool alone = enumerate() == std::vector{main_thread()};
      parents->join();
      auto* thread = new Thread([] {
        scheduler::SteadyClock::instance().sleep_for(seconds(0.05));
        std::fputs("the child's thread is done", stderr);
      });
      thread->start();
      std::exit(alone && main_thread().native_id() == getpid() ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    go.count_down();
    std::exit(status == 0 ? 0 : 1);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0),
              "the child's thread is done");
}

// I4
TEST_F(ThreadAtExit, OfAChildForkedByAThreadOnlyThatThreadIsAlive) {
  if (tests::kLooksForLeaks) {
    GTEST_SKIP() << tests::kTakenForLost;
  }
  const auto program = [] {
    int status = -1;
    Thread forking([&] {
      const pid_t child = fork();
      if (child == 0) {
        alarm(20);
        std::exit(enumerate() == std::vector{current_thread()} ? 0 : 1);
      }
      waitpid(child, &status, 0);
    });
    forking.start();
    forking.join();
    std::exit(status == 0 ? 0 : 1);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "");
}

// THR-09
TEST_F(ThreadAtExit, TheProgramDoesNotWaitForADaemon) {
  const auto program = [] {
    Thread daemon(ThreadOptions{.daemon = true}, [] {
      for (;;) {
        pause();
      }
    });
    daemon.start();
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "");
}

// How a child ends that does this, unless it waits for ever.
int status_of_child(void (*body)()) {
  const pid_t child = fork();
  EXPECT_NE(child, -1);
  if (child == 0) {
    alarm(20);
    body();
    _exit(0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(Thread, AForkedChildKnowsItsNameThoughAnotherThreadWasAskingForIt) {
  std::latch asking(1);
  std::latch forked(1);
  std::jthread other([&] {
    const os::MutexLock lock(ThreadRegistry::main().mutex);  // as name() does
    asking.count_down();
    forked.wait();
  });
  asking.wait();
  const int status = status_of_child(
      [] { _exit(current_thread().name() == "MainThread" ? 0 : 1); });
  forked.count_down();
  EXPECT_EQ(status, 0);
}

// A hook that takes long to copy, once it is told to.
struct SlowToCopy {
  SlowToCopy() = default;
  SlowToCopy(const SlowToCopy&) {
    if (armed.exchange(false)) {
      copying.count_down();
      // Longer than a fork takes, and no longer, for the fork may wait for it.
      scheduler::SteadyClock::instance().sleep_for(seconds(0.2));
    }
  }
  void operator()(const ExceptHookArguments&) const {}

  static inline std::atomic<bool> armed{false};
  static inline std::latch copying{1};
};

TEST(Thread, AForkedChildMaySetTheHookThoughAnotherThreadWasUsingIt) {
  const ExceptHook before = set_excepthook(SlowToCopy());
  SlowToCopy::armed = true;
  Thread unlucky([] { throw std::runtime_error("boom"); });
  unlucky.start();
  SlowToCopy::copying.wait();
  EXPECT_EQ(status_of_child([] { set_excepthook(nullptr); }), 0);
  unlucky.join();
  set_excepthook(before);
}

// THR-10 and I3
TEST(Thread, AnUncaughtErrorGoesToTheHookAndNotToWhoJoins) {
  std::vector<std::string> log;
  const ExceptHook before =
      set_excepthook([&](const ExceptHookArguments& arguments) {
        try {
          std::rethrow_exception(arguments.error);
        } catch (const std::runtime_error& error) {
          log.push_back(arguments.thread.name() + ": " + error.what());
        }
      });
  Thread thread(ThreadOptions{.name = "unlucky"},
                [] { throw std::runtime_error("boom"); });
  thread.start();
  EXPECT_NO_THROW(thread.join());
  set_excepthook(before);
  EXPECT_EQ(log, std::vector<std::string>{"unlucky: boom"});
}

// THR-10
TEST(Thread, WithoutAHookAnUncaughtErrorIsPrinted) {
  testing::internal::CaptureStderr();
  Thread thread(ThreadOptions{.name = "unlucky"},
                [] { throw std::runtime_error("boom"); });
  thread.start();
  thread.join();
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "Exception in thread unlucky: boom\n");
}

}  // namespace
}  // namespace gil_sim

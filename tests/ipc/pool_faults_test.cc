// The promises of ipc/process_pool.h and its engine, when workers die.
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "demos/support/eventually.h"
#include "gtest/gtest.h"
#include "ipc/errors.h"
#include "ipc/process.h"
#include "ipc/process_pool.h"
#include "ipc/wait.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"
#include "tests/support/sanitizers.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::seconds;
using tests::SwapSyscall;

int count_run(int i) {
  ++board().runs[static_cast<size_t>(i)];
  return i;
}
int crash_at_five(int i) {
  count_run(i);
  if (i == 5) {
    kill(getpid(), SIGKILL);
  }
  return i;
}

std::vector<int> up_to(int count) {
  std::vector<int> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(i);
  }
  return values;
}

std::string error_of(const AsyncResult<int>& result) {
  try {
    result.get(seconds(10));
  } catch (const WorkerDied& error) {
    return error.what();
  }
  return "none";
}

class PoolFaults : public testing::Test {
 protected:
  void SetUp() override { board().reset(); }
};

// EXEC-37
TEST_F(PoolFaults, ACrashedWorkerFailsOnlyItsOwnJob) {
  ProcessPool pool(2);
  std::vector<AsyncResult<int>> results;
  for (int i = 0; i < 1000; ++i) {
    results.push_back(pool.apply_async(&crash_at_five, std::tuple(i)));
  }
  for (int i = 0; i < 1000; ++i) {
    const auto at = static_cast<size_t>(i);
    if (i == 5) {
      EXPECT_THROW(results[at].get(seconds(10)), WorkerDied);
    } else {
      EXPECT_EQ(results[at].get(seconds(10)), i);
    }
    EXPECT_EQ(board().runs[at], 1) << i;  // never twice
  }
}

TEST_F(PoolFaults, MapThrowsWorkerDiedAndThePoolLivesOn) {
  ProcessPool pool(2);
  EXPECT_THROW(pool.map(&crash_at_five, up_to(10), 1), WorkerDied);
  EXPECT_EQ(pool.map(&count_run, up_to(10), 1), up_to(10));
}

TEST_F(PoolFaults, TheErrorSaysHowTheWorkerEnded) {
  ProcessPool pool(1);
  const auto killed = pool.apply_async(
      [](int x) { return kill(getpid(), SIGKILL), x; }, std::tuple(1));
  EXPECT_NE(error_of(killed).find("was killed by signal 9"), std::string::npos);
  const auto left = pool.apply_async(
      [](int x) {
        _exit(7);
        return x;
      },
      std::tuple(1));
  EXPECT_NE(error_of(left).find("ended with exit code 7"), std::string::npos);
}

TEST_F(PoolFaults, AJobThatCallsExitEndsItsWorker) {
  if (tests::kLooksForLeaks) {
    GTEST_SKIP() << tests::kTakenForLost;
  }
  ProcessPool pool(1);
  const auto exited = pool.apply_async(
      [](int x) {
        exit(8);
        return x;
      },
      std::tuple(1));
  EXPECT_NE(error_of(exited).find("ended with exit code 8"), std::string::npos);
}

TEST_F(PoolFaults, AnIdleWorkerThatIsKilledFailsNothing) {
  ProcessPool pool(1);
  EXPECT_EQ(pool.apply(&count_run, 1), 1);
  for (int round = 0; round < 20; ++round) {
    for (const pid_t worker : pool.worker_pids()) {
      kill(worker, SIGKILL);
    }
    EXPECT_EQ(pool.apply(&count_run, 1), 1);
  }
}

void wait_for_state(pid_t process, char state) {
  wait_until([&] { return os::read_status(process)->state == state; });
}

// It has been called for a task, and stopped before it could take it.
TEST_F(PoolFaults, AWorkerKilledBeforeItsFirstTaskTakesNoneAlong) {
  for (int round = 0; round < 10; ++round) {
    board().reset();
    ProcessPool pool(1, {.initializer = [] { board().entered = 1; }});
    const pid_t worker = pool.worker_pids().front();
    wait_until([] { return board().entered == 1; });
    wait_for_state(worker, 'S');
    kill(worker, SIGSTOP);
    wait_for_state(worker, 'T');
    const auto result = pool.apply_async(&count_run, std::tuple(1));
    kill(worker, SIGKILL);
    EXPECT_EQ(result.get(seconds(10)), 1);
    EXPECT_EQ(board().runs[1], 1);
  }
}

// The child would read its parent's wake-up calls and take tasks in its name.
TEST_F(PoolFaults, AChildThatComesBackFromTheInitializerEndsThere) {
  ProcessPool pool(1, {.initializer = [] {
                     if (const pid_t child = fork()) {
                       waitpid(child, nullptr, 0);
                     }
                   }});
  EXPECT_EQ(pool.map(&count_run, up_to(100), 1), up_to(100));
}

TEST_F(PoolFaults, AWorkerKilledInItsInitializerTakesNoTaskAlong) {
  ProcessPool pool(1, {.initializer = [] { pass_gate(0); }});
  const auto result = pool.apply_async(&count_run, std::tuple(1));
  wait_until([] { return board().entered == 1; });
  kill(pool.worker_pids().front(), SIGKILL);
  wait_until([] { return board().entered == 2; });
  board().gate_open = true;
  EXPECT_EQ(result.get(seconds(10)), 1);
}

// I3 of pool_core.h
TEST_F(PoolFaults, AWorkerStuckInItsInitializerKeepsNoTaskFromAnother) {
  ProcessPool pool(2, {.initializer = [] {
                     if (++board().entered == 1) {
                       wait_until([] { return board().gate_open.load(); });
                     }
                   }});
  wait_until([] { return board().entered == 2; });
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(pool.apply_async(&count_run, std::tuple(i)).get(seconds(10)), i);
  }
  board().gate_open = true;
}

// All but the first die in it.
TEST_F(PoolFaults, OneThatServesDoesTheWorkOfThoseThatCannotStart) {
  ProcessPool pool(2, {.initializer = [] {
                     if (++board().entered > 1) {
                       _exit(1);
                     }
                   }});
  EXPECT_EQ(pool.apply(&count_run, 0), 0);
  const auto slow = [](int i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return i;
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(pool.map(slow, up_to(20), 1), up_to(20));
  }
  EXPECT_LE(board().entered, 12);
}

// They start, and then find no pipe to sleep in.
TEST_F(PoolFaults, WorkersThatCannotServeAreNotReplacedForEver) {
  ProcessPool pool(2, {.initializer = [] {
                     ++board().entered;
                     close_range(STDERR_FILENO + 1, ~0u, 0);
                   }});
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(pool.apply_async(&count_run, std::tuple(i)).get(seconds(10)),
                 WorkerDied);
  }
  EXPECT_LE(board().entered, 12);
}

// The child would answer and take tasks in its parent's name.
TEST_F(PoolFaults, AChildThatComesBackFromAJobEndsThere) {
  ProcessPool pool(1);
  const auto come_back = [](int x) {
    const pid_t child = fork();
    if (child == 0) {
      return -x;
    }
    waitpid(child, nullptr, 0);
    return x;
  };
  EXPECT_EQ(pool.map(come_back, std::vector{1, 2, 3}, 1),
            (std::vector{1, 2, 3}));
  EXPECT_EQ(pool.apply(&count_run, 2), 2);
}

// I2 of pool_servant.h: there is work for a second and more.
TEST_F(PoolFaults, AWorkerWithATaskEndsSoonAfterThePoolsProcess) {
  Process owner = started([] {
    ProcessPool pool(1);
    pool.map(
        [](int i) {
          board().entered = getpid();
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          return count_run(i);
        },
        up_to(100), 1);
  });
  wait_until([] { return board().runs[0] == 1; });
  const pid_t worker = board().entered;
  const os::UniqueFd end(
      os::check(os::syscalls.pidfd_open(worker, 0), "pidfd_open"));
  owner.kill();
  owner.join();
  EXPECT_EQ(wait({end.get()}, seconds(10)).size(), 1u);
  EXPECT_EQ(board().runs[99], 0);
}

TEST_F(PoolFaults, AStoppedWorkerStopsOnlyItsOwnJob) {
  ProcessPool pool(2);
  const auto stopped = pool.apply_async(
      [](int x) { return kill(getpid(), SIGSTOP), x; }, std::tuple(1));
  EXPECT_EQ(pool.map(&count_run, up_to(100), 1), up_to(100));
  const std::vector<pid_t> workers = pool.worker_pids();
  EXPECT_TRUE(
      demos::support::eventually([&] {  // it may be slower than all the others
        return std::any_of(workers.begin(), workers.end(), [](pid_t worker) {
          return os::read_status(worker)->state == 'T';
        });
      }));
  EXPECT_FALSE(stopped.ready());
  for (const pid_t worker : workers) {
    kill(worker, SIGCONT);
  }
  EXPECT_EQ(stopped.get(seconds(10)), 1);
}

// Bytes that no worker would write, in every descriptor that a job can find: a
// length that is none, one that may be one, and the frame without content.
TEST_F(PoolFaults, NonsenseFromAWorkerCostsOneJobAtTheMost) {
  const auto write_nonsense = [](uint32_t nonsense) {
    for (int fd = 3; fd < 10; ++fd) {
      [[maybe_unused]] const ssize_t count =
          write(fd, &nonsense, sizeof nonsense);
    }
    return 1;
  };
  for (const uint32_t nonsense : {0xffff'ffffu, 0x2000'0000u, 20u, 0u}) {
    board().reset();
    ProcessPool pool(1);
    const std::vector<pid_t> writer = pool.worker_pids();
    std::vector<AsyncResult<int>> results;
    results.push_back(pool.apply_async(write_nonsense, std::tuple(nonsense)));
    for (int i = 1; i < 20; ++i) {
      results.push_back(pool.apply_async(&count_run, std::tuple(i)));
    }
    int lost = 0;
    for (int i = 0; i < 20; ++i) {
      try {
        EXPECT_EQ(results[static_cast<size_t>(i)].get(seconds(10)),
                  std::max(i, 1));
      } catch (const WorkerDied&) {
        ++lost;
      }
      EXPECT_LE(board().runs[static_cast<size_t>(i)], 1);
    }
    EXPECT_LE(lost, 1) << nonsense;
    wait_until([&] { return pool.worker_pids() != writer; });
    EXPECT_EQ(pool.apply(&count_run, 20), 20);
  }
}

TEST_F(PoolFaults, AWorkerThatClosesItsPipesFailsItsJobOnly) {
  ProcessPool pool(1);
  const auto close_all = [](int x) {
    for (int fd = 3; fd < 10; ++fd) {
      close(fd);
    }
    return pass_gate(x);
  };
  const auto result = pool.apply_async(close_all, std::tuple(1));
  EXPECT_THROW(result.get(seconds(10)), WorkerDied);
  EXPECT_EQ(pool.apply(&count_run, 2), 2);
}

// The moments in the life of a task at which its worker may be killed. The n-th
// one that comes to such a moment, in any process but the test's own, dies.
pid_t test_process;
std::atomic<int>& fuse() {
  return board().entered;
}
void come_to_the_moment() {
  if (getpid() != test_process && --fuse() == 0) {
    kill(getpid(), SIGKILL);
  }
}

// Of a hundred tasks the one fails whose worker is killed. `function` gives a
// vector of its argument.
template <class F>
void expect_one_lost(F function, int begun) {
  test_process = getpid();
  fuse() = 30;
  ProcessPool pool(2);
  std::vector<AsyncResult<std::vector<int>>> results;
  for (int i = 0; i < 100; ++i) {
    results.push_back(pool.apply_async(function, std::tuple(ItemOf<F>(i))));
  }
  int lost = 0;
  for (int i = 0; i < 100; ++i) {
    const auto at = static_cast<size_t>(i);
    try {
      EXPECT_EQ(results[at].get(seconds(10)).back(), i);
    } catch (const WorkerDied&) {
      ++lost;
    }
    EXPECT_LE(board().runs[at], 1) << i;
    begun -= board().runs[at];
  }
  EXPECT_EQ(lost, 1);
  EXPECT_EQ(begun, 0);
}

// Made anew in the worker, when it decodes the task that it has taken.
struct Trap {
  Trap() { come_to_the_moment(); }
  explicit Trap(int i) : value(i) {}
  int value = 0;
  static constexpr auto kFields = std::tuple(&Trap::value);
};
TEST_F(PoolFaults, AWorkerKilledBetweenTakingATaskAndBeginningItLosesThatOne) {
  expect_one_lost([](Trap trap) { return std::vector{count_run(trap.value)}; },
                  99);
}

// Half of an answer that is too long for the ring is in the pipe.
TEST_F(PoolFaults, AWorkerKilledInTheMiddleOfALongAnswerLosesThatOne) {
  const SwapSyscall write(&os::Syscalls::write,
                          [](int fd, const void* data, size_t size) {
                            if (size < 40'000) {
                              return ::write(fd, data, size);
                            }
                            const ssize_t count = ::write(fd, data, size / 2);
                            come_to_the_moment();
                            return count;
                          });
  expect_one_lost([](int i) { return std::vector<int>(20'000, count_run(i)); },
                  100);
}

// The answer lies in the ring, but the pool sleeps: on a busy machine not at
// the first answers, for it may be woken late and find them before it is told.
TEST_F(PoolFaults, AnAnswerCountsThoughItsWorkerIsKilledBeforeItTells) {
  test_process = getpid();
  fuse() = 1;
  const SwapSyscall write(&os::Syscalls::write,
                          [](int fd, const void* data, size_t size) {
                            come_to_the_moment();
                            return ::write(fd, data, size);
                          });
  ProcessPool pool(1);
  while (fuse() > 0) {  // until a worker was killed
    EXPECT_EQ(pool.apply(&count_run, 1), 1);
  }
  EXPECT_EQ(pool.apply(&count_run, 2), 2);
}

// A worker can make it, and the pool's process cannot: an error like others.
struct Picky {
  Picky() {
    if (getpid() == test_process) {
      throw std::range_error("not here");
    }
  }
  int value = 0;
  static constexpr auto kFields = std::tuple(&Picky::value);
};
TEST_F(PoolFaults, AResultThatCannotBeMadeHereFailsItsJobOnly) {
  test_process = getpid();
  ProcessPool pool(1);
  const auto make = [](int) { return Picky(); };
  EXPECT_THROW(pool.map(make, up_to(10), 1), std::range_error);
  EXPECT_THROW(pool.apply(make, 1), std::range_error);
  EXPECT_THROW(pool.imap(make, up_to(10)).next(seconds(10)), std::range_error);
  EXPECT_EQ(pool.apply(&count_run, 2), 2);
}

// The job's own child keeps the reply pipe open: its end never comes.
TEST_F(PoolFaults, AWorkerThatLeavesAChildBehindIsStillBuried) {
  ProcessPool pool(1);
  const auto leave_child = [](int x) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) {
        pause();
      }
    }
    board().entered = child;
    _exit(1);
    return x;
  };
  const auto result = pool.apply_async(leave_child, std::tuple(1));
  EXPECT_THROW(result.get(seconds(10)), WorkerDied);
  EXPECT_EQ(pool.apply(&count_run, 2), 2);
  kill(board().entered, SIGKILL);
}

volatile bool for_ever = true;
int deeper(int level) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(level);
  return for_ever ? deeper(level + 1) + frame[0] : level;
}
int recurse(int x) {
  const rlimit no_core = {};
  setrlimit(RLIMIT_CORE, &no_core);
  return deeper(x);
}
TEST_F(PoolFaults, AFunctionThatCallsItselfForEverFailsItsJobOnly) {
  ProcessPool pool(1);
  EXPECT_THROW(pool.map(&recurse, up_to(1), 1), WorkerDied);
  EXPECT_EQ(pool.apply(&count_run, 2), 2);
}

// Every worker dies at once: each task fails, none hangs, none is for ever.
TEST_F(PoolFaults, AnInitializerThatFailsFailsTheWork) {
  ProcessPool pool(2, {.initializer = [] { _exit(3); }});
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(pool.map(&count_run, up_to(10)), WorkerDied);
  }
}

// In the pool's process and, since they inherit the table, in its workers:
// every second call is interrupted, every other one comes short.
std::atomic<unsigned> turn;
TEST_F(PoolFaults, InterruptedAndShortCallsChangeNothing) {
  const SwapSyscall read(&os::Syscalls::read,
                         [](int fd, void* data, size_t size) -> ssize_t {
                           if (turn++ % 2 == 0) {
                             errno = EINTR;
                             return -1;
                           }
                           return ::read(fd, data, size > 5 ? 5 : size);
                         });
  const SwapSyscall write(&os::Syscalls::write,
                          [](int fd, const void* data, size_t size) -> ssize_t {
                            if (turn++ % 2 == 0) {
                              errno = EINTR;
                              return -1;
                            }
                            // 8 for the eventfd, which takes no less
                            return ::write(fd, data, size > 8 ? 8 : size);
                          });
  const SwapSyscall wait(&os::Syscalls::epoll_wait,
                         [](int epoll, epoll_event* events, int size, int ms) {
                           if (turn++ % 2 == 0) {
                             errno = EINTR;
                             return -1;
                           }
                           return ::epoll_wait(epoll, events, size, ms);
                         });
  const SwapSyscall reap(
      &os::Syscalls::waitid,
      [](idtype_t type, id_t id, siginfo_t* info, int options) {
        if (turn++ % 2 == 0) {
          errno = EINTR;
          return -1;
        }
        return ::waitid(type, id, info, options);
      });
  ProcessPool pool(2);
  EXPECT_EQ(pool.map(&count_run, up_to(200), 3), up_to(200));
  EXPECT_THROW(pool.map(&crash_at_five, up_to(10), 1), WorkerDied);
  pool.close();
  pool.join();
}

}  // namespace
}  // namespace ipc

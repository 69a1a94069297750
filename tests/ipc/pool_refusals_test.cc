// The promises of ipc/process_pool.h and its engine, when the system refuses
// and memory runs out.
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <new>
#include <system_error>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/errors.h"
#include "ipc/process_pool.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/ipc/board.h"
#include "tests/support/allocations.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::seconds;
using tests::SwapSyscall;

int count_run(int i) {
  ++board().runs[static_cast<size_t>(i)];
  return i;
}

class PoolRefusals : public testing::Test {
 protected:
  void SetUp() override { board().reset(); }
};

std::atomic<int> calls_left;

template <class Make>
void expect_refusal(int error, Make make) {
  try {
    make();
    FAIL() << "the refusal went unnoticed";
  } catch (const std::system_error& refused) {
    EXPECT_EQ(refused.code().value(), error);
  }
}

// The leak listener looks for the first worker.
TEST_F(PoolRefusals, NoWorkerIsLeftWhenTheSecondCannotBeForked) {
  calls_left = 1;
  const SwapSyscall refuse(&os::Syscalls::fork, [] {
    if (calls_left-- > 0) {
      return ::fork();
    }
    errno = EAGAIN;
    return pid_t{-1};
  });
  expect_refusal(EAGAIN, [] { const ProcessPool pool(2); });
}

TEST_F(PoolRefusals, NoWorkerIsLeftWhenDescriptorsRunOut) {
  const SwapSyscall refuse(&os::Syscalls::pipe2, [](int* fds, int flags) {
    if (calls_left-- > 0) {
      return ::pipe2(fds, flags);
    }
    errno = EMFILE;
    return -1;
  });
  for (int allowed = 0; allowed < 4; ++allowed) {
    calls_left = allowed;
    expect_refusal(EMFILE, [] { const ProcessPool pool(2); });
  }
}

TEST_F(PoolRefusals, APoolWithoutItsOwnDescriptorsIsAnError) {
  {
    const SwapSyscall refuse(&os::Syscalls::epoll_create1, [](int) {
      errno = EMFILE;
      return -1;
    });
    expect_refusal(EMFILE, [] { const ProcessPool pool(1); });
  }
  const SwapSyscall refuse(&os::Syscalls::eventfd, [](unsigned, int) {
    errno = EMFILE;
    return -1;
  });
  expect_refusal(EMFILE, [] { const ProcessPool pool(1); });
}

TEST_F(PoolRefusals, AResultWithoutADescriptorIsStillAResult) {
  ProcessPool pool(1);
  auto result = pool.apply_async(&count_run, std::tuple(1));
  const SwapSyscall refuse(&os::Syscalls::eventfd, [](unsigned, int) {
    errno = EMFILE;
    return -1;
  });
  expect_refusal(EMFILE, [&] { result.fd(); });
  EXPECT_EQ(result.get(seconds(10)), 1);
}

// I1 of pool_events.h
std::atomic<int> watched;
void count_watched(int what, int result) {
  if (result == 0) {
    watched += what == EPOLL_CTL_ADD ? 1 : -1;
  }
}
TEST_F(PoolRefusals, AWorkerThatCannotBeWatchedIsWatchedByNothing) {
  calls_left = 4;
  watched = 0;
  const SwapSyscall count(&os::Syscalls::epoll_ctl,
                          [](int epoll, int what, int fd, epoll_event* event) {
                            if (what == EPOLL_CTL_ADD && calls_left-- <= 0) {
                              errno = ENOSPC;
                              return -1;
                            }
                            const int result =
                                ::epoll_ctl(epoll, what, fd, event);
                            count_watched(what, result);
                            return result;
                          });
  ProcessPool pool(1);
  for (int allowed = 0; allowed < 3; ++allowed) {
    EXPECT_EQ(watched, 4);  // a worker's three, and the pool's own
    kill(pool.worker_pids().front(), SIGKILL);
    wait_until([&] { return pool.worker_pids().empty(); });
    calls_left = allowed;
    expect_refusal(ENOSPC, [&] { pool.apply(&count_run, 1); });
    EXPECT_EQ(watched, 1);
    calls_left = 3;
    EXPECT_EQ(pool.apply(&count_run, 1), 1);
  }
}

// I1 of pool_events.h; whatever it is that there is no memory for.
TEST_F(PoolRefusals,
       AJobRefusedForLackOfMemoryNeverRunsAndLeavesNothingWatched) {
  watched = 0;
  const SwapSyscall count(&os::Syscalls::epoll_ctl,
                          [](int epoll, int what, int fd, epoll_event* event) {
                            const int result =
                                ::epoll_ctl(epoll, what, fd, event);
                            count_watched(what, result);
                            return result;
                          });
  ProcessPool pool(2);
  int refused = 0;
  for (int allowed = 0; allowed < 100; ++allowed) {
    wait_until([&] {
      const std::vector<pid_t> workers = pool.worker_pids();
      for (const pid_t worker : workers) {
        kill(worker, SIGKILL);
      }
      return workers.empty();
    });
    ASSERT_EQ(watched, 1) << allowed;  // the pool's own
    try {
      const AsyncResult<int> result = [&] {
        const tests::RefuseAllocation refuse(allowed);
        return pool.apply_async(&count_run, std::tuple(allowed));
      }();
      EXPECT_EQ(result.get(seconds(10)), allowed);
    } catch (const std::bad_alloc&) {
      ++refused;
      EXPECT_EQ(pool.apply(&count_run, 100), 100);  // it goes first, if at all
      EXPECT_EQ(board().runs[static_cast<size_t>(allowed)], 0) << allowed;
    }
  }
  EXPECT_GT(refused, 10);
}

// The job is queued by then, and submit() may not say that it is not.
pid_t test_process;
std::atomic<bool> refuses_once;
TEST_F(PoolRefusals, AWorkerThatCannotBeCalledIsReplacedAndItsWorkIsDone) {
  test_process = getpid();
  const SwapSyscall refuse(
      &os::Syscalls::write, [](int fd, const void* data, size_t size) {
        if (getpid() == test_process && refuses_once.exchange(false)) {
          errno = ENOMEM;
          return ssize_t{-1};
        }
        return ::write(fd, data, size);
      });
  ProcessPool pool(1);
  EXPECT_EQ(pool.apply(&count_run, 1), 1);
  const pid_t worker = pool.worker_pids().front();
  wait_until([&] { return os::thread_state(worker, worker) == 'S'; });
  refuses_once = true;
  EXPECT_EQ(pool.apply(&count_run, 2), 2);
  EXPECT_FALSE(refuses_once);
  EXPECT_NE(pool.worker_pids().front(), worker);
}

// I4 of pool_core.h
std::atomic<bool> may_fork;
TEST_F(PoolRefusals, WorkThatNobodyCanDoFailsWithTheRefusalAndLaterWorkRuns) {
  may_fork = true;
  const SwapSyscall refuse(&os::Syscalls::fork, [] {
    if (may_fork) {
      return ::fork();
    }
    errno = EAGAIN;
    return pid_t{-1};
  });
  ProcessPool pool(1);
  const auto fatal = pool.apply_async(
      [](int x) {
        pass_gate(x);
        return kill(getpid(), SIGKILL), x;
      },
      std::tuple(1));
  const auto behind = pool.apply_async(&count_run, std::tuple(2));
  wait_until([] { return board().entered == 1; });
  may_fork = false;
  board().gate_open = true;
  EXPECT_THROW(fatal.get(seconds(10)), WorkerDied);
  expect_refusal(EAGAIN, [&] { behind.get(seconds(10)); });
  expect_refusal(EAGAIN, [&] { pool.apply(&count_run, 3); });
  may_fork = true;
  EXPECT_EQ(pool.apply(&count_run, 4), 4);
}
}  // namespace
}  // namespace ipc

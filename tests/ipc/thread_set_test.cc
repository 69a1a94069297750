// The promises of ipc/thread_set.h.
#include "ipc/thread_set.h"

#include <atomic>
#include <new>

#include "gtest/gtest.h"
#include "tests/support/allocations.h"

namespace ipc {
namespace {

// The leak listener looks for a thread that nobody joined.
TEST(ThreadSet, JoinAllWaitsForThoseAtWork) {
  ThreadSet threads;
  std::atomic<bool> go = false;
  std::atomic<int> done = 0;
  for (int i = 0; i < 3; ++i) {
    threads.start([&] {
      go.wait(false);
      ++done;
    });
  }
  go = true;
  go.notify_all();
  threads.join_all();
  EXPECT_EQ(done, 3);
}

// I1: in passing or at the end, but once.
TEST(ThreadSet, ThreadsThatEndWhileOthersStartAreJoinedToo) {
  ThreadSet threads;
  std::atomic<int> done = 0;
  for (int i = 0; i < 50; ++i) {
    threads.start([&] {
      ++done;
      done.notify_all();
    });
    done.wait(i);
  }
  threads.join_all();
  EXPECT_EQ(done, 50);
}

TEST(ThreadSet, AThreadRefusedForLackOfMemoryNeverRunsAndOthersDo) {
  constexpr int kThreads = 20;
  std::atomic<int> runs = 0;
  int refused = 0;
  ThreadSet set;
  for (int allowed = 0; allowed < kThreads; ++allowed) {
    try {
      const tests::RefuseAllocation refuse(allowed);
      set.start([&] { ++runs; });
    } catch (const std::bad_alloc&) {
      ++refused;
    }
  }
  set.join_all();
  EXPECT_EQ(runs, kThreads - refused);
  EXPECT_GT(refused, 1);
}

}  // namespace
}  // namespace ipc

// The promises of ipc/thread_set.h.
#include "ipc/thread_set.h"

#include <atomic>

#include "gtest/gtest.h"

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

}  // namespace
}  // namespace ipc

// ipc/ on bad days: channels, shared memory, locks, processes. Children
// inherit the plan of their parent.
#include <unistd.h>

#include <cstddef>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/barrier.h"
#include "ipc/condition.h"
#include "ipc/connection.h"
#include "ipc/errors.h"
#include "ipc/mutex.h"
#include "ipc/name_tracker.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/queue.h"
#include "ipc/semaphore.h"
#include "ipc/shared.h"
#include "ipc/shared_memory.h"
#include "ipc/spsc_ring.h"
#include "ipc/value.h"
#include "ipc/wait.h"
#include "scheduler/clock.h"
#include "tests/faults/fault_runs.h"
#include "tests/ipc/family.h"

namespace ipc {
namespace {

using scheduler::seconds;
using tests::Days;

const std::string kLong(50'000, 'x');

// What each process needs of the system.
const std::vector<std::string> kProcess = {"fork", "pidfd_open"};
std::vector<std::string> operator+(std::vector<std::string> some,
                                   const std::vector<std::string>& others) {
  some.insert(some.end(), others.begin(), others.end());
  return some;
}

// connection.h I1
TEST(IpcFaults, MessagesThroughAPipeArriveWholeOrItWasNeverMade) {
  Days({"pipe2"}).run(300, [] {
    auto [reader, writer] = make_pipe(false);
    for (int i = 0; i < 20; ++i) {
      writer.send(kLong.substr(0, static_cast<size_t>(i) * 1000));
      writer.send(i);
      EXPECT_TRUE(reader.poll(seconds(10)));
      EXPECT_EQ(reader.recv<std::string>().size(),
                static_cast<size_t>(i) * 1000);
      EXPECT_EQ(reader.recv<int>(), i);
    }
    writer.close();
    EXPECT_THROW(reader.recv<int>(), EOFError);
  });
}

// connection.h ERRORS
TEST(IpcFaults, MessagesBothWaysArriveWholeOrTheConnectionWasReset) {
  Days({"socketpair", "read", "write"}).run(300, [] {
    auto [here, there] = make_pipe();
    for (int i = 0; i < 20; ++i) {
      here.send(i);
      there.send(there.recv<int>() + 1);
      EXPECT_EQ(here.recv<int>(), i + 1);
    }
  });
}

// wait.h I1
TEST(IpcFaults, AWaitFindsExactlyThoseThatAreReady) {
  Days({"pipe2"}).run(200, [] {
    auto [first, to_first] = make_pipe(false);
    auto [second, to_second] = make_pipe(false);
    EXPECT_TRUE(wait({first, second}, std::chrono::microseconds(10)).empty());
    to_second.send(1);
    EXPECT_EQ(wait({first, second}), std::vector<size_t>{1});
    to_first.send(1);
    EXPECT_EQ(wait({first, second}, seconds(10)), (std::vector<size_t>{0, 1}));
  });
}

// shared_memory.h I1 I2 I3; the leak listener looks for names.
TEST(IpcFaults, SharedMemoryIsThereWithItsNameOrNeitherIs) {
  Days({"open(/dev/shm)", "open(shared memory)", "fallocate(/dev/shm)",
        "mmap(file)"})
      .run(300, [] {
        const SharedMemory made = SharedMemory::create_object<int>("", 41);
        const SharedMemory same = SharedMemory::attach(made.name());
        ++made.object<int>();
        EXPECT_EQ(same.object<int>(), 42);
      });
}

// name_tracker.h I1; the leak listener looks for the name.
TEST(IpcFaults, ATrackedNameIsTakenAwayOrThereIsNoTracker) {
  Days(kProcess + std::vector<std::string>{"pipe2", "open(/dev/shm)",
                                           "fallocate(/dev/shm)", "mmap(file)"})
      .run(100, [] {
        NameTracker tracker;
        SharedMemory left = SharedMemory::create("", 100);
        tracker.track(left.name());
        left.detach_name();
      });
}

// queue.h I1
TEST(IpcFaults, AQueueHandsEveryItemToTheOtherProcessOnce) {
  Days(kProcess + std::vector<std::string>{"mmap(anonymous)"}).run(100, [] {
    constexpr int kItems = 200;
    Queue<int> queue(3);
    Process producer = started([&] {
      for (int i = 0; i < kItems; ++i) {
        queue.put(i);
      }
      _exit(queue.join(seconds(20)) ? 0 : 1);
    });
    for (int i = 0; i < kItems; ++i) {
      EXPECT_EQ(queue.get(seconds(20)), i);
      queue.task_done();
    }
    EXPECT_EQ(ending_of(std::move(producer)), 0);
  });
}

// spsc_ring.h I1 I2. Where nobody fences for others, everybody fences.
TEST(IpcFaults, ARingHandsEveryItemToTheOtherProcessOnceOrSaysWhyNot) {
  constexpr int kItems = 500;
  constexpr int kRefused = 3;
  Days(kProcess + std::vector<std::string>{"mmap(anonymous)", "membarrier"})
      .run(200, [] {
        SpscRing<int> ring(4);
        Process writer = started([&] {
          try {
            for (int i = 0; i < kItems; ++i) {
              ring.push(i);
            }
            ring.close();
          } catch (const std::system_error&) {
            ring.close();
            _exit(kRefused);
          }
        });
        int item = 0, count = 0;
        while (ring.pop(item, seconds(20))) {
          EXPECT_EQ(item, count++);
        }
        const auto code = ending_of(std::move(writer));
        EXPECT_EQ(code, count == kItems ? 0 : kRefused);
      });
}

struct Place {
  explicit Place(int parties) : barrier(parties) {}
  Mutex mutex;
  Condition changed;
  int turn = 0;  // guarded by mutex
  Semaphore permits{1};
  int inside = 0;  // guarded by the permit
  Barrier barrier;
};

// Each of the two in turn; then both at once, and one at a time.
void take_turns(Place& place, int number) {
  for (int round = 0; round < 20; ++round) {
    const std::lock_guard held(place.mutex);
    place.changed.wait_for(place.mutex,
                           [&] { return place.turn % 2 == number; });
    ++place.turn;
    place.changed.notify_all();
  }
  place.barrier.wait();
  for (int round = 0; round < 20; ++round) {
    place.permits.acquire();
    ++place.inside;
    place.permits.release();
  }
  place.barrier.wait();
}

// semaphore.h I2, condition.h I2
TEST(IpcFaults, LocksLetEveryoneIn) {
  Days(kProcess + std::vector<std::string>{"mmap(anonymous)"}).run(100, [] {
    const Shared<Place> place(2);
    Value<int> result(0);
    Process child = started([&] {
      take_turns(*place, 1);
      result.set(7);
    });
    take_turns(*place, 0);
    EXPECT_EQ(place->turn, 40);
    EXPECT_EQ(place->inside, 40);
    EXPECT_EQ(ending_of(std::move(child)), 0);
    EXPECT_EQ(result.get(), 7);
  });
}

// child.h I2, connection.h I1
TEST(IpcFaults, AChildAnswersOrThereIsNone) {
  Days(kProcess + std::vector<std::string>{"pipe2"}).run(150, [] {
    auto [ours, theirs] = make_pipe(false);
    Process child(
        [](Connection to_parent) {
          to_parent.send(kLong);
          to_parent.send(42);
        },
        std::move(theirs));
    child.start();
    EXPECT_EQ(ours.recv<std::string>(), kLong);
    EXPECT_EQ(ours.recv<int>(), 42);
    EXPECT_THROW(ours.recv<int>(), EOFError);
    EXPECT_TRUE(child.join(seconds(20)));
    EXPECT_EQ(child.exitcode(), 0);
  });
}

TEST(IpcFaults, AProcessWhoseStartWasRefusedCanBeStartedAgain) {
  Days({}).run(150, [] {
    Process child([] { _exit(3); });
    while (!child.pid()) {
      try {
        child.start();
      } catch (const std::system_error&) {
        EXPECT_FALSE(child.is_alive());
      }
    }
    child.join();
    EXPECT_EQ(child.exitcode(), 3);
  });
}

}  // namespace
}  // namespace ipc

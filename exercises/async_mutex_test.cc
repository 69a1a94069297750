// A race over an await, closed; then crowds of tasks by seed, some cancelled
// while they wait or just when it is their turn, in virtual time.
#include "exercises/async_mutex.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "loop/virtual_poller.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace exercises {
namespace {

using loop::Coroutine;
using scheduler::Duration;
using std::chrono::milliseconds;

void run(Coroutine<> program) {
  scheduler::ManualClock clock;
  loop::EventLoop loop(std::make_unique<loop::VirtualPoller>(clock), clock);
  loop::run(std::move(program), loop);
}

Coroutine<> add_one(AsyncMutex* mutex, int* x) {
  co_await mutex->acquire();
  const int before = *x;
  co_await loop::sleep(milliseconds(1));
  *x = before + 1;
  mutex->release();
}

Coroutine<> add_ten(AsyncMutex* mutex, int* x) {
  std::vector<Coroutine<>> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(add_one(mutex, x));
  }
  co_await loop::gather(std::move(all));
}

TEST(AsyncMutex, NoUpdateIsLostOverAnAwait) {
  AsyncMutex mutex;
  int x = 0;
  run(add_ten(&mutex, &x));
  EXPECT_EQ(x, 10);
  EXPECT_FALSE(mutex.locked());
}

TEST(AsyncMutex, AFreeOneCannotBeReleased) {
  AsyncMutex mutex;
  EXPECT_THROW(mutex.release(), std::runtime_error);
}

struct Scene {
  AsyncMutex mutex;
  size_t inside = 0;
  size_t most_inside = 0;
  std::vector<size_t> asked;  // who, in order
  std::vector<size_t> got;
  std::set<size_t> cancelled;  // and never got it
};

Coroutine<> user(Scene* scene, size_t me, Duration before, Duration during) {
  co_await loop::sleep(before);
  scene->asked.push_back(me);
  try {
    co_await scene->mutex.acquire();
  } catch (const scheduler::CancelledError&) {
    scene->cancelled.insert(me);
    throw;
  }
  scene->got.push_back(me);
  scene->most_inside = std::max(scene->most_inside, ++scene->inside);
  try {
    co_await loop::sleep(during);
  } catch (const scheduler::CancelledError&) {
    // Its time is up; it has to leave all the same.
  }
  --scene->inside;
  scene->mutex.release();
}

// What may be cancelled in the middle of the turn in which it was given.
Coroutine<> crowd(Scene* scene, unsigned seed) {
  std::mt19937 random(seed);
  const auto some_time = [&] {
    return milliseconds(static_cast<int>(random() % 4));
  };
  std::vector<loop::Task<void>> users;
  const size_t count = 2 + random() % 6;
  for (size_t i = 0; i < count; ++i) {
    const Duration before = some_time();
    users.push_back(loop::create_task(user(scene, i, before, some_time())));
  }
  for (auto strokes = random() % 5; strokes > 0; --strokes) {
    co_await loop::sleep(some_time());
    users[random() % count].cancel();
  }
  co_await loop::sleep(scheduler::seconds(10));  // of virtual time: enough
  for (const loop::Task<void>& task : users) {
    EXPECT_TRUE(task.done()) << "somebody waits for ever";
    task.cancel();
  }
}

std::vector<size_t> without(const std::vector<size_t>& all,
                            const std::set<size_t>& left_out) {
  std::vector<size_t> rest;
  for (const size_t one : all) {
    if (!left_out.contains(one)) {
      rest.push_back(one);
    }
  }
  return rest;
}

TEST(AsyncMutex, HoldsInCrowdsOfWhichSomeAreCancelled) {
  size_t cancelled = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Scene scene;
    run(crowd(&scene, seed));
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
    ASSERT_LE(scene.most_inside, 1u) << "seed " << seed;
    ASSERT_EQ(scene.got, without(scene.asked, scene.cancelled))
        << "seed " << seed;
    ASSERT_FALSE(scene.mutex.locked()) << "seed " << seed;
    cancelled += scene.cancelled.size();
  }
  EXPECT_GT(cancelled, 100u);  // or the seeds would prove little
}

}  // namespace
}  // namespace exercises

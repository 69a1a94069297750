// The promises of gil_sim/event.h.
#include "gil_sim/event.h"

#include <memory>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::seconds;

TEST(Event, WaitReturnsAtOnceWhenItIsSet) {
  Event event;
  EXPECT_FALSE(event.is_set());
  event.set();
  EXPECT_TRUE(event.is_set());
  EXPECT_TRUE(event.wait());
  event.clear();
  EXPECT_FALSE(event.wait(seconds(0.001)));
}

// SYNC-36 and I1. Under a GIL that nobody is asked to drop, a thread drops it
// only in order to wait, so that we can see when all of them do.
TEST(Event, ASetThatIsClearedAtOnceReleasesAllWhoWaited) {
  Gil gil;
  gil.set_switch_interval(60);
  Event event;
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 5; ++i) {
    threads.push_back(std::make_unique<Thread>([&] {
      const WithGil held(gil);
      EXPECT_TRUE(event.wait(seconds(30)));
    }));
    threads.back()->start();
  }
  while (gil.statistics().drops < 5) {
  }
  event.set();
  event.clear();
}

TEST(Event, IsHowAThreadIsAskedToStop) {
  Event stop;
  int rounds = 0;
  Thread worker([&] {
    while (!stop.wait(seconds(0.0001))) {
      ++rounds;
    }
  });
  worker.start();
  stop.set();
  worker.join();
  EXPECT_FALSE(worker.is_alive());
}

}  // namespace
}  // namespace gil_sim

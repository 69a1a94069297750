// The three cells; then other figures by seed, held against a loop in virtual
// time in which workers, writers and clients are tasks.
#include "exercises/predicted.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exercises/dice.h"
#include "gtest/gtest.h"
#include "ipc/process_pool.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/virtual_poller.h"
#include "scheduler/clock.h"

namespace exercises {
namespace {

using loop::Coroutine;
using loop::sleep;
using scheduler::seconds;

// The documents' 26 waits.
std::vector<double> documents_waits() {
  std::vector<double> waits;
  for (int i = 0; i < 26; ++i) {
    waits.push_back(2 + ((13 * i * i + 2 * i + 14) % 31) % 9);
  }
  return waits;
}

void expect_within_5_percent(double predicted, double happened) {
  ASSERT_NEAR(predicted, happened, 0.05 * happened);
}

TEST(Predicted, TwentySevenSecondsForAHundredAndSeventyEightOnEightWorkers) {
  expect_within_5_percent(sleeping_by_pool(documents_waits(), 8), 27.14);
}

TEST(Predicted, EightSecondsForLettersThatAreHandedToAHelper) {
  std::vector<int> letters;
  for (const double wait : documents_waits()) {
    letters.push_back(1000 * static_cast<int>(wait));
  }
  expect_within_5_percent(writing_by_helper(letters, 47e-6), 8.35);
}

TEST(Predicted, NineSecondsForNinetyNineRequestsAtOnce) {
  expect_within_5_percent(fetching(99, 99, 0.44, 10.6), 9.26);
}

// What happens, on a clock that is moved by hand.
class World {
 public:
  scheduler::ManualClock& clock() { return clock_; }
  double now() const {
    return scheduler::in_seconds(clock_.now() - scheduler::TimePoint());
  }
  double time_of(std::vector<Coroutine<>> tasks) {
    loop::EventLoop loop(std::make_unique<loop::VirtualPoller>(clock_), clock_);
    loop::run(together(std::move(tasks)), loop);
    return now();
  }

 private:
  static Coroutine<> together(std::vector<Coroutine<>> tasks) {
    co_await loop::gather(std::move(tasks));
  }

  scheduler::ManualClock clock_;
};

struct Chunks {
  std::vector<double> waits;
  size_t size;
  size_t next = 0;
};

Coroutine<> worker(Chunks* chunks) {
  while (chunks->next < chunks->waits.size()) {
    const size_t first = chunks->next;
    chunks->next = std::min(first + chunks->size, chunks->waits.size());
    for (size_t i = first, end = chunks->next; i < end; ++i) {
      co_await sleep(seconds(chunks->waits[i]));
    }
  }
}

double pool_in_virtual_time(const std::vector<double>& waits, int workers) {
  Chunks chunks{waits, ipc::default_chunksize(waits.size(),
                                              static_cast<size_t>(workers))};
  std::vector<Coroutine<>> tasks;
  for (int i = 0; i < workers; ++i) {
    tasks.push_back(worker(&chunks));
  }
  return World().time_of(std::move(tasks));
}

Coroutine<> writer(World* world, int letters, double hop) {
  for (int i = 0; i < letters; ++i) {
    world->clock().advance(seconds(hop));
    co_await sleep(scheduler::Duration::zero());
  }
}

double writers_in_virtual_time(const std::vector<int>& letters, double hop) {
  World world;
  std::vector<Coroutine<>> tasks;
  for (const int count : letters) {
    tasks.push_back(writer(&world, count, hop));
  }
  return world.time_of(std::move(tasks));
}

struct Server {
  World* world;
  int requests;
  double latency;
  double rate;
  int begun = 0;
};

Coroutine<> client(Server* server) {
  while (server->begun < server->requests) {
    const double ready = ++server->begun / server->rate;
    const double now = server->world->now();
    co_await sleep(seconds(std::max(server->latency, ready - now)));
  }
}

double requests_in_virtual_time(int requests, int at_once, double latency,
                                double rate) {
  World world;
  Server server{&world, requests, latency, rate};
  std::vector<Coroutine<>> tasks;
  for (int i = 0; i < at_once; ++i) {
    tasks.push_back(client(&server));
  }
  return world.time_of(std::move(tasks));
}

TEST(Predicted, PoolsOfOtherSizesWithOtherWaits) {
  for (unsigned seed = 0; seed < 300 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const int workers = dice.roll(1, 9);
    const int longest = dice.roll(0, 1) == 0 ? 4 : 60;
    std::vector<double> waits;
    for (int count = dice.roll(1, 80); count > 0; --count) {
      waits.push_back(0.25 * dice.roll(1, longest));
    }
    expect_within_5_percent(sleeping_by_pool(waits, workers),
                            pool_in_virtual_time(waits, workers));
  }
}

TEST(Predicted, OtherWritersWithOtherHops) {
  for (unsigned seed = 0; seed < 100 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const double hop = 1e-6 * dice.roll(5, 200);
    std::vector<int> letters;
    for (int count = dice.roll(1, 30); count > 0; --count) {
      letters.push_back(dice.roll(1, 40));
    }
    expect_within_5_percent(writing_by_helper(letters, hop),
                            writers_in_virtual_time(letters, hop));
  }
}

TEST(Predicted, OtherRequestsToOtherServers) {
  for (unsigned seed = 0; seed < 300 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const int requests = dice.roll(1, 200);
    const int at_once = dice.roll(1, 200);
    const double latency = 0.01 * dice.roll(1, 100);
    const double rate = dice.roll(2, 400);
    expect_within_5_percent(
        fetching(requests, at_once, latency, rate),
        requests_in_virtual_time(requests, at_once, latency, rate));
  }
}

}  // namespace
}  // namespace exercises

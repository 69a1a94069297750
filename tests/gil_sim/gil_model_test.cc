// The promises of gil_sim/gil_model.h: the table of what a GIL does, exactly.
#include "gil_sim/gil_model.h"

#include <chrono>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace gil_sim {
namespace {

using std::chrono::milliseconds;
using Log = std::vector<std::string>;

GilWork compute(int length) {
  return {GilWork::Kind::kCompute, milliseconds(length)};
}
GilWork long_instruction(int length) {
  return {GilWork::Kind::kLong, milliseconds(length)};
}
GilWork block(int length) {
  return {GilWork::Kind::kBlock, milliseconds(length)};
}

struct Simulated {
  explicit Simulated(const std::vector<GilThread>& threads,
                     const GilModelOptions& options = {})
      : names(threads),
        events(run_gil_model(threads, options, clock, timeline)) {}

  // "5 B asks", for every event.
  Log log() const {
    Log all;
    for (const GilEvent& event : events) {
      const char* const words[] = {" takes", " asks", " drops", " ends"};
      all.push_back(std::to_string(event.time / milliseconds(1)) + " " +
                    names[event.thread].name +
                    words[static_cast<size_t>(event.what)]);
    }
    return all;
  }

  // Who had the lock, one after the other.
  std::string holders() const {
    std::string all;
    for (const GilEvent& event : events) {
      if (event.what == GilEvent::What::kTake) {
        all += names[event.thread].name;
      }
    }
    return all;
  }

  scheduler::ManualClock clock;
  scheduler::Timeline timeline{clock};
  std::vector<GilThread> names;
  std::vector<GilEvent> events;
};

// GIL-03
TEST(GilModel, AFreeLockIsTakenWithoutWaiting) {
  EXPECT_EQ(Simulated({{"A", {compute(3)}}}).log(),
            (Log{"0 A takes", "3 A drops", "3 A ends"}));
}

// GIL-05, GIL-06 and I2
TEST(GilModel, AWaiterAsksAfterAnIntervalAndHasTheLockAtTheNextCheckPoint) {
  EXPECT_EQ(Simulated({{"A", {compute(7)}}, {"B", {compute(2)}}}).log(),
            (Log{"0 A takes", "5 B asks", "5 A drops", "5 B takes", "7 B drops",
                 "7 B ends", "7 A takes", "9 A drops", "9 A ends"}));
}

// GIL-07 and C-164
TEST(GilModel, ALongInstructionKeepsTheLockToItsEnd) {
  EXPECT_EQ(
      Simulated(
          {{"A", {long_instruction(50), compute(1)}}, {"B", {compute(2)}}})
          .log(),
      (Log{"0 A takes", "5 B asks", "50 A drops", "50 B takes", "52 B drops",
           "52 B ends", "52 A takes", "53 A drops", "53 A ends"}));
}

// GIL-05. B has the lock at 3, so C, who waits since 0, does not ask at 5.
TEST(GilModel, AHandOverDuringTheWaitMakesTheWaiterStartAnew) {
  EXPECT_EQ(
      Simulated(
          {{"A", {compute(3)}}, {"B", {compute(20)}}, {"C", {compute(1)}}})
          .log(),
      (Log{"0 A takes", "3 A drops", "3 A ends", "3 B takes", "10 C asks",
           "10 B drops", "10 C takes", "11 C drops", "11 C ends", "11 B takes",
           "24 B drops", "24 B ends"}));
}

// GIL-09, GIL-11 and I3
TEST(GilModel, TwoBusyThreadsAlternateInSlicesOfOneInterval) {
  const Simulated run({{"A", {compute(20)}}, {"B", {compute(20)}}});
  EXPECT_EQ(run.holders(), "ABABABAB");
  EXPECT_EQ(
      scheduler::draw_gantt(run.timeline.lanes(), run.timeline.slices(), 40),
      "   0                                  40 ms\n"
      "A |####!ggggg####!ggggg####!ggggg#####x    |\n"
      "B |ggggg####!ggggg####!ggggg####!ggggg#####|\n");
}

// GIL-16 and C-163
TEST(GilModel, AReturningCallWaitsOneIntervalBesideABusyThread) {
  for (const int interval : {1, 5, 20}) {
    const Simulated run({{"hog", {compute(200)}},
                         {"io", {block(2), compute(0), block(2), compute(0)}}},
                        {.interval = milliseconds(interval)});
    std::vector<int64_t> takes;
    for (const GilEvent& event : run.events) {
      if (event.thread == 1 && event.what == GilEvent::What::kTake) {
        takes.push_back(event.time / milliseconds(1));
      }
    }
    EXPECT_EQ(takes, (std::vector<int64_t>{2 + interval, 2 * (2 + interval)}));
  }
}

// C-156
TEST(GilModel, ThreadsThatOnlyWaitNeverAsk) {
  const Simulated run(
      {{"A", {block(10)}}, {"B", {block(10)}}, {"C", {block(10)}}});
  EXPECT_EQ(run.log(), (Log{"10 A ends", "10 B ends", "10 C ends"}));
}

// C-165
TEST(GilModel, WhoIsWokenIsAPolicy) {
  const std::vector<GilThread> threads = {
      {"A", {compute(15)}}, {"B", {compute(15)}}, {"C", {compute(15)}}};
  EXPECT_EQ(Simulated(threads, {.wake = GilWake::kFifo}).holders(),
            "ABCABCABC");
  EXPECT_EQ(Simulated(threads, {.wake = GilWake::kLifo}).holders(),
            "ACACACB");  // B, asleep for longest, starves
  const std::string random =
      Simulated(threads, {.wake = GilWake::kRandom}).holders();
  EXPECT_EQ(random,
            Simulated(threads, {.wake = GilWake::kRandom}).holders());  // I4
  EXPECT_NE(
      random,
      Simulated(threads, {.wake = GilWake::kRandom, .seed = 5}).holders());
}

// GIL-13
TEST(GilModel, TheWholeTakesAsLongAsTheWorkInSequence) {
  for (const GilWake wake :
       {GilWake::kFifo, GilWake::kLifo, GilWake::kRandom}) {
    const Simulated run({{"A", {compute(13)}},
                         {"B", {compute(29), long_instruction(7)}},
                         {"C", {compute(8)}}},
                        {.wake = wake});
    EXPECT_EQ(run.events.back().time, milliseconds(57));
  }
}

}  // namespace
}  // namespace gil_sim

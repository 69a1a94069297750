// tests/demos/pictures/sample.h - a small picture with everything in it.
//
// CONCEPT     Two panels of unlike length, all five states, both kinds of
//             switches, boxes, and lanes whose names would do harm if they
//             were taken for markup.
// THREADS     Functions.
// OWNERSHIP   Values.
#ifndef TESTS_DEMOS_PICTURES_SAMPLE_H_
#define TESTS_DEMOS_PICTURES_SAMPLE_H_

#include <chrono>
#include <string>

#include "demos/pictures/picture.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::pictures {

inline constexpr const char* kHarmful = "<script>alert(\"1\")</script> & 'x'";

inline scheduler::Slice sample_slice(uint32_t lane, scheduler::LaneState state,
                                     int from_us, int to_us) {
  using std::chrono::microseconds;
  return {.lane = lane,
          .state = state,
          .start = scheduler::TimePoint(microseconds(from_us)),
          .end = scheduler::TimePoint(microseconds(to_us)),
          .cpu = -1,
          .decider = scheduler::Decider::kTask,
          .switched = false};
}

inline Picture sample() {
  using enum scheduler::LaneState;
  Panel first = make_panel(
      "one process", {"A", kHarmful},
      {sample_slice(0, kRunning, 0, 4000), sample_slice(1, kWantsGil, 0, 4000),
       sample_slice(1, kRunning, 4000, 6000),
       sample_slice(0, kReady, 4000, 6000),
       sample_slice(0, kWaitingForLock, 6000, 8000),
       sample_slice(1, kWaiting, 6000, 10000)});
  first.slices[0].switched = true;
  first.slices[0].decider = scheduler::Decider::kSystem;
  first.slices[0].cpu = 1;
  first.slices[2].switched = true;
  first.caption = "10 ms";
  Panel second = make_panel(
      "two processes", {"t1", "t2", "t1"},
      {sample_slice(0, kRunning, 0, 3000), sample_slice(1, kRunning, 0, 2500),
       sample_slice(2, kRunning, 1000, 5000)});
  second.boxes = {"P", "P", "Q"};
  return {.name = "sample",
          .title = "every state",
          .note = "",
          .unit = {},
          .panels = {first, second},
          .questions = {}};
}

inline Picture sample_questions() {
  return {.name = "rule",
          .title = "a choice",
          .note = "",
          .unit = {},
          .panels = {},
          .questions = {{"a < b", "this"}, {"", "that"}}};
}

}  // namespace demos::pictures

#endif  // TESTS_DEMOS_PICTURES_SAMPLE_H_

// scheduler/timeline.h - the five verbs written down, and read as bars.
//
// CONCEPT     A Timeline is an observer that stores each verb with the time
//             and the CPU it happened on. Read back, the events of a lane (a
//             process, thread or task) become bars: running, waiting, ready.
//             Comparing these bars between schedulers is what the course is
//             about, and two numbers sum up a picture:
//               overlap of lifetimes > 0   the tasks are concurrent
//               overlap of running   > 0   the tasks are parallel
//             [C-001] [C-003] [C-004]
// IN PYTHON   nothing built in; viztracer draws such bars.
// INVARIANTS  I1. Events of one timeline are in order of time.
//             I2. merge() keeps that order; equal times keep theirs.
// THREADS     One thread records; timelines of several are merged afterwards.
// OWNERSHIP   Owns events and names; borrows its clock.
// ERRORS      A verb for a task that was never created is a bug: assert.
// LEFT OUT    A bound: a demo records thousands of events, not billions. Task
//             numbers that are not counted up: a table is kept as long as the
//             highest of them.
// READ NEXT   scheduler/gantt.h
#ifndef SCHEDULER_TIMELINE_H_
#define SCHEDULER_TIMELINE_H_

#include <string>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/trace.h"

namespace scheduler {

enum class Verb : uint8_t { kCreated, kRunning, kSuspended, kWoken, kFinished };

struct Event {
  TimePoint time;
  uint32_t lane;  // index into Timeline::lanes()
  int32_t cpu;    // -1 where no real CPU is meant (virtual time)
  Verb verb;
  Reason reason;    // of kSuspended only
  Decider decider;  // of kSuspended only
};

// What a lane was doing between two events.
enum class LaneState : uint8_t {
  kRunning,
  kReady,
  kWaiting,
  kWaitingForLock,
  kWantsGil,
};

struct Slice {
  uint32_t lane;
  LaneState state;
  TimePoint start;
  TimePoint end;
  int32_t cpu;
  Decider decider;  // who ended it
  bool switched;    // ended by a suspension, so `decider` means something
};

class Timeline final : public Observer {
 public:
  // kNoCpu for virtual time, kRealCpu to ask the system at each event.
  enum class Cpu { kNone, kReal };
  explicit Timeline(const Clock& clock, Cpu cpu = Cpu::kNone)
      : clock_(&clock), cpu_(cpu) {}

  void created(TaskId task, std::string_view name) override;
  void running(TaskId task) override { add(task, Verb::kRunning); }
  void suspended(TaskId task, Reason reason, Decider decider) override {
    add(task, Verb::kSuspended, reason, decider);
  }
  void woken(TaskId task) override { add(task, Verb::kWoken); }
  void finished(TaskId task) override { add(task, Verb::kFinished); }

  // Adds the lanes and events of another recorder of the same clock. [I2]
  void merge(const std::vector<std::string>& lanes,
             const std::vector<Event>& events);

  const std::vector<std::string>& lanes() const { return lanes_; }
  const std::vector<Event>& events() const { return events_; }

  // The events as bars, in order of start and lane. A lane that never finished
  // ends with the last event of all.
  std::vector<Slice> slices() const;

 private:
  void add(TaskId task, Verb verb, Reason reason = Reason::kYield,
           Decider decider = Decider::kTask);

  static constexpr uint32_t kNoLane = UINT32_MAX;

  const Clock* const clock_;
  const Cpu cpu_;
  std::vector<std::string> lanes_;
  std::vector<uint32_t> lane_of_;  // of each TaskId, or kNoLane
  std::vector<Event> events_;
};

// The share of the time between the first start and the last end during which
// at least two lanes are alive, or running. 0 to 1.
struct Overlap {
  double lifetimes = 0;
  double running = 0;
};
Overlap overlap_of(const std::vector<Slice>& slices);

}  // namespace scheduler

#endif  // SCHEDULER_TIMELINE_H_

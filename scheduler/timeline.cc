#include "scheduler/timeline.h"

#include <sched.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace scheduler {

namespace {

LaneState waiting_state(Reason reason) {
  switch (reason) {
    case Reason::kYield:
    case Reason::kQuantum:
    case Reason::kPreempted:
      return LaneState::kReady;  // stopped, but not waiting for anything
    case Reason::kLock:
      return LaneState::kWaitingForLock;
    case Reason::kGil:
      return LaneState::kWantsGil;
    case Reason::kSleep:
    case Reason::kIo:
    case Reason::kTask:
      return LaneState::kWaiting;
  }
  return LaneState::kWaiting;
}

// The share of [first, last] covered by two or more of the given intervals.
double share_of_overlap(const std::vector<std::pair<TimePoint, int>>& edges) {
  if (edges.empty() || edges.back().first == edges.front().first) {
    return 0;
  }
  Duration overlapped{};
  int depth = 0;
  TimePoint since{};
  for (const auto& [time, step] : edges) {
    if (depth >= 2) {
      overlapped += time - since;
    }
    depth += step;
    since = time;
  }
  return in_seconds(overlapped) /
         in_seconds(edges.back().first - edges.front().first);
}

}  // namespace

void Timeline::created(TaskId task, std::string_view name) {
  if (task >= lane_of_.size()) {
    lane_of_.resize(size_t{task} + 1, kNoLane);
  }
  lane_of_[task] = static_cast<uint32_t>(lanes_.size());
  lanes_.emplace_back(name);
  add(task, Verb::kCreated);
}

void Timeline::add(TaskId task, Verb verb, Reason reason, Decider decider) {
  assert(task < lane_of_.size() && lane_of_[task] != kNoLane &&
         "a task is created before anything else");
  events_.push_back({.time = clock_->now(),
                     .lane = lane_of_[task],
                     .cpu = cpu_ == Cpu::kReal ? sched_getcpu() : -1,
                     .verb = verb,
                     .reason = reason,
                     .decider = decider});
}

void Timeline::merge(const std::vector<std::string>& lanes,
                     const std::vector<Event>& events) {
  const auto first_lane = static_cast<uint32_t>(lanes_.size());
  const auto middle = static_cast<std::ptrdiff_t>(events_.size());
  lanes_.insert(lanes_.end(), lanes.begin(), lanes.end());
  for (Event event : events) {
    event.lane += first_lane;
    events_.push_back(event);
  }
  std::inplace_merge(
      events_.begin(), events_.begin() + middle, events_.end(),
      [](const Event& a, const Event& b) { return a.time < b.time; });
}

std::vector<Slice> Timeline::slices() const {
  std::vector<Slice> slices;
  // The bar each lane is in the middle of, if any.
  std::vector<std::optional<Slice>> open(lanes_.size());
  const auto begin = [&](const Event& event, LaneState state) {
    open[event.lane] = Slice{.lane = event.lane,
                             .state = state,
                             .start = event.time,
                             .end = event.time,
                             .cpu = event.cpu,
                             .decider = Decider::kTask,
                             .switched = false};
  };
  const auto end = [&](std::optional<Slice>& slice, TimePoint time) {
    if (slice) {
      slice->end = time;
      slices.push_back(*slice);
      slice.reset();
    }
  };
  for (const Event& event : events_) {
    std::optional<Slice>& slice = open[event.lane];
    if (event.verb == Verb::kSuspended && slice) {
      slice->switched = true;
      slice->decider = event.decider;
    }
    end(slice, event.time);
    switch (event.verb) {
      case Verb::kCreated:
      case Verb::kWoken:
        begin(event, LaneState::kReady);
        break;
      case Verb::kRunning:
        begin(event, LaneState::kRunning);
        break;
      case Verb::kSuspended:
        begin(event, waiting_state(event.reason));
        break;
      case Verb::kFinished:
        break;
    }
  }
  for (std::optional<Slice>& slice : open) {
    end(slice, events_.empty() ? TimePoint{} : events_.back().time);
  }
  std::stable_sort(
      slices.begin(), slices.end(), [](const Slice& a, const Slice& b) {
        return std::pair(a.start, a.lane) < std::pair(b.start, b.lane);
      });
  return slices;
}

Overlap overlap_of(const std::vector<Slice>& slices) {
  std::vector<std::pair<TimePoint, int>> alive;
  std::vector<std::pair<TimePoint, int>> running;
  for (const Slice& slice : slices) {
    alive.emplace_back(slice.start, +1);
    alive.emplace_back(slice.end, -1);
    const int step = slice.state == LaneState::kRunning ? 1 : 0;
    running.emplace_back(slice.start, +step);
    running.emplace_back(slice.end, -step);
  }
  // Ends before starts, so that bars which only touch do not overlap.
  std::sort(alive.begin(), alive.end());
  std::sort(running.begin(), running.end());
  return {.lifetimes = share_of_overlap(alive),
          .running = share_of_overlap(running)};
}

}  // namespace scheduler

#include "demos/timeline_numbers.h"

#include <algorithm>
#include <map>
#include <utility>

namespace demos {

namespace {

using scheduler::Duration;
using scheduler::LaneState;
using scheduler::Slice;
using scheduler::TimePoint;

TimePoint first_start(const std::vector<Slice>& slices) {
  return std::min_element(
             slices.begin(), slices.end(),
             [](const Slice& a, const Slice& b) { return a.start < b.start; })
      ->start;
}

// How many are in `state`, from each moment to the next.
class Depths {
 public:
  Depths(const std::vector<Slice>& slices, LaneState state) {
    for (const Slice& slice : slices) {
      if (slice.state == state) {
        ++steps_[slice.start];
        --steps_[slice.end];
      }
    }
  }

  template <class Visit>  // visit(depth, from, to)
  void for_each(Visit visit) const {
    int depth = 0;
    TimePoint since{};
    for (const auto& [time, step] : steps_) {
      if (depth > 0) {
        visit(depth, since, time);
      }
      depth += step;
      since = time;
    }
  }

  // The highest depth that holds for a twentieth of the time: the borders of
  // bars are not exact.
  int most(double seconds) const {
    std::map<int, double> held;
    for_each([&](int depth, TimePoint from, TimePoint to) {
      for (int each = 1; each <= depth; ++each) {
        held[each] += scheduler::in_seconds(to - from);
      }
    });
    int most = 0;
    for (const auto& [depth, time] : held) {
      most = time >= 0.05 * seconds ? depth : most;
    }
    return most;
  }

 private:
  std::map<TimePoint, int> steps_;
};

// Of the time in which somebody waits, the share in which another one runs.
double share_filled(const std::vector<Slice>& slices) {
  std::map<TimePoint, std::pair<int, int>> steps;  // who waits, who runs
  for (const Slice& slice : slices) {
    if (slice.state == LaneState::kWaiting) {
      ++steps[slice.start].first;
      --steps[slice.end].first;
    } else if (slice.state == LaneState::kRunning) {
      ++steps[slice.start].second;
      --steps[slice.end].second;
    }
  }
  Duration waits{};
  Duration filled{};
  std::pair<int, int> depth;
  TimePoint since{};
  for (const auto& [time, step] : steps) {
    if (depth.first > 0) {
      waits += time - since;
      filled += depth.second > 0 ? time - since : Duration::zero();
    }
    depth.first += step.first;
    depth.second += step.second;
    since = time;
  }
  return waits > Duration::zero()
             ? scheduler::in_seconds(filled) / scheduler::in_seconds(waits)
             : 0;
}

}  // namespace

Numbers numbers_of(const std::vector<Slice>& slices) {
  Numbers numbers;
  if (slices.empty()) {
    return numbers;
  }
  const TimePoint start = first_start(slices);
  std::map<size_t, TimePoint> ends;
  for (const Slice& slice : slices) {
    const double length = scheduler::in_seconds(slice.end - slice.start);
    numbers.lived_s += length;
    numbers.waited_s += slice.state == LaneState::kWaiting ? length : 0;
    numbers.seconds =
        std::max(numbers.seconds, scheduler::in_seconds(slice.end - start));
    ends[slice.lane] = std::max(ends[slice.lane], slice.end);
    if (slice.state == LaneState::kRunning) {
      numbers.cpus.insert(slice.cpu);
      const bool own = slice.decider == scheduler::Decider::kTask;
      numbers.own_switches += slice.switched && own ? 1 : 0;
      numbers.forced_switches += slice.switched && !own ? 1 : 0;
    }
  }
  const scheduler::Overlap overlap = overlap_of(slices);
  numbers.lifetimes = overlap.lifetimes;
  numbers.on_cpu = overlap.running;

  const Depths running(slices, LaneState::kRunning);
  const Depths waiting(slices, LaneState::kWaiting);
  numbers.most_on_cpu = running.most(numbers.seconds);
  numbers.most_waiting = waiting.most(numbers.seconds);
  numbers.filled = share_filled(slices);

  for (const auto& [lane, end] : ends) {
    numbers.ends.push_back(lane);
  }
  std::sort(numbers.ends.begin(), numbers.ends.end(),
            [&](size_t a, size_t b) { return ends[a] < ends[b]; });
  return numbers;
}

double share_with_two(const std::vector<Slice>& slices, Duration column) {
  if (slices.empty()) {
    return 0;
  }
  const TimePoint start = first_start(slices);
  std::map<int64_t, std::set<size_t>> ran;
  for (const Slice& slice : slices) {
    if (slice.state == LaneState::kRunning && slice.end > slice.start) {
      const int64_t last = (slice.end - start - Duration(1)) / column;
      for (int64_t i = (slice.start - start) / column; i <= last; ++i) {
        ran[i].insert(slice.lane);
      }
    }
  }
  double two = 0;
  for (const auto& [i, lanes] : ran) {
    two += lanes.size() >= 2 ? 1 : 0;
  }
  return ran.empty() ? 0 : two / static_cast<double>(ran.size());
}

}  // namespace demos

#include "demos/pool_map_rows.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

#include "scheduler/gantt.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos {

namespace {

using scheduler::LaneState;
using scheduler::TimePoint;

TimePoint first_of(const std::vector<Done>& all) {
  return std::min_element(
             all.begin(), all.end(),
             [](const Done& a, const Done& b) { return a.begin < b.begin; })
      ->begin;
}

}  // namespace

std::string rows_of(const std::vector<Done>& all, int workers) {
  const TimePoint first = first_of(all);
  const TimePoint last = first + span_of(all);
  std::map<pid_t, std::vector<Done>> items_of;
  for (const Done& done : all) {
    items_of[done.worker].push_back(done);
  }
  std::vector<std::vector<Done>> lanes;
  for (auto& [worker, items] : items_of) {
    std::sort(items.begin(), items.end(),
              [](const Done& a, const Done& b) { return a.begin < b.begin; });
    lanes.push_back(std::move(items));
  }
  lanes.resize(std::max(lanes.size(), static_cast<size_t>(workers)));  // idle

  std::vector<std::string> names;
  std::vector<scheduler::Slice> slices;
  for (uint32_t lane = 0; lane < lanes.size(); ++lane) {
    names.push_back("worker " + std::to_string(lane + 1));
    const auto add = [&](LaneState state, TimePoint from, TimePoint to) {
      slices.push_back({.lane = lane,
                        .state = state,
                        .start = from,
                        .end = to,
                        .cpu = -1,
                        .decider = scheduler::Decider::kTask,
                        .switched = false});
    };
    TimePoint at = first;
    for (const Done& done : lanes[lane]) {
      add(LaneState::kWaiting, at, done.begin);
      add(LaneState::kRunning, done.begin, done.end);
      at = done.end;
    }
    add(LaneState::kWaiting, at, last);
  }
  return draw_gantt(names, slices, 60);
}

scheduler::Duration span_of(const std::vector<Done>& all) {
  TimePoint last{};
  for (const Done& done : all) {
    last = std::max(last, done.end);
  }
  return last - first_of(all);
}

size_t workers_in(const std::vector<Done>& all) {
  std::set<pid_t> workers;
  for (const Done& done : all) {
    workers.insert(done.worker);
  }
  return workers.size();
}

size_t overtakers_in(const std::vector<Done>& all) {
  size_t count = 0;
  TimePoint latest{};
  for (const Done& done : all) {
    count += done.end < latest ? 1 : 0;
    latest = std::max(latest, done.end);
  }
  return count;
}

}  // namespace demos

#include "demos/pictures/picture.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace demos::pictures {

using scheduler::Duration;
using scheduler::Slice;
using scheduler::TimePoint;

Duration Panel::length() const {
  TimePoint last{};
  for (const Slice& slice : slices) {
    last = std::max(last, slice.end);
  }
  return last - TimePoint{};
}

namespace {

// Lanes on which nothing happened.
void drop_empty(std::vector<std::string>& lanes, std::vector<Slice>& slices) {
  std::vector<bool> used(lanes.size());
  for (const Slice& slice : slices) {
    assert(slice.lane < lanes.size() && "a slice stands on a lane");  // [I2]
    used[slice.lane] = true;
  }
  std::vector<uint32_t> place(lanes.size());
  uint32_t kept = 0;
  for (size_t lane = 0; lane < lanes.size(); ++lane) {
    place[lane] = kept;
    if (used[lane]) {
      std::swap(lanes[kept++], lanes[lane]);
    }
  }
  lanes.resize(kept);
  for (Slice& slice : slices) {
    slice.lane = place[slice.lane];
  }
}

}  // namespace

Panel make_panel(std::string title, std::vector<std::string> lanes,
                 std::vector<Slice> slices) {
  std::erase_if(slices, [](const Slice& slice) {  // [I3]
    return slice.start == slice.end;
  });
  drop_empty(lanes, slices);
  TimePoint first = slices.empty() ? TimePoint{} : slices.front().start;
  for (const Slice& slice : slices) {
    first = std::min(first, slice.start);
  }
  for (Slice& slice : slices) {
    slice.start -= first - TimePoint{};
    slice.end -= first - TimePoint{};
  }
  return {.title = std::move(title),
          .caption = "",
          .lanes = std::move(lanes),
          .boxes = {},
          .slices = std::move(slices)};
}

Duration Picture::length() const {
  Duration longest{};
  for (const Panel& panel : panels) {
    longest = std::max(longest, panel.length());
  }
  return longest;
}

std::string time_text(Duration time, const Unit& unit) {
  char text[40];
  std::snprintf(
      text, sizeof text, "%.5g ",
      scheduler::in_seconds(time) / scheduler::in_seconds(unit.length));
  return text + unit.name;
}

std::vector<Duration> scale_marks(Duration length, const Unit& unit) {
  constexpr int kMost = 5;
  // 1, 2, 5, 10, ... thousandths of the unit, until there are few enough.
  Duration step = std::max(unit.length / 1000, Duration(1));
  for (int turn = 0; length / step > kMost; ++turn) {
    step = turn % 3 == 1 ? step / 2 * 5 : step * 2;
  }
  std::vector<Duration> marks;
  for (Duration mark{}; mark <= length; mark += step) {
    marks.push_back(mark);
  }
  return marks;
}

const StateLook& look_of(scheduler::LaneState state) {
  static constexpr std::array<StateLook, 5> kLooks = {{
      {"running", "running"},
      {"ready", "ready"},
      {"waiting", "waiting"},
      {"waiting for a lock", "lock"},
      {"wanting the GIL", "gil"},
  }};
  return kLooks[static_cast<size_t>(state)];
}

}  // namespace demos::pictures

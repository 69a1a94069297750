#include "demos/matrix/cell_picture.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "demos/bodies/experiment.h"
#include "demos/support/report.h"

namespace demos::matrix {

namespace {

using scheduler::Duration;
using scheduler::LaneState;
using scheduler::Slice;
using support::fixed;

// More rows than this do not fit on a screen.
constexpr size_t kLanesShown = 24;

// A bar on a page is seen from this part of the picture on.
constexpr int kParts = 200;

// The short slices of a lane that stand beside each other.
class Pending {
 public:
  bool empty() const { return parts_.empty(); }
  Duration length() const {
    return empty() ? Duration::zero()
                   : parts_.back().end - parts_.front().start;
  }
  void add(const Slice& slice) { parts_.push_back(slice); }

  Slice take() {
    std::map<LaneState, Duration> lasted;
    for (const Slice& part : parts_) {
      lasted[part.state] += part.end - part.start;
    }
    const auto longest = std::max_element(
        lasted.begin(), lasted.end(),
        [](const auto& a, const auto& b) { return a.second < b.second; });
    Slice joined = parts_.size() == 1 ? parts_.front()
                                      : Slice{.lane = parts_.front().lane,
                                              .state = longest->first,
                                              .start = parts_.front().start,
                                              .end = parts_.back().end,
                                              .cpu = -1,
                                              .decider = {},
                                              .switched = false};
    parts_.clear();
    return joined;
  }

 private:
  std::vector<Slice> parts_;
};

std::vector<Slice> joined_lane(const std::vector<Slice>& lane,
                               Duration shortest) {
  std::vector<Slice> result;
  Pending pending;
  bool last_was_short = false;
  const auto flush = [&] {
    if (pending.empty()) {
      return;
    }
    const Slice joined = pending.take();
    if (last_was_short && result.back().state == joined.state) {
      result.back().end = joined.end;
    } else {
      result.push_back(joined);
    }
    last_was_short = true;
  };
  for (const Slice& slice : lane) {
    if (slice.end - slice.start >= shortest) {
      flush();
      result.push_back(slice);
      last_was_short = false;
      continue;
    }
    pending.add(slice);
    if (pending.length() >= shortest) {
      flush();
    }
  }
  flush();
  return result;
}

}  // namespace

bool has_events(const Row& row) {
  return !row.events.empty() && !row.events.front().empty();
}

CellLanes lanes_of(const Row& row) {
  scheduler::Timeline all(scheduler::SteadyClock::instance());
  for (size_t item = 0; item < std::min(row.events.size(), kLanesShown);
       ++item) {
    all.merge({std::to_string(item)}, row.events[item]);
  }
  return {.names = all.lanes(), .slices = all.slices()};
}

std::string caption_of(const MeasuredTest& test, const Row& row) {
  std::string text =
      "TEST " + std::to_string(test.experiment.number) + " " + row.model;
  if (row.events.size() > kLanesShown) {
    text += ", the first " + std::to_string(kLanesShown) + " of " +
            std::to_string(row.events.size()) + " items";
  }
  return text;
}

std::string sources_of_bars() {
  return "Waits begin and end where the items say so, under async each lasts "
         "until its turn in the loop.\nA '-' inside work is CPU time that was "
         "missing between two check points; its place between them is not "
         "known.\n";
}

std::vector<Slice> joined_where_too_short(const std::vector<Slice>& slices,
                                          Duration shortest) {
  std::map<uint32_t, std::vector<Slice>> lanes;
  for (const Slice& slice : slices) {
    lanes[slice.lane].push_back(slice);
  }
  std::vector<Slice> result;
  for (const auto& [number, lane] : lanes) {
    for (const Slice& slice : joined_lane(lane, shortest)) {
      result.push_back(slice);
    }
  }
  return result;
}

pictures::Picture picture_of_cell(const MeasuredTest& test, const Row& row) {
  CellLanes lanes = lanes_of(row);
  const scheduler::Overlap overlap = scheduler::overlap_of(lanes.slices);
  const size_t recorded = lanes.slices.size();
  pictures::Picture picture;
  pictures::Panel panel =
      pictures::make_panel("", std::move(lanes.names), std::move(lanes.slices));
  panel.title =
      "own scale: " + pictures::time_text(panel.length(), picture.unit);
  panel.slices = joined_where_too_short(panel.slices, panel.length() / kParts);
  picture.name = caption_of(test, row);
  picture.title = "a run that was recorded, not measured";
  panel.caption = "overlap of lifetimes " + fixed(overlap.lifetimes, 2) +
                  ", of running " + fixed(overlap.running, 2);
  if (panel.slices.size() < recorded) {
    panel.caption += "; bars shorter than 1/" + std::to_string(kParts) +
                     " of the picture are joined, under the state that lasted "
                     "longest";
  }
  picture.panels.push_back(std::move(panel));
  return picture;
}

}  // namespace demos::matrix

#include "demos/pictures/trace_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "demos/pictures/markup.h"
#include "demos/pictures/trace_json.h"
#include "demos/support/json.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::pictures {

namespace {

using scheduler::Decider;
using scheduler::Duration;
using scheduler::LaneState;
using scheduler::Slice;
using scheduler::TimePoint;
using support::Json;

constexpr std::array kStates = {LaneState::kRunning, LaneState::kReady,
                                LaneState::kWaiting, LaneState::kWaitingForLock,
                                LaneState::kWantsGil};

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument("not a trace of a picture: " + why);
}

Duration nanoseconds(double value) {
  // Beyond this a double does not hold each of them: a hundred days.
  constexpr double kMost = 9e15;
  if (!(value >= 0 && value <= kMost)) {
    refuse("a time out of range");
  }
  return Duration(std::llround(value));
}

class Reader {
 public:
  explicit Reader(const Json& trace) {
    const Json& about = trace.at("otherData");
    picture_ = {.name = about.at("name").string(),
                .title = about.at("title").string(),
                .note = about.at("note").string(),
                .unit = {about.at("unit").string(),
                         nanoseconds(about.at("unit_ns").number())},
                .panels = {},
                .questions = {}};
    if (picture_.unit.length == Duration::zero()) {
      refuse("a unit of no length");
    }
    for (const Json& panel : about.at("panels").array()) {
      begin_panel(panel);
    }
    for (const Json& event : trace.at("traceEvents").array()) {
      const std::string& phase = event.at("ph").string();
      if (phase == "M") {
        take_name(event);
      } else if (phase == "X") {
        take_slice(event);
      }
    }
  }

  Picture picture() {
    for (Panel& panel : picture_.panels) {
      check_no_overlap(panel);
    }
    return std::move(picture_);
  }

 private:
  // As many as anybody can look at; a file may claim anything.
  static constexpr double kMostLanes = 10'000;

  void begin_panel(const Json& about) {
    const double lanes = about.at("lanes").number();
    if (!(lanes >= 1 && lanes <= kMostLanes) || lanes != std::floor(lanes)) {
      refuse("a panel with no sensible number of lanes");
    }
    Panel panel = {
        .title = about.at("title").string(),
        .caption = about.at("caption").string(),
        .lanes = std::vector<std::string>(static_cast<size_t>(lanes)),
        .boxes = {},
        .slices = {}};
    if (about.at("boxed").boolean()) {
      panel.boxes.resize(panel.lanes.size());
    }
    for (size_t lane = 0; lane < panel.lanes.size(); ++lane) {
      places_.push_back({picture_.panels.size(), static_cast<uint32_t>(lane)});
    }
    if (places_.size() > static_cast<size_t>(kMostLanes)) {
      refuse("more lanes than anybody can look at");
    }
    picture_.panels.push_back(std::move(panel));
  }

  struct Place {
    size_t panel;
    uint32_t lane;
  };
  const Place& place_of(const Json& event) const {
    const double row = event.at("tid").number();
    if (!(row >= 1 && row <= static_cast<double>(places_.size()))) {
      refuse("a row that no panel has");
    }
    return places_[static_cast<size_t>(row) - 1];
  }

  void take_name(const Json& event) {
    const std::string& name = event.at("args").at("name").string();
    if (event.at("name").string() == "process_name") {
      boxes_[event.at("pid").number()] = name;
      return;
    }
    const Place& place = place_of(event);
    Panel& panel = picture_.panels[place.panel];
    panel.lanes[place.lane] = name;
    if (!panel.boxes.empty()) {
      panel.boxes[place.lane] = boxes_[event.at("pid").number()];
    }
  }

  void take_slice(const Json& event) {
    const Place& place = place_of(event);
    const std::string& word = event.at("name").string();
    const auto state = std::find_if(
        kStates.begin(), kStates.end(),
        [&](LaneState each) { return look_of(each).word == word; });
    if (state == kStates.end()) {
      refuse("\"" + printable(word) + "\" is no state");
    }
    const Json& more = event.at("args");
    const TimePoint start{nanoseconds(1000 * event.at("ts").number())};
    Slice slice = {.lane = place.lane,
                   .state = *state,
                   .start = start,
                   .end = start + nanoseconds(1000 * event.at("dur").number()),
                   .cpu = static_cast<int32_t>(
                       std::clamp(more.at("cpu").number(), -1.0, 1e6)),
                   .decider = Decider::kTask,
                   .switched = false};
    for (const auto& [name, value] : more.object()) {
      if (name == "stopped_by") {
        slice.switched = true;
        slice.decider =
            value.string() == kBySystem ? Decider::kSystem : Decider::kTask;
      }
    }
    picture_.panels[place.panel].slices.push_back(slice);
  }

  // [I2]
  static void check_no_overlap(const Panel& panel) {
    std::vector<std::vector<std::pair<TimePoint, TimePoint>>> rows(
        panel.lanes.size());
    for (const Slice& slice : panel.slices) {
      rows[slice.lane].emplace_back(slice.start, slice.end);
    }
    for (auto& row : rows) {
      std::sort(row.begin(), row.end());
      for (size_t i = 1; i < row.size(); ++i) {
        if (row[i].first < row[i - 1].second) {
          refuse("two slices of a lane overlap");
        }
      }
    }
  }

  Picture picture_;
  std::vector<Place> places_;            // of each row
  std::map<double, std::string> boxes_;  // by the number of their process
};

}  // namespace

Picture picture_from_trace(std::string_view text) {
  try {
    return Reader(Json::parse(text)).picture();
  } catch (const std::out_of_range& missing) {
    refuse(missing.what());
  } catch (const std::bad_variant_access&) {
    refuse("a value of the wrong kind");
  }
}

}  // namespace demos::pictures

#include "demos/pictures/trace_json.h"

#include <map>
#include <utility>
#include <vector>

#include "demos/pictures/markup.h"
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

double microseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000;
}

// Rows are counted from 1 through all panels: to a viewer, 0 is no thread.
class Writer {
 public:
  explicit Writer(const Picture& picture) {
    for (const Panel& panel : picture.panels) {
      add(panel);
    }
    Json::Array panels;
    for (const Panel& panel : picture.panels) {
      panels.push_back(
          Json::Object{{"title", printable(panel.title)},
                       {"caption", printable(panel.caption)},
                       {"lanes", static_cast<int>(panel.lanes.size())},
                       {"boxed", !panel.boxes.empty()}});
    }
    about_ = Json::Object{
        {"name", printable(picture.name)},
        {"title", printable(picture.title)},
        {"note", printable(picture.note)},
        {"unit", printable(picture.unit.name)},
        {"unit_ns", static_cast<double>(picture.unit.length.count())},
        {"panels", std::move(panels)}};
  }

  std::string file() const {
    return "{\"displayTimeUnit\": \"ms\",\n\"otherData\": " + about_.dump() +
           ",\n\"traceEvents\": [\n" + events_ + "\n]}\n";
  }

 private:
  void add(const Panel& panel) {
    const int first_row = row_ + 1;
    std::vector<int> process_of;
    for (size_t lane = 0; lane < panel.lanes.size(); ++lane) {
      const bool another =
          lane == 0 ||
          (!panel.boxes.empty() && panel.boxes[lane] != panel.boxes[lane - 1]);
      if (another) {
        ++process_;
        name_it("process_name",
                panel.boxes.empty() ? panel.title : panel.boxes[lane]);
      }
      ++row_;
      name_it("thread_name", panel.lanes[lane]);
      process_of.push_back(process_);
    }
    std::map<TimePoint, int> running;  // changes
    for (const Slice& slice : panel.slices) {
      event(slice_event(slice, process_of[slice.lane],
                        first_row + static_cast<int>(slice.lane)));
      if (slice.state == LaneState::kRunning) {
        ++running[slice.start];
        --running[slice.end];
      }
    }
    int count = 0;
    for (const auto& [time, change] : running) {
      count += change;
      event({{"ph", "C"},
             {"name", "running"},
             {"pid", process_of.front()},
             {"ts", microseconds(time - TimePoint{})},
             {"args", Json::Object{{"running", count}}}});
    }
  }

  void name_it(const char* what, const std::string& name) {
    event({{"ph", "M"},
           {"name", what},
           {"pid", process_},
           {"tid", row_},
           {"args", Json::Object{{"name", printable(name)}}}});
  }

  static Json::Object slice_event(const Slice& slice, int process, int row) {
    Json::Object more = {{"cpu", slice.cpu}};
    if (slice.switched) {
      more.emplace_back("stopped_by", slice.decider == Decider::kSystem
                                          ? kBySystem
                                          : kByItself);
    }
    return {{"ph", "X"},
            {"name", look_of(slice.state).word},
            {"pid", process},
            {"tid", row},
            {"ts", microseconds(slice.start - TimePoint{})},
            {"dur", microseconds(slice.end - slice.start)},
            {"args", std::move(more)}};
  }

  void event(Json::Object members) {
    events_ += (events_.empty() ? "" : ",\n") + Json(std::move(members)).dump();
  }

  Json about_;
  std::string events_;
  int process_ = 0;
  int row_ = 0;
};

}  // namespace

std::string trace_json(const Picture& picture) {
  return Writer(picture).file();
}

}  // namespace demos::pictures

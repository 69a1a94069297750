#include "demos/pictures/ascii.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "demos/pictures/markup.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos::pictures {

namespace {

constexpr double kColumns = 66;

std::string line(const std::string& text) {
  return text.empty() ? "" : printable(text) + "\n";
}

// The chart says times as the clock of the run does.
std::string unit_line(const Unit& unit) {
  if (unit.name == "ms" || unit.name == "s") {
    return "";
  }
  const bool seconds = unit.length >= std::chrono::seconds(1);
  const Unit clock = {seconds ? "s" : "ms",
                      seconds
                          ? std::chrono::seconds(1)
                          : scheduler::Duration(std::chrono::milliseconds(1))};
  if (unit.length == clock.length) {
    return "in the charts " + clock.name + " stands for " + unit.name + "\n";
  }
  return "in the charts " + time_text(unit.length, clock) + " stands for " +
         time_text(unit.length, unit) + "\n";
}

std::string name_of(const Panel& panel, size_t lane) {
  return (panel.boxes.empty() ? "" : printable(panel.boxes[lane]) + " / ") +
         printable(panel.lanes[lane]);
}

// As long as the longest name, so that time begins in one column everywhere.
size_t name_width(const Picture& picture) {
  size_t width = 0;
  for (const Panel& panel : picture.panels) {
    for (size_t lane = 0; lane < panel.lanes.size(); ++lane) {
      width = std::max(width, name_of(panel, lane).size());
    }
  }
  return width;
}

std::string chart(const Picture& picture, const Panel& panel) {
  if (panel.length() == scheduler::Duration::zero()) {
    return "";
  }
  const size_t width = name_width(picture);
  std::vector<std::string> names;
  for (size_t lane = 0; lane < panel.lanes.size(); ++lane) {
    names.push_back(name_of(panel, lane));
    names.back().resize(width, ' ');
  }
  const double share = scheduler::in_seconds(panel.length()) /
                       scheduler::in_seconds(picture.length());
  return scheduler::draw_gantt(names, panel.slices,
                               static_cast<int>(kColumns * share + 0.5));
}

// Who switched is told in the last column of three or more.
bool has_narrow_switch(const Picture& picture) {
  const scheduler::Duration two_columns =
      2 * picture.length() / static_cast<int>(kColumns);
  const auto is_narrow = [&](const scheduler::Slice& slice) {
    return slice.switched && slice.state == scheduler::LaneState::kRunning &&
           slice.end - slice.start <= two_columns;
  };
  return std::ranges::any_of(picture.panels, [&](const Panel& panel) {
    return std::ranges::any_of(panel.slices, is_narrow);
  });
}

}  // namespace

std::string ascii_text(const Picture& picture) {
  std::string text = line(picture.name + ": " + picture.title) +
                     line(picture.note) + unit_line(picture.unit) + "\n";
  for (const Question& question : picture.questions) {
    text += question.condition.empty()
                ? line("      +--> " + question.advice) + "\n"
                : line(question.condition + " ? --yes--> " + question.advice) +
                      "      | no\n";
  }
  for (const Panel& panel : picture.panels) {
    text +=
        line(panel.title) + line(panel.caption) + chart(picture, panel) + "\n";
  }
  if (!picture.panels.empty()) {
    text += scheduler::gantt_legend() + "\n";
    text +=
        has_narrow_switch(picture)
            ? "a bar of fewer than three columns has no room for ! and |\n\n"
            : "\n";
  }
  return text;
}

}  // namespace demos::pictures

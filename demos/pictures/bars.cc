#include "demos/pictures/bars.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "demos/pictures/markup.h"
#include "demos/support/report.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::pictures {

namespace {

using scheduler::Duration;
using scheduler::LaneState;
using scheduler::Slice;
using scheduler::TimePoint;

// A letter is about seven units wide; the narrowest strip has some 250.
constexpr double kRoomForALetter = 3;

std::string percent(Duration part, Duration whole) {
  const double share =
      whole == Duration::zero()
          ? 0
          : 100 * scheduler::in_seconds(part) / scheduler::in_seconds(whole);
  std::string text = support::fixed(share, 3);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text + "%";
}

double share_of(const Slice& slice, const Picture& picture) {
  return 100 * scheduler::in_seconds(slice.end - slice.start) /
         scheduler::in_seconds(picture.length());
}

// "A: running, 0 ms to 8 ms, on CPU 1; stopped by the system"
std::string sentence(const Picture& picture, const Panel& panel,
                     const Slice& slice) {
  const auto at = [&](TimePoint time) {
    return time_text(time - TimePoint{}, picture.unit);
  };
  std::string text = panel.lanes[slice.lane] + ": " +
                     look_of(slice.state).word + ", " + at(slice.start) +
                     " to " + at(slice.end);
  if (slice.cpu >= 0) {
    text += ", on CPU " + std::to_string(slice.cpu);
  }
  if (slice.switched && slice.state == LaneState::kRunning) {
    text += slice.decider == scheduler::Decider::kSystem
                ? "; stopped by the system"
                : "; stopped by itself";
  }
  return text;
}

std::string letter(const std::string& x, std::string_view anchor, char what) {
  return "<text class=\"letter\" x=\"" + x + "\" y=\"13\" text-anchor=\"" +
         std::string(anchor) + "\">" + what + "</text>";
}

std::string bar(const Picture& picture, const Panel& panel,
                const Slice& slice) {
  const Duration length = picture.length();
  const StateLook& look = look_of(slice.state);
  const Duration start = slice.start - TimePoint{};
  const Duration end = slice.end - TimePoint{};
  const double share = share_of(slice, picture);
  std::string text =
      "<g class=\"bar\" data-from=\"" + std::to_string(start.count()) +
      "\" data-to=\"" + std::to_string(end.count()) + "\" data-lane=\"" +
      escaped(panel.lanes[slice.lane]) + "\" data-state=\"" +
      scheduler::gantt_letter(slice.state) + ' ' + look.word + "\"><title>" +
      escaped(sentence(picture, panel, slice)) + "</title><rect class=\"" +
      look.name + "\" x=\"" + percent(start, length) + "\" width=\"" +
      percent(end - start, length) + "\" y=\"0.5\" height=\"" +
      std::to_string(kBarHeight - 1) + "\"/>";
  // The mark of a switch is more than the letter, where there is room for one.
  const bool marked = slice.switched && slice.state == LaneState::kRunning;
  if (share >= (marked ? 2 * kRoomForALetter : kRoomForALetter)) {
    text += letter(percent(start + (end - start) / 2, length), "middle",
                   scheduler::gantt_letter(slice.state));
  }
  if (marked && share >= kRoomForALetter) {
    text += letter(percent(end - length / 200, length), "end",
                   slice.decider == scheduler::Decider::kSystem ? '!' : '|');
  }
  if (marked) {
    text += switch_tick(percent(end, length), slice.decider);
  }
  return text + "</g>\n";
}

}  // namespace

std::string switch_tick(const std::string& end, scheduler::Decider decider) {
  return "<line class=\"" +
         std::string(decider == scheduler::Decider::kSystem ? "forced"
                                                            : "own") +
         "\" x1=\"" + end + "\" x2=\"" + end +
         "\" y1=\"0.5\" y2=\"17.5\" transform=\"translate(-1.5)\"/>";
}

std::string bars_of(const Picture& picture, const Panel& panel, size_t lane) {
  std::string text;
  TimePoint end{};
  for (const Slice& slice : panel.slices) {
    if (slice.lane == lane) {
      text += bar(picture, panel, slice);
      end = std::max(end, slice.end);
    }
  }
  const Duration rest = picture.length() - (end - TimePoint{});
  if (!text.empty() && 100 * rest >= kRoomForALetter * picture.length()) {
    const Duration behind = end - TimePoint{} + picture.length() / 100;
    const std::string at = std::to_string((end - TimePoint{}).count());
    // From its moment on, in a page that is stepped through.
    text += "<g data-from=\"" + at + "\" data-to=\"" + at + "\">" +
            letter(percent(behind, picture.length()), "start", 'x') + "</g>\n";
  }
  return text;
}

std::string scale_of(const Picture& picture) {
  const Duration length = picture.length();
  std::string text;
  for (const Duration mark : scale_marks(length, picture.unit)) {
    const std::string x = percent(mark, length);
    // At the ends there is no room on both sides.
    const bool first = mark == Duration::zero();
    const char* const anchor = first                         ? "start"
                               : mark > length - length / 20 ? "end"
                                                             : "middle";
    text += "<line class=\"mark\" x1=\"" + x + "\" x2=\"" + x +
            "\" y1=\"14\" y2=\"18\"/><text class=\"scale\" x=\"" + x +
            "\" y=\"11\" text-anchor=\"" + anchor + "\">" +
            (first ? "0" : escaped(time_text(mark, picture.unit))) +
            "</text>\n";
  }
  return text;
}

std::string hatches() {
  // Each is what is drawn again and again on the colour of its state.
  struct Hatch {
    const char* name;
    const char* strokes;
  };
  constexpr std::array<Hatch, 5> kHatches = {{
      {"running", ""},
      {"ready", "<path d=\"M0 2H6M0 5H6\"/>"},
      {"waiting", "<path d=\"M1 2h1M4 5h1\"/>"},
      {"lock", "<path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\"/>"},
      {"gil", "<path d=\"M0 0L6 6M0 6L6 0\"/>"},
  }};
  std::string text = "<defs>\n";
  for (const Hatch& hatch : kHatches) {
    text += std::string("<pattern id=\"hatch-") + hatch.name +
            "\" class=\"hatch " + hatch.name +
            "\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
            "<rect width=\"6\" height=\"6\"/>" +
            hatch.strokes + "</pattern>\n";
  }
  return text + "</defs>\n";
}

std::string bar_style() {
  return R"(:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff;
  --faint: #6a6a6a; --edge: #555555; --line: #7c7c7c; --on-bar: #000000;
  --running: #7db4e6; --ready: #f3dc96; --waiting: #eeeeee;
  --lock: #f0b27a; --gil: #e2a3cc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181b;
  --faint: #a0a4a8; --edge: #b0b4b8; --line: #8d9296; --on-bar: #ffffff;
  --running: #1f5f99; --ready: #5c4a12; --waiting: #26292d;
  --lock: #7a4516; --gil: #6d2f58; } }
text { font: 11px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--ink); }
.scale { fill: var(--faint); }
.mark { stroke: var(--faint); }
.bar rect { stroke: var(--edge); stroke-width: 0.5; }
.bar line { stroke: var(--ink); stroke-width: 2; }
.bar line.forced { stroke-dasharray: 10 3 4; }
.letter { font-weight: bold; fill: var(--on-bar); paint-order: stroke;
  stroke-width: 2.5px; }
.hatch path { stroke: var(--line); stroke-width: 1; }
.hatch.running rect { fill: var(--running); }
.hatch.ready rect { fill: var(--ready); }
.hatch.waiting rect { fill: var(--waiting); }
.hatch.lock rect { fill: var(--lock); }
.hatch.gil rect { fill: var(--gil); }
.bar rect.running { fill: url(#hatch-running); }
.bar rect.ready { fill: url(#hatch-ready); }
.bar rect.waiting { fill: url(#hatch-waiting); }
.bar rect.lock { fill: url(#hatch-lock); }
.bar rect.gil { fill: url(#hatch-gil); }
.bar rect.running + .letter, .bar rect.running + .letter + .letter { stroke: var(--running); }
.bar rect.ready + .letter { stroke: var(--ready); }
.bar rect.waiting + .letter { stroke: var(--waiting); }
.bar rect.lock + .letter { stroke: var(--lock); }
.bar rect.gil + .letter { stroke: var(--gil); }
)";
}

}  // namespace demos::pictures

#include "demos/pictures/svg.h"

#include <set>
#include <string_view>

#include "demos/pictures/bars.h"
#include "demos/pictures/markup.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos::pictures {

namespace {

using scheduler::LaneState;
using scheduler::Slice;

constexpr int kWidth = 760;
constexpr int kMargin = 12;
constexpr int kBars = 132;  // where time begins
constexpr int kLane = kBarHeight + 4;

// A sheet that is filled from the top.
class Sheet {
 public:
  explicit Sheet(const Picture& picture) : picture_(picture) {
    down(8);
    line("title", picture.name + ": " + picture.title, 20);
    if (!picture.note.empty()) {
      line("note", picture.note, 16);
    }
    down(6);
  }

  void add(const Panel& panel) {
    line("panel", panel.title, 18);
    if (!panel.caption.empty()) {
      line("note", panel.caption, 18);
    }
    for (size_t lane = 0; lane < panel.lanes.size(); ++lane) {
      const bool boxed = !panel.boxes.empty();
      if (boxed && (lane == 0 || panel.boxes[lane] != panel.boxes[lane - 1])) {
        box_around(panel, lane);
      }
      strip(kMargin + (boxed ? 6 : 0), kBars - kMargin - 10, "16",
            "<text x=\"0\" y=\"13\">" + escaped(panel.lanes[lane]) + "</text>");
      strip(kBars, kWidth - kBars - kMargin, std::to_string(kBarHeight),
            "\n" + bars_of(picture_, panel, lane));
      down(kLane);
      if (boxed && (lane + 1 == panel.lanes.size() ||
                    panel.boxes[lane + 1] != panel.boxes[lane])) {
        down(8);
      }
    }
    down(8);
  }

  void scale() {
    strip(kBars, kWidth - kBars - kMargin, "18", "\n" + scale_of(picture_));
    down(24);
  }

  void legend() {
    std::set<LaneState> seen;
    for (const Panel& panel : picture_.panels) {
      for (const Slice& slice : panel.slices) {
        seen.insert(slice.state);
      }
    }
    int x = kMargin;
    for (const LaneState state : seen) {
      const StateLook& look = look_of(state);
      text_ += "<g class=\"bar\"><rect class=\"" + std::string(look.name) +
               "\" x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y_) +
               "\" width=\"20\" height=\"16\"/><text class=\"letter\" x=\"" +
               std::to_string(x + 10) + "\" y=\"" + std::to_string(y_ + 12) +
               "\" text-anchor=\"middle\">" + scheduler::gantt_letter(state) +
               "</text></g>";
      words(x + 26, y_ + 12, look.word);
      x += 40 + 7 * static_cast<int>(std::string_view(look.word).size());
    }
    down(24);
    line("note",
         "at a bar's end: ! or a broken line, stopped by the system; "
         "| or a whole line, stopped by itself. x: ended",
         20);
  }

  // A question, with its answer on the right, or what remains.
  void add(const Question& question) {
    constexpr int kHeight = 30;
    const bool asks = !question.condition.empty();
    const int advice = asks ? 560 : kMargin;
    if (asks) {
      frame(kMargin, kWidth - 320, kHeight, question.condition + " ?");
      arrow(kMargin + kWidth - 320, y_ + kHeight / 2, advice, y_ + kHeight / 2);
      words(470, y_ + 11, "yes");
      arrow(60, y_ + kHeight, 60, y_ + 2 * kHeight);
      words(68, y_ + kHeight + 19, "no");
    }
    frame(advice, kWidth - 560 - kMargin, kHeight, question.advice);
    down(2 * kHeight);
  }

  std::string file() const {
    const std::string height = std::to_string(y_);
    const std::string width = std::to_string(kWidth);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width +
           " " + height + "\" width=\"" + width + "\" height=\"" + height +
           "\" role=\"img\">\n<title>" +
           escaped(picture_.name + ": " + picture_.title) +
           "</title>\n<style>\n" + bar_style() +
           ".title { font-size: 15px; font-weight: bold; }\n"
           ".panel { font-weight: bold; }\n.note { fill: var(--faint); }\n"
           ".box { fill: none; stroke: var(--faint); }\n"
           ".arrow { stroke: var(--ink); marker-end: url(#tip); }\n"
           "#tip path { fill: var(--ink); }\n</style>\n" +
           hatches() +
           "<marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
           "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
           "<path d=\"M0 0L8 4L0 8z\"/></marker>\n"
           "<rect width=\"100%\" height=\"100%\" fill=\"var(--paper)\"/>\n" +
           text_ + "</svg>\n";
  }

 private:
  void down(int units) { y_ += units; }

  void words(int x, int y, std::string_view text, std::string_view look = "") {
    text_ += (look.empty() ? "<text x=\""
                           : "<text class=\"" + std::string(look) + "\" x=\"") +
             std::to_string(x) + "\" y=\"" + std::to_string(y) + "\">" +
             escaped(text) + "</text>\n";
  }
  void line(std::string_view look, std::string_view text, int height) {
    words(kMargin, y_ + 12, text, look);
    down(height);
  }
  // A window of its own: what is too long ends at its edge.
  void strip(int x, int width, const std::string& height,
             const std::string& content) {
    text_ += "<svg x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y_) +
             "\" width=\"" + std::to_string(width) + "\" height=\"" + height +
             "\">" + content + "</svg>\n";
  }
  void frame(int x, int width, int height, const std::string& text) {
    text_ += "<rect class=\"box\" x=\"" + std::to_string(x) + "\" y=\"" +
             std::to_string(y_) + "\" width=\"" + std::to_string(width) +
             "\" height=\"" + std::to_string(height) + "\" rx=\"3\"/>";
    words(x + 8, y_ + height / 2 + 4, text);
  }
  void arrow(int x1, int y1, int x2, int y2) {
    text_ += "<line class=\"arrow\" x1=\"" + std::to_string(x1) + "\" y1=\"" +
             std::to_string(y1) + "\" x2=\"" + std::to_string(x2) + "\" y2=\"" +
             std::to_string(y2) + "\"/>";
  }
  void box_around(const Panel& panel, size_t first) {
    size_t last = first;
    while (last + 1 < panel.lanes.size() &&
           panel.boxes[last + 1] == panel.boxes[first]) {
      ++last;
    }
    words(kMargin + 6, y_ + 13, panel.boxes[first], "note");
    const int height = 20 + kLane * static_cast<int>(last - first + 1);
    text_ += "<rect class=\"box\" x=\"" + std::to_string(kMargin) + "\" y=\"" +
             std::to_string(y_) + "\" width=\"" +
             std::to_string(kWidth - 2 * kMargin + 4) + "\" height=\"" +
             std::to_string(height) + "\" rx=\"3\"/>\n";
    down(18);
  }

  const Picture& picture_;
  std::string text_;
  int y_ = 0;
};

}  // namespace

std::string svg_file(const Picture& picture) {
  Sheet sheet(picture);
  for (const Question& question : picture.questions) {
    sheet.add(question);
  }
  for (const Panel& panel : picture.panels) {
    sheet.add(panel);
  }
  if (!picture.panels.empty()) {
    sheet.scale();
    sheet.legend();
  }
  return sheet.file();
}

}  // namespace demos::pictures

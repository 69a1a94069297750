#include "demos/pictures/html_page.h"

#include <utility>

#include "demos/pictures/bars.h"
#include "demos/pictures/markup.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::pictures {

namespace {

constexpr char kStyle[] =
#include "demos/pictures/page.css.inc"
    ;
constexpr char kScript[] =
#include "demos/pictures/page.js.inc"
    ;

std::string element(const std::string& tag, const std::string& look,
                    const std::string& text) {
  return text.empty() ? ""
                      : "<" + tag + " class=\"" + look + "\">" + escaped(text) +
                            "</" + tag + ">\n";
}

// The moments are the script's business: it knows them from the bars.
constexpr const char* kControls =
    "<div class=\"controls\">"
    "<button type=\"button\" class=\"back\">&#9664; back</button>"
    "<button type=\"button\" class=\"step\">step &#9654;</button>"
    "<input type=\"range\" class=\"scrubber\" min=\"0\" max=\"0\" value=\"0\" "
    "aria-label=\"moment\">"
    "<output class=\"moment\"></output></div>\n";

std::string strip(const std::string& look, int height,
                  const std::string& bars) {
  return "<div class=\"" + look + "\"><svg width=\"100%\" height=\"" +
         std::to_string(height) + "\">\n" + bars + "</svg></div>\n";
}

std::string panel_part(const Picture& picture, const Panel& panel) {
  std::string text = "<div class=\"panel\">\n" +
                     element("h3", "title", panel.title) +
                     element("p", "note", panel.caption);
  for (size_t lane = 0; lane < panel.lanes.size(); ++lane) {
    const bool boxed = !panel.boxes.empty();
    if (boxed && (lane == 0 || panel.boxes[lane] != panel.boxes[lane - 1])) {
      text += std::string(lane == 0 ? "" : "</div>\n") +
              "<div class=\"box\">\n" + element("p", "note", panel.boxes[lane]);
    }
    text += "<div class=\"lane\">" + element("bdi", "name", panel.lanes[lane]) +
            strip("bars", kBarHeight, bars_of(picture, panel, lane)) +
            "</div>\n";
  }
  return text + (panel.boxes.empty() ? "" : "</div>\n") +
         "<div class=\"lane\"><span class=\"name\"></span>" +
         strip("ruler", 18, scale_of(picture)) +
         "</div>\n<p class=\"says\"></p>\n</div>\n";
}

// One question is one moment.
std::string question_part(const Question& question, size_t place) {
  const bool asks = !question.condition.empty();
  return "<li data-from=\"" + std::to_string(place) + "\" data-to=\"" +
         std::to_string(place + 1) + "\" data-lane=\"" +
         escaped(asks ? question.condition : question.advice) +
         "\" data-state=\"" + (asks ? "? asked" : "= what remains") + "\">" +
         element("span", "condition", asks ? question.condition + " ?" : "") +
         (asks ? "<span class=\"yes\">yes &#8594;</span>" : "") +
         element("span", "advice", question.advice) +
         (asks ? "<span class=\"no\">no &#8595;</span>" : "") + "</li>\n";
}

std::string legend() {
  std::string text = "<p class=\"legend\">";
  for (const auto state :
       {scheduler::LaneState::kRunning, scheduler::LaneState::kReady,
        scheduler::LaneState::kWaiting, scheduler::LaneState::kWaitingForLock,
        scheduler::LaneState::kWantsGil}) {
    const StateLook& look = look_of(state);
    text += std::string(
                "<span><svg width=\"20\" height=\"18\"><g class=\"bar"
                "\"><rect class=\"") +
            look.name +
            "\" x=\"0.5\" y=\"0.5\" width=\"19\" height=\"17\"/>"
            "<text class=\"letter\" x=\"10\" y=\"13\" "
            "text-anchor=\"middle\">" +
            scheduler::gantt_letter(state) + "</text></g></svg> " + look.word +
            "</span>\n";
  }
  for (const auto& [decider, words] :
       {std::pair(scheduler::Decider::kSystem, "! stopped by the system"),
        std::pair(scheduler::Decider::kTask, "| stopped by itself")}) {
    text += "<span><svg width=\"6\" height=\"18\"><g class=\"bar\">" +
            switch_tick("5", decider) + "</g></svg> " + words + "</span>\n";
  }
  return text + "<span>x ended</span></p>\n";
}

}  // namespace

std::string picture_section(const Picture& picture) {
  std::string text =
      "<section class=\"picture\" data-unit=\"" + escaped(picture.unit.name) +
      "\" data-unit-ns=\"" + std::to_string(picture.unit.length.count()) +
      "\" data-length=\"" +
      std::to_string(picture.questions.empty()
                         ? picture.length().count()
                         : static_cast<int64_t>(picture.questions.size())) +
      "\">\n" + element("h2", "title", picture.name + ": " + picture.title) +
      element("p", "note", picture.note) + kControls;
  if (!picture.questions.empty()) {
    text += "<div class=\"panel\"><ol class=\"questions\">\n";
    for (size_t i = 0; i < picture.questions.size(); ++i) {
      text += question_part(picture.questions[i], i);
    }
    text += "</ol><p class=\"says\"></p></div>\n";
  }
  for (const Panel& panel : picture.panels) {
    text += panel_part(picture, panel);
  }
  return text + (picture.panels.empty() ? "" : legend()) + "</section>\n";
}

std::string page_around(const std::string& title, const std::string& content,
                        const std::string& style) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
         "charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
         "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n" +
         element("title", "page", title) + "<style>\n" + bar_style() + kStyle +
         style +
         "</style>\n</head>\n<body>\n<svg class=\"hatches\" width=\"0\" "
         "height=\"0\" aria-hidden=\"true\">" +
         hatches() + "</svg>\n" + element("h1", "page", title) + content +
         "<script>\n" + kScript + "</script>\n</body>\n</html>\n";
}

std::string html_page(const std::string& title,
                      const std::vector<Picture>& pictures) {
  std::string content;
  for (const Picture& picture : pictures) {
    content += picture_section(picture);
  }
  return page_around(title, content);
}

}  // namespace demos::pictures

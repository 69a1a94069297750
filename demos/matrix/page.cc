#include "demos/matrix/page.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "demos/bodies/experiment.h"
#include "demos/matrix/cell_picture.h"
#include "demos/matrix/claims.h"
#include "demos/matrix/reported.h"
#include "demos/matrix/reported_table.h"
#include "demos/matrix/table.h"
#include "demos/matrix/verdict.h"
#include "demos/pictures/html_page.h"
#include "demos/pictures/markup.h"
#include "demos/support/report.h"
#include "demos/support/statistics.h"

namespace demos::matrix {

namespace {

using pictures::escaped;
using support::fixed;

constexpr char kStyle[] =
#include "demos/matrix/page.css.inc"
    ;

constexpr int kBarHeight = 18;

std::string element(const std::string& tag, const std::string& look,
                    const std::string& text) {
  return "<" + tag + " class=\"" + look + "\">" + escaped(text) + "</" + tag +
         ">\n";
}

// Of the widest bar; two digits are a tenth of a point on a screen.
std::string percent(double part, double whole) {
  return fixed(whole > 0 ? 100 * part / whole : 0, 2) + "%";
}

std::string line(const std::string& x1, const std::string& x2, int y1, int y2) {
  return "<line class=\"range\" x1=\"" + x1 + "\" x2=\"" + x2 + "\" y1=\"" +
         std::to_string(y1) + "\" y2=\"" + std::to_string(y2) + "\"/>";
}

// A bar that is `value` long, and across its end the range, if there is one.
std::string strip(const std::string& hatch, double value, double longest,
                  const std::optional<support::Spread>& range) {
  std::string text = "<svg width=\"100%\" height=\"" +
                     std::to_string(kBarHeight) +
                     "\" aria-hidden=\"true\"><g class=\"bar\"><rect class=\"" +
                     hatch + "\" x=\"0\" y=\"2.5\" height=\"13\" width=\"" +
                     percent(value, longest) + "\"/></g>";
  if (range) {
    const std::string low = percent(range->low, longest);
    const std::string high = percent(range->high, longest);
    text +=
        line(low, high, 9, 9) + line(low, low, 5, 13) + line(high, high, 5, 13);
  }
  return text + "</svg>";
}

// The slowest of the table is the full width, less a little for its line.
double longest_of(const MeasuredTest& test) {
  double longest = 0;
  for (const Row& row : test.rows) {
    longest = std::max(longest, row.seconds.high);
  }
  return 1.01 * longest;
}

double longest_of(const std::vector<Reported>& cells) {
  double longest = 0;
  for (const Reported& cell : cells) {
    longest = std::max(longest, cell.seconds);
  }
  return longest;
}

std::string cell(const std::string& look, const std::string& label,
                 const std::string& content) {
  return "<td class=\"" + look + "\" data-label=\"" + escaped(label) + "\">" +
         content + "</td>\n";
}

std::string number(const std::string& label, const std::string& text) {
  return cell("number", label, escaped(text));
}

std::string time_cell(const MeasuredTest& test, const Row& row) {
  const std::string mark = mark_of(test, row);
  std::string text =
      strip("running", row.seconds.median, longest_of(test), row.seconds) +
      escaped(support::median_and_range(row.seconds, digits_for(test)));
  if (!mark.empty()) {
    text += " <span class=\"best\">" + escaped(mark) + "</span>";
  }
  return cell("time", "time in s", text);
}

std::string how_it_reads(const Reported& reported) {
  if (!reported.prediction) {
    return "taken as it is: nothing here predicts it";
  }
  const std::string how = reported.prediction->fitted
                              ? " by fitting: "
                              : " predicted (" + error_text(reported) + "): ";
  return predicted_text(reported) + how + reported.prediction->from;
}

std::string documents_cell(const MeasuredTest& test, const Row& row) {
  const std::vector<Reported> cells = reported_for(test.experiment.number);
  const auto found = std::find_if(
      cells.begin(), cells.end(),
      [&](const Reported& reported) { return reported.model == row.model; });
  if (found == cells.end()) {
    return cell("documents", "in the documents", "no figure");
  }
  std::string figures = reported_seconds(found->seconds);
  if (&row != &test.single()) {
    figures += ", " + fixed(found->vs_single, 2) +
               " times as fast as single; here " + fixed(row.speed_up, 2);
  }
  return cell("documents", "in the documents",
              strip("ready", found->seconds, longest_of(cells), std::nullopt) +
                  escaped(figures) +
                  element("p", "note", how_it_reads(*found)));
}

std::string row_of(const MeasuredTest& test, const Row& row) {
  return "<tr>\n<th scope=\"row\">" + escaped(row.model) + "</th>\n" +
         time_cell(test, row) + number("vs single", fixed(row.speed_up, 2)) +
         number("cpu %", fixed(row.cpu_percent, 0)) +
         number("peak MB", fixed(row.peak_mb, 1)) +
         number("vol/invol", fixed(row.voluntary_switches, 0) + "/" +
                                 fixed(row.involuntary_switches, 0)) +
         number("threads", std::to_string(row.threads)) +
         number("procs", std::to_string(row.processes)) +
         documents_cell(test, row) + "</tr>\n";
}

std::string rows_of(const MeasuredTest& test) {
  std::string text =
      "<table class=\"models\"><thead><tr><th scope=\"col\">model</th>"
      "<th scope=\"col\">time in s: median (range)</th>"
      "<th scope=\"col\" class=\"number\">vs single</th>"
      "<th scope=\"col\" class=\"number\">cpu %</th>"
      "<th scope=\"col\" class=\"number\">peak MB</th>"
      "<th scope=\"col\" class=\"number\">switches vol/invol</th>"
      "<th scope=\"col\" class=\"number\">threads</th>"
      "<th scope=\"col\" class=\"number\">procs</th>"
      "<th scope=\"col\">in the documents, and how it reads today</th>"
      "</tr></thead>\n<tbody>\n";
  for (const Row& row : test.rows) {
    text += row_of(test, row);
  }
  return text + "</tbody></table>\n";
}

// One for each line.
std::string paragraphs(const std::string& look, const std::string& text) {
  std::istringstream lines(text);
  std::string all;
  for (std::string one; std::getline(lines, one);) {
    all += element("p", look, one);
  }
  return all;
}

std::string verdicts_of(const MeasuredTest& test) {
  const bool reported = !reported_for(test.experiment.number).empty();
  return paragraphs("verdict", verdict_of(test) + "\n" + claims_of(test) +
                                   (reported ? reported_verdict_of(test) : ""));
}

// Folded where there are many: a page of seven tests would be endless.
std::string cells_of(const MeasuredTest& test, bool open) {
  std::string text;
  for (const Row& row : test.rows) {
    if (has_events(row)) {
      text += std::string("<details") + (open ? " open" : "") + ">\n" +
              element("summary", "cell",
                      "timeline: " + row.model + ", " +
                          fixed(row.seconds.median, digits_for(test)) + " s") +
              pictures::picture_section(picture_of_cell(test, row)) +
              "</details>\n";
    }
  }
  return text.empty() ? text : text + paragraphs("note", sources_of_bars());
}

}  // namespace

std::string page_of(const std::vector<MeasuredTest>& tests,
                    const std::string& remarks) {
  std::string content =
      element("p", "note",
              "A bar ends at the median; the line across its end is the range "
              "of all runs. The documents' bars are drawn to the longest of "
              "their own. " +
                  remarks);
  for (const MeasuredTest& test : tests) {
    content += "<section class=\"test\">\n" +
               element("h2", "title", title_of(test)) + rows_of(test) +
               verdicts_of(test) + cells_of(test, tests.size() == 1) +
               "</section>\n";
  }
  return pictures::page_around("concurrency_matrix: one body, many models",
                               content, kStyle);
}

}  // namespace demos::matrix

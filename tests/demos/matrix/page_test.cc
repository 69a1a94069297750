#include "demos/matrix/page.h"

#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/matrix/measured_test.h"
#include "demos/matrix/options.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"

namespace demos::matrix {
namespace {

// What a browser does with it is seen by opening it; what is in it, here.
size_t count(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  return static_cast<size_t>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), regex), {}));
}

MeasuredTest measured(const bodies::Experiment& experiment) {
  MeasuredTest test;
  test.experiment = experiment;
  test.world = worlds_of(Options{}, experiment).front();
  test.runs = 3;
  test.rows = {
      {.model = "single", .seconds = {1.8, 1.7, 2.0}, .speed_up = 1},
      {.model = "processes", .seconds = {0.9, 0.85, 1.0}, .speed_up = 2},
      {.model = "nonblocking", .seconds = {0.1, 0.1, 0.1}, .speed_up = 18}};
  return test;
}

std::vector<scheduler::Event> a_lane() {
  scheduler::ManualClock clock;
  scheduler::Timeline lane(clock);
  lane.created(0, "0");
  lane.running(0);
  clock.advance(scheduler::seconds(0.01));
  lane.finished(0);
  return lane.events();
}

TEST(MatrixPage, ABarEndsAtTheMedianAndItsLineIsTheRange) {
  const std::string page = page_of({measured(bodies::sleeps())}, "");
  // Of 1.01 times the longest run.
  EXPECT_NE(page.find("height=\"13\" width=\"89.11%\""), std::string::npos);
  EXPECT_NE(page.find("x1=\"84.16%\" x2=\"99.01%\" y1=\"9\" y2=\"9\""),
            std::string::npos);
  EXPECT_NE(page.find("1.80 (1.70-2.00)"), std::string::npos);
}

TEST(MatrixPage, BesideEachRowStandsWhatTheDocumentsReported) {
  const std::string page = page_of({measured(bodies::sleeps())}, "");
  EXPECT_NE(page.find("27.14 s, 6.56 times as fast as single; here 2.00"),
            std::string::npos);
  EXPECT_NE(page.find("27.00 s by fitting: list scheduling; 8 workers"),
            std::string::npos);
  EXPECT_EQ(count(page, ">no figure<"), 1u);  // of nonblocking
}

TEST(MatrixPage, HasATableForEachTestAndATimelineForEachCell) {
  std::vector<MeasuredTest> tests = {measured(bodies::sleeps()),
                                     measured(bodies::heavy())};
  EXPECT_EQ(count(page_of(tests, ""), "<details"), 0u);
  for (MeasuredTest& test : tests) {
    for (Row& row : test.rows) {
      row.events.assign(3, a_lane());
    }
  }
  const std::string page = page_of(tests, "");
  EXPECT_EQ(count(page, "<table class=\"models\">"), 2u);
  EXPECT_EQ(count(page, "<details>"), 6u);
  EXPECT_EQ(count(page, "class=\"picture\""), 6u);
  EXPECT_EQ(count(page_of({tests[0]}, ""), "<details open>"), 3u);
  EXPECT_EQ(count(page, "VERDICT C-181 "), 2u);             // ours and theirs
  EXPECT_EQ(page.find("\xEF\xBF\xBD"), std::string::npos);  // cannot be shown
}

// I1
TEST(MatrixPage, NoTextBecomesMarkup) {
  const std::string harmful = "<script>alert(\"&'\")</script>";
  MeasuredTest test = measured(bodies::sleeps());
  test.rows[1].model = harmful;
  test.rows[1].events.assign(2, a_lane());
  test.experiment.title = harmful;
  const std::string page = page_of({test}, harmful);
  EXPECT_EQ(count(page, "<script>"), 1u);  // its own
  EXPECT_EQ(count(page, "alert\\(\""), 0u);
}

TEST(MatrixPage, IsOneFileThatFetchesNothing) {
  const std::string page = page_of({measured(bodies::sleeps())}, "");
  EXPECT_EQ(count(page, "(src|href|action)="), 0u);
  EXPECT_EQ(count(page, "@import|https?:"), 0u);
  EXPECT_EQ(count(page, "url\\((?!#)"), 0u);
}

// I2: a row becomes a card whose fields keep the headings of their columns.
TEST(MatrixPage, EveryCellOfATableHasItsLabel) {
  const std::string page = page_of({measured(bodies::sleeps())}, "");
  EXPECT_EQ(count(page, "<td "), 3u * 8);
  EXPECT_EQ(count(page, "<td class=\"[a-z]+\" data-label=\"[a-zA-Z %/]+\">"),
            3u * 8);
  EXPECT_EQ(count(page, "@media \\(max-width: 760px\\)"), 1u);
}

TEST(MatrixPage, EveryElementThatIsOpenedIsClosed) {
  MeasuredTest test = measured(bodies::heavy());
  test.rows[0].events.assign(2, a_lane());
  const std::string page = page_of({test}, "a remark");
  for (const char* tag : {"section", "table", "tr", "td", "th", "svg", "g", "p",
                          "details", "summary", "span"}) {
    EXPECT_EQ(count(page, std::string("<") + tag + "[ >]"),
              count(page, std::string("</") + tag + ">"))
        << tag;
  }
}

}  // namespace
}  // namespace demos::matrix

#include "demos/pictures/svg.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "demos/pictures/bars.h"
#include "demos/pictures/picture.h"
#include "gtest/gtest.h"
#include "tests/demos/pictures/sample.h"

namespace demos::pictures {
namespace {

size_t count(const std::string& text, const std::string& word) {
  size_t times = 0;
  for (size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + 1)) {
    ++times;
  }
  return times;
}

TEST(Svg, IsTheDrawingThatIsKept) {
  std::ifstream file("tests/demos/pictures/golden/sample.svg");
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(svg_file(sample()), kept);
}

// C-191
TEST(Svg, TellsOfEachBarWhoWhatAndWhen) {
  const std::string text = svg_file(sample());
  EXPECT_NE(text.find("<title>A: running, 0 ms to 4 ms, on CPU 1; stopped by "
                      "the system</title>"),
            std::string::npos);
  EXPECT_EQ(count(text, "class=\"bar\" data-from"), 9u);
}

TEST(Svg, TellsEachStateByHatchAndLetter) {
  const std::string hatch = hatches();
  std::set<std::string> strokes;
  const std::regex pattern("<pattern id=\"hatch-[a-z]+\".*?/>(.*)</pattern>");
  for (std::sregex_iterator it(hatch.begin(), hatch.end(), pattern), end;
       it != end; ++it) {
    strokes.insert(it->str(1));
  }
  EXPECT_EQ(strokes.size(), 5u);
  const std::string text = svg_file(sample());
  for (const char* letter : {"#", "-", ".", "L", "g", "!", "|", "x"}) {
    EXPECT_NE(text.find(std::string(">") + letter + "</text>"),
              std::string::npos)
        << letter;
  }
}

TEST(Svg, ALetterStandsOnlyWhereThereIsRoomForIt) {
  Picture picture = sample();
  picture.panels[1].slices[1].end =
      picture.panels[1].slices[1].start + std::chrono::microseconds(100);
  const std::string narrow = bars_of(picture, picture.panels[1], 1);
  EXPECT_EQ(count(narrow, ">#</text>"), 0u);
  EXPECT_EQ(count(narrow, "data-state=\"# running\""), 1u);
}

TEST(Svg, TheEndOfABarTellsWhoSwitchedHoweverNarrowItIs) {
  Picture picture = sample();
  scheduler::Slice& slice = picture.panels[1].slices[1];
  slice.end = slice.start + std::chrono::microseconds(100);
  slice.switched = true;
  slice.decider = scheduler::Decider::kSystem;
  const std::string forced = bars_of(picture, picture.panels[1], 1);
  EXPECT_EQ(count(forced, ">!</text>"), 0u);
  EXPECT_EQ(count(forced, "<line class=\"forced\" x1=\"1%\" x2=\"1%\""), 1u);
  slice.decider = scheduler::Decider::kTask;
  const std::string own = bars_of(picture, picture.panels[1], 1);
  EXPECT_EQ(count(own, "<line class=\"own\""), 1u);
  EXPECT_EQ(count(own, "<line class=\"forced\""), 0u);
}

// I2
TEST(Svg, NoNameBecomesMarkup) {
  const std::string text = svg_file(sample());
  EXPECT_EQ(count(text, "<script"), 0u);
  EXPECT_NE(text.find("&lt;script&gt;alert(&quot;1&quot;)"), std::string::npos);
}

TEST(Svg, DrawsQuestionsWithTheirAnswers) {
  const std::string text = svg_file(sample_questions());
  EXPECT_NE(text.find("a &lt; b ?"), std::string::npos);
  EXPECT_NE(text.find(">this<"), std::string::npos);
  EXPECT_NE(text.find(">that<"), std::string::npos);
}

TEST(Svg, APictureOfNothingIsStillADrawing) {
  Picture picture = sample();
  picture.panels = {make_panel("empty", {"A"}, {})};
  EXPECT_TRUE(svg_file(picture).ends_with("</svg>\n"));
}

}  // namespace
}  // namespace demos::pictures

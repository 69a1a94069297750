#include "demos/pictures/html_page.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "demos/pictures/picture.h"
#include "gtest/gtest.h"
#include "tests/demos/pictures/sample.h"

namespace demos::pictures {
namespace {

size_t count(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  return static_cast<size_t>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), regex), {}));
}

// What a browser does with it is asked by .ci/pictures.
TEST(HtmlPage, ItsSectionIsTheOneThatIsKept) {
  std::ifstream file("tests/demos/pictures/golden/sample_section.html");
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(picture_section(sample()) + picture_section(sample_questions()),
            kept);
}

TEST(HtmlPage, IsOneFileThatFetchesNothing) {
  const std::string page = html_page("all", {sample(), sample_questions()});
  EXPECT_EQ(count(page, "(src|href|action)="), 0u);
  EXPECT_EQ(count(page, "@import|https?:"), 0u);
  EXPECT_EQ(count(page, "url\\((?!#)"), 0u);
  EXPECT_EQ(count(page,
                  "Content-Security-Policy\" content=\"default-src "
                  "'none'"),
            1u);
}

// I1
TEST(HtmlPage, NoNameBecomesMarkup) {
  Picture picture = sample();
  picture.title = picture.note = picture.panels[0].caption = kHarmful;
  picture.panels[1].boxes[0] = picture.unit.name = kHarmful;
  const std::string page = html_page(kHarmful, {picture});
  EXPECT_EQ(count(page, "<script>"), 1u);  // its own
  EXPECT_EQ(count(page, "</script>"), 1u);
  EXPECT_EQ(count(page,
                  "innerHTML|outerHTML|insertAdjacent|document\\.write|"
                  "eval\\("),
            0u);
}

TEST(HtmlPage, EveryPictureHasItsControls) {
  const std::string page = html_page("all", {sample(), sample_questions()});
  for (const char* control : {"back", "step", "scrubber", "moment"}) {
    EXPECT_EQ(count(page, std::string("class=\"") + control + "\""), 2u)
        << control;
  }
}

TEST(HtmlPage, EveryElementThatIsOpenedIsClosed) {
  const std::string section = picture_section(sample());
  for (const char* tag : {"section", "div", "svg", "g", "p", "bdi", "span"}) {
    EXPECT_EQ(count(section, std::string("<") + tag + "[ >]"),
              count(section, std::string("</") + tag + ">"))
        << tag;
  }
}

}  // namespace
}  // namespace demos::pictures

#include "demos/pictures/markup.h"

#include <string>

#include "gtest/gtest.h"

namespace demos::pictures {
namespace {

const std::string kMark = "\xef\xbf\xbd";

TEST(Markup, LeavesWholeCharactersAsTheyAre) {
  const std::string text = "A \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 ~";
  EXPECT_EQ(printable(text), text);
}

TEST(Markup, MarksBytesThatAreNoCharacter) {
  EXPECT_EQ(printable("a\xff"
                      "b"),
            "a" + kMark + "b");
  EXPECT_EQ(printable("\xe2\x82"), kMark + kMark);  // cut off
  EXPECT_EQ(printable("\xc0\xaf"), kMark + kMark);  // too long for '/'
  EXPECT_EQ(printable("\xe0\x80\xaf"), kMark + kMark + kMark);
  EXPECT_EQ(printable("\xed\xa0\x80"), kMark + kMark + kMark);  // a surrogate
  EXPECT_EQ(printable("\xf5\x80\x80\x80"), kMark + kMark + kMark + kMark);
  EXPECT_EQ(printable("\xef\xbf\xbf"), kMark);  // forbidden in XML
}

TEST(Markup, MarksWhatATerminalWouldObey) {
  EXPECT_EQ(printable(std::string_view("\x1b[2J\0\n\x7f", 7)),
            kMark + "[2J" + kMark + kMark + kMark);
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            kMark + "2J");  // ESC [ in one
}

// I2
TEST(Markup, LeavesNothingThatABrowserWouldObey) {
  EXPECT_EQ(escaped("<b a='1' c=\"2\">&lt;"),
            "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;lt;");
  EXPECT_EQ(escaped("\xc3\xa9\x01"), "\xc3\xa9" + kMark);
}

}  // namespace
}  // namespace demos::pictures

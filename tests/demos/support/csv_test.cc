#include "demos/support/csv.h"

#include <random>
#include <stdexcept>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows_of(std::string_view text) {
  CsvReader reader(text);
  std::vector<Row> rows;
  for (Row row; reader.next(row);) {
    rows.push_back(row);
  }
  return rows;
}

std::string refusal(std::string_view text) {
  try {
    rows_of(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(CsvReader, CommasEndCellsAndLinesEndRows) {
  EXPECT_EQ(rows_of("a,b\nc,,d\n"),
            (std::vector<Row>{{"a", "b"}, {"c", "", "d"}}));
}

TEST(CsvReader, QuotesHoldCommasLineBreaksAndQuotes) {
  EXPECT_EQ(rows_of("1,\"a,b\",\"x\ny\",\"say \"\"hi\"\"\"\n2\n"),
            (std::vector<Row>{{"1", "a,b", "x\ny", "say \"hi\""}, {"2"}}));
}

TEST(CsvReader, TheLastLineEndMayBeMissing) {
  EXPECT_EQ(rows_of("a,b"), (std::vector<Row>{{"a", "b"}}));
  EXPECT_EQ(rows_of("a,"), (std::vector<Row>{{"a", ""}}));
  EXPECT_EQ(rows_of("\"a\""), (std::vector<Row>{{"a"}}));
}

TEST(CsvReader, LineEndsOfEveryKindAreUnderstood) {
  EXPECT_EQ(rows_of("a\r\nb\nc\rd"),
            (std::vector<Row>{{"a"}, {"b"}, {"c"}, {"d"}}));
}

TEST(CsvReader, NoTextIsNoRow) {
  EXPECT_TRUE(rows_of("").empty());
}

TEST(CsvReader, ARefusalNamesTheRow) {
  EXPECT_EQ(refusal("a\n\"b"), "CSV row 2: a quote has no end");
  EXPECT_EQ(refusal("\"a\"b\n"), "CSV row 1: text behind a closing quote");
}

// I1: whatever a cell holds.
TEST(Csv, EveryCellComesBackAsItWasWritten) {
  std::mt19937 random(1);
  constexpr std::string_view kAlphabet = "ab,\"\n\r ";
  std::string text;
  std::vector<Row> written;
  for (int i = 0; i < 300; ++i) {
    Row row(2 + random() % 4);
    for (std::string& cell : row) {
      for (auto length = random() % 6; length > 0; --length) {
        cell += kAlphabet[random() % kAlphabet.size()];
      }
    }
    text += csv_line(row);
    written.push_back(std::move(row));
  }
  EXPECT_EQ(rows_of(text), written);
}

// I2
TEST(Csv, TheSameSeedMakesTheSameText) {
  EXPECT_EQ(make_csv(50, 7), make_csv(50, 7));
  EXPECT_NE(make_csv(50, 7), make_csv(50, 8));
}

TEST(Csv, TheGeneratedTextHasItsRowsAndABreakInEach) {
  const std::vector<Row> rows = rows_of(make_csv(3000, 1));
  ASSERT_EQ(rows.size(), 3001u);  // and the headings
  for (size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 5u);
    EXPECT_EQ(rows[i][0], std::to_string(i));
    EXPECT_NE(rows[i][4].find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace demos::support

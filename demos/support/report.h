// demos/support/report.h - a table, a verdict line and a progress line.
//
// CONCEPT     A demo ends with numbers and with one sentence about them. The
//             table aligns the numbers; the verdict names the concept it is
//             about, so that a test can find the line and a learner the
//             lesson:
//                 VERDICT C-160 found: 68 of 70 schedules lose an update
//             Progress is for a person who waits: it appears on a terminal
//             only, and is wiped before anything that stays is printed.
// IN PYTHON   print, str.ljust, str.rjust
// INVARIANTS  I1. Every row has as many cells as there are columns.
// THREADS     One.
// OWNERSHIP   Owns its texts; Progress borrows the descriptor.
// ERRORS      A row of the wrong length is a bug in the caller: assert.
// LEFT OUT    Colour: letters carry all there is to say.
// READ NEXT   demos/support/json.h, for programs that read reports
#ifndef DEMOS_SUPPORT_REPORT_H_
#define DEMOS_SUPPORT_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "demos/support/statistics.h"

namespace demos::support {

class Table {
 public:
  // The first column is aligned to the left, all others to the right.
  explicit Table(std::vector<std::string> headings);

  // One cell for each heading [I1]; the remark stands behind the row.
  void add(std::vector<std::string> cells, std::string remark = "");

  std::string text() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string remark;
  };
  std::vector<Row> rows_;  // the first one holds the headings
};

// "VERDICT C-160 found: ...", without a line end.
std::string verdict(std::string_view concept_id, std::string_view sentence);

// Keeps what a demo has found until the end, where a reader looks for it.
class Verdicts {
 public:
  void add(std::string_view concept_id, std::string_view sentence) {
    text_ += verdict(concept_id, sentence) + "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// `value` with this many digits after the point.
std::string fixed(double value, int digits);

// 0.5 is "0.5" and 20 is "20": no digits that say nothing.
std::string plain(double value);

// A whole number that may be huge: "70", "about 1.58e+30". Exact where a double
// is.
std::string whole(double value);

// "68 of 70": of part and rest together, the part. Two huge numbers that differ
// by a few look the same when they are rounded, so then the few are said: "all
// but about 1.32e+112 of about 1.64e+120".
std::string part_of(double part, double rest);

// "a, b"
std::string joined(const std::vector<std::string>& words);

// "1.02 (1.00-1.05)"
std::string median_and_range(const Spread& spread, int digits);

// One line on a terminal that is written over again and again.
class Progress {
 public:
  // Silent unless `fd` is a terminal.
  explicit Progress(int fd);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  void show(std::string_view text);
  void clear();

 private:
  const int fd_;
  const bool on_terminal_;
  bool shown_ = false;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_REPORT_H_

// demos/support/csv.h - a table as text: made from a seed, and read back.
//
// CONCEPT     A row is a line, a cell ends at a comma - unless it stands in
//             quotes, where a comma and even a line break are ordinary
//             characters and "" means one quote. So a CSV file cannot be cut
//             into rows by looking for line ends: it has to be read from the
//             start, and reading it is work for the CPU. [C-184]
// IN PYTHON   csv.reader; the generator is the documents' own. [C-187]
// INVARIANTS  I1. What make_csv() writes, CsvReader reads back cell by cell.
//             I2. The same seed gives the same text.
// THREADS     A reader: one thread. make_csv: any.
// OWNERSHIP   A reader borrows the text; the cells it gives are its own.
// ERRORS      std::invalid_argument (Python's csv.Error) with the row's number
//             for a quote without end and for text behind a closing quote.
// LEFT OUT    Other separators, a byte order mark, guessing the dialect.
// READ NEXT   demos/bodies/csv_file.cc
#ifndef DEMOS_SUPPORT_CSV_H_
#define DEMOS_SUPPORT_CSV_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace demos::support {

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  // The next row into `row`, whose memory is used again; false at the end.
  bool next(std::vector<std::string>& row);

 private:
  void read_cell(std::string& cell);
  [[noreturn]] void refuse(const char* why) const;

  const std::string_view text_;
  size_t at_ = 0;
  size_t row_ = 0;
};

// The row as a line, each cell quoted where it must be.
std::string csv_line(const std::vector<std::string>& row);

// `rows` rows of about 330 bytes: number, name, amount, a sentence with commas
// and quotes, a text with line breaks.
std::string make_csv(int rows, uint32_t seed);

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_CSV_H_

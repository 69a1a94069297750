// Any text, read as CSV: rows or a refusal. [csv.h] Rows that were read come
// back when they are written and read again. [csv.h I1]
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "demos/support/csv.h"

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

}  // namespace
}  // namespace demos::support

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace demos::support;
  std::vector<Row> rows;
  try {
    rows = rows_of({reinterpret_cast<const char*>(data), size});
  } catch (const std::invalid_argument&) {
    return 0;
  }
  std::string written;
  for (const Row& row : rows) {
    written += csv_line(row);
  }
  if (rows_of(written) != rows) {
    abort();
  }
  return 0;
}

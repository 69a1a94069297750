#include "demos/support/report.h"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <system_error>
#include <utility>

#include "os/io.h"

namespace demos::support {

Table::Table(std::vector<std::string> headings) {
  rows_.push_back({std::move(headings), ""});
}

void Table::add(std::vector<std::string> cells, std::string remark) {
  assert(cells.size() == rows_.front().cells.size() &&
         "a row has one cell for each heading");  // [I1]
  rows_.push_back({std::move(cells), std::move(remark)});
}

std::string Table::text() const {
  std::vector<size_t> widths(rows_.front().cells.size());
  for (const Row& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], row.cells[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) {
      const std::string pad(widths[i] - row.cells[i].size(), ' ');
      text += i == 0 ? row.cells[i] + pad : "  " + pad + row.cells[i];
    }
    text += (row.remark.empty() ? "" : "  " + row.remark) + "\n";
  }
  return text;
}

std::string verdict(std::string_view concept_id, std::string_view sentence) {
  return "VERDICT " + std::string(concept_id) + " " + std::string(sentence);
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string plain(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

// Below, a double that counts has not been rounded.
constexpr double kExact = 9e15;

std::string whole(double value) {
  char text[400];  // the largest double has 309 digits
  std::snprintf(text, sizeof text, value < kExact ? "%.0f" : "about %.3g",
                value);
  return text;
}

std::string part_of(double part, double rest) {
  const double all = part + rest;
  const bool is_exact = all < kExact;
  return (is_exact || part < rest ? whole(part) : "all but " + whole(rest)) +
         " of " + whole(all);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string median_and_range(const Spread& spread, int digits) {
  return fixed(spread.median, digits) + " (" + fixed(spread.low, digits) + "-" +
         fixed(spread.high, digits) + ")";
}

namespace {

// A terminal that went away must not end a demo whose results go elsewhere.
void write_if_possible(int fd, std::string_view text) {
  try {
    os::write_all(fd, os::bytes_of(text));
  } catch (const std::system_error&) {
    return;
  }
}

constexpr std::string_view kWipeLine = "\r\x1b[K";  // to the start; erase

}  // namespace

Progress::Progress(int fd) : fd_(fd), on_terminal_(isatty(fd) == 1) {}

void Progress::show(std::string_view text) {
  if (on_terminal_) {
    write_if_possible(fd_, std::string(kWipeLine) + std::string(text));
    shown_ = true;
  }
}

void Progress::clear() {
  if (std::exchange(shown_, false)) {
    write_if_possible(fd_, kWipeLine);
  }
}

}  // namespace demos::support

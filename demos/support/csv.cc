#include "demos/support/csv.h"

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>

namespace demos::support {

void CsvReader::refuse(const char* why) const {
  throw std::invalid_argument("CSV row " + std::to_string(row_) + ": " + why);
}

// Up to the comma, line end or end of text that ends the cell.
void CsvReader::read_cell(std::string& cell) {
  cell.clear();
  if (at_ >= text_.size() || text_[at_] != '"') {
    const size_t end =
        std::min(text_.find_first_of(",\r\n", at_), text_.size());
    cell.assign(text_.substr(at_, end - at_));
    at_ = end;
    return;
  }
  for (++at_;;) {
    const size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) {
      refuse("a quote has no end");
    }
    cell.append(text_.substr(at_, quote - at_));
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') {
      break;
    }
    cell += '"';  // two quotes are one, inside quotes
    ++at_;
  }
  if (at_ < text_.size() && text_.find_first_of(",\r\n", at_) != at_) {
    refuse("text behind a closing quote");
  }
}

bool CsvReader::next(std::vector<std::string>& row) {
  if (at_ >= text_.size()) {
    return false;
  }
  ++row_;
  size_t cells = 0;
  for (;;) {
    if (cells == row.size()) {
      row.emplace_back();
    }
    read_cell(row[cells++]);
    if (at_ >= text_.size() || text_[at_] != ',') {
      break;
    }
    ++at_;
  }
  row.resize(cells);
  if (text_.substr(at_, 2) == "\r\n") {
    at_ += 2;
  } else if (at_ < text_.size()) {
    ++at_;
  }
  return true;
}

std::string csv_line(const std::vector<std::string>& row) {
  std::string line;
  for (const std::string& cell : row) {
    line += &cell == &row.front() ? "" : ",";
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) {
      line += c;
      line += c == '"' ? "\"" : "";
    }
    line += '"';
  }
  return line + "\n";
}

std::string make_csv(int rows, uint32_t seed) {
  constexpr std::array<std::string_view, 8> kWords = {
      "loop", "task", "thread", "queue", "lock", "pipe", "clock", "fork"};
  // The engine's numbers are fixed by the standard, those of its distributions
  // are not: the text must be the same everywhere. [I2]
  std::mt19937 random(seed);
  const auto words = [&](int count, std::string_view between) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += text.empty() ? "" : between;
      text += kWords[random() % kWords.size()];
    }
    return text;
  };
  std::string text = csv_line({"number", "name", "amount", "said", "notes"});
  for (int i = 0; i < rows; ++i) {
    text += csv_line({std::to_string(i + 1), words(2, " "),
                      std::to_string(random() % 1000000),
                      "\"" + words(20, ", ") + "\"", words(30, "\n")});
  }
  return text;
}

}  // namespace demos::support

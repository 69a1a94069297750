#include "demos/matrix/reported_table.h"

#include <cmath>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/support/report.h"

namespace demos::matrix {

namespace {

using support::fixed;

constexpr double kExplained = 0.1;

bool is_explained(const Reported& cell) {
  return std::abs(cell.error()) < kExplained;
}

std::string ratio_here(const MeasuredTest& test, const Reported& cell) {
  const Row* const row = test.find(cell.model);
  return row == nullptr ? "-" : fixed(row->speed_up, 2);
}

// "processes 9.34 s for 11.28 s (-17.2 %, not explained)"
std::string judged(const Reported& cell) {
  std::string text = std::string(cell.model) + " " + predicted_text(cell) +
                     " for " + reported_seconds(cell.seconds) + " (";
  if (cell.prediction->fitted) {
    return text + cell.prediction->from + ")";
  }
  return text + error_text(cell) +
         (is_explained(cell) ? ")" : ", not explained)");  // [I1]
}

std::vector<Reported> predicted_for(int test) {
  std::vector<Reported> cells;
  for (Reported& cell : reported_for(test)) {
    if (cell.prediction) {
      cells.push_back(std::move(cell));
    }
  }
  return cells;
}

}  // namespace

std::string reported_seconds(double seconds) {
  return fixed(seconds, seconds >= 1 ? 2 : 3) + " s";
}

std::string predicted_text(const Reported& cell) {
  return cell.prediction ? reported_seconds(cell.prediction->seconds) : "-";
}

std::string error_text(const Reported& cell) {
  if (!cell.prediction) {
    return "-";
  }
  const double percent = 100 * cell.error();
  const std::string digits = fixed(std::abs(percent), 1);
  if (digits == "0.0") {
    return cell.prediction->fitted ? "fitted" : "0.0 %";
  }
  return (percent > 0 ? "+" : "-") + digits + " %";
}

std::string reported_verdict_of(const MeasuredTest& test) {
  std::string text = "in the documents' table";
  const char* before = ": ";
  for (const Reported& cell : predicted_for(test.experiment.number)) {
    text += before + judged(cell);
    before = ", ";
  }
  if (test.experiment.number == 3) {  // what was fitted here is tried there
    for (const Reported& cell : predicted_for(5)) {
      text += "; with it TEST 5 " + judged(cell);
    }
  }
  return support::verdict(test.experiment.concept_id, text);
}

std::string reported_table_of(const MeasuredTest& test) {
  const std::vector<Reported> cells = reported_for(test.experiment.number);
  if (cells.empty()) {
    return "";
  }
  support::Table table({"in the documents", "time", "vs single",
                        "here vs single", "predicted", "error"});
  for (const Reported& cell : cells) {
    table.add({std::string(cell.model), reported_seconds(cell.seconds),
               fixed(cell.vs_single, 2), ratio_here(test, cell),
               predicted_text(cell), error_text(cell)},
              cell.prediction ? cell.prediction->from : "");
  }
  return table.text() + reported_verdict_of(test) + "\n";
}

}  // namespace demos::matrix

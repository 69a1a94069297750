// demos/bodies/csv_file.cc - TEST 7: read a large CSV file. [C-184]
//
// Every item reads the whole file, as each worker does in the documents'
// sources. The file lies in memory (the system keeps what was just written),
// so this is no waiting but work: a quote can turn a comma or a line end into
// text, and only reading from the start tells.
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/bodies/file.h"
#include "demos/bodies/step.h"
#include "demos/support/csv.h"

namespace demos::bodies {

namespace {

constexpr uint32_t kSeed = 7;
constexpr int kRowsBetweenChecks = 16;

std::string path_in(const World& world) {
  return world.folder + "/table.csv";
}

std::string describe(const World& world) {
  return std::to_string(world.items) + " readers of " +
         std::to_string(world.sizes.rows) + " rows each";
}

void prepare(const World& world) {
  File file;
  file.open(path_in(world), File::Mode::kAppend);
  file.write(support::make_csv(world.sizes.rows, kSeed));
  file.close();
}

Body body(World world, int) {
  File file;
  co_yield open_to_read(file, path_in(world));
  const Answer text = (co_yield read(file)).value_or("");
  co_yield close(file);
  support::CsvReader reader(text);
  std::vector<std::string> row;
  Value sum = 0;
  for (int rows = 0; reader.next(row); ++rows) {
    for (const std::string& cell : row) {
      sum = sum * 31 + checksum(cell);
    }
    if (rows % kRowsBetweenChecks == 0) {
      co_yield check_point();
    }
  }
  co_return sum;
}

std::string check(const World&, std::span<const Value> values) {
  for (const Value value : values) {
    if (value != values.front()) {
      throw std::runtime_error("two readers of one file saw different rows");
    }
  }
  return "";
}

}  // namespace

Experiment csv_file() {
  return {.number = 7,
          .title = "CSV",
          .concept_id = "C-184",
          .items = 16,
          .full_items = {16},
          .describe = describe,
          .body = body,
          .prepare = prepare,
          .check = check};
}

}  // namespace demos::bodies

// demos/make_data.cc - the three helpers behind the tests: make waits, make a
// table, take away what is left.
//
// The documents keep them in three files. All three are seeded here: the same
// seed gives the same bytes, so that two runs can be compared; and what was
// made is removed on every way out, and nothing that somebody else made.
// [C-187]
//
//   bazel run //demos:make_data
//   bazel run //demos:make_data -- --rows=30001 --folder=/tmp/data
//   bazel run //demos:make_data -- --folder=/tmp/data --remove
//
// Predict how many bytes 3,000 rows have, and how many lines: a cell may hold a
// line break. Expected: a row for each file, and last
//   VERDICT C-187 found: ...
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/support/csv.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/output_file.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/support/scratch_folder.h"

namespace demos {
namespace {

using support::print;

constexpr int kWaits = 26;
constexpr const char* kWaitsFile = "/waits.txt";
constexpr const char* kTableFile = "/data.csv";

// One wait a line, in units: those of TEST 1.
std::string make_waits() {
  std::string text;
  for (int i = 0; i < kWaits; ++i) {
    text += std::to_string(bodies::delay_units(i)) + "\n";
  }
  return text;
}

size_t lines_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

size_t rows_in(const std::string& text) {
  support::CsvReader reader(text);
  std::vector<std::string> row;
  size_t rows = 0;
  while (reader.next(row)) {
    ++rows;
  }
  return rows;
}

void write(const std::string& path, const std::string& text) {
  support::throw_if_interrupted();
  support::OutputFile(path).publish(text);
}

// Ours begin like this: every wait, which no flag changes, and the heading.
bool begins_with(const std::string& path, const std::string& beginning) {
  std::string text(beginning.size(), ' ');
  std::ifstream(path).read(text.data(),
                           static_cast<std::streamsize>(text.size()));
  return text == beginning;
}

// A folder may hold files of these names that somebody else wrote; or what is
// no file, and would keep a reader waiting.
void refuse_what_others_made(const std::string& folder) {
  for (const auto& [name, beginning] :
       {std::pair(kWaitsFile, make_waits()),
        std::pair(kTableFile, support::make_csv(0, 0))}) {
    const std::string path = folder + name;
    const auto status = std::filesystem::symlink_status(path);
    if (std::filesystem::exists(status) &&
        !(std::filesystem::is_regular_file(status) &&
          begins_with(path, beginning))) {
      throw std::runtime_error(path + " was not made here: it stays as it is");
    }
  }
}

// How many of the two were there.
int remove_from(const std::string& folder) {
  refuse_what_others_made(folder);
  int removed = 0;
  for (const char* const name : {kWaitsFile, kTableFile}) {
    removed += std::filesystem::remove(folder + name) ? 1 : 0;
  }
  return removed;
}

void make_in(const std::string& folder, const std::string& waits,
             const std::string& table_text) {
  refuse_what_others_made(folder);
  write(folder + kWaitsFile, waits);
  write(folder + kTableFile, table_text);
  support::Table table({"file", "bytes", "lines", "rows"});
  table.add({folder + kWaitsFile, std::to_string(waits.size()),
             std::to_string(lines_in(waits)), std::to_string(lines_in(waits))});
  table.add({folder + kTableFile, std::to_string(table_text.size()),
             std::to_string(lines_in(table_text)),
             std::to_string(rows_in(table_text))});
  print(table.text() + "\n");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("make_data", [&] {
    int rows = 3000;
    int seed = 7;
    std::string folder;
    bool remove = false;
    support::Flags flags("make_data", "waits, a CSV file, and their removal");
    flags.number("rows", &rows, 1, 1'000'000, "of the CSV file");
    flags.number("seed", &seed, 0, 1'000'000, "of what stands in it");
    flags.parsed(
        "folder", "DIR",
        [&](std::string_view text) {
          folder = support::resolved_path(text);
          if (!std::filesystem::is_directory(folder)) {
            throw std::invalid_argument("no such folder");
          }
        },
        "where the files stay", "a folder that is there",
        "a folder of its own that is removed");
    flags.toggle("remove", &remove, "remove the two files from --folder");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    if (remove && folder.empty()) {
      std::cerr << "make_data: --remove needs a folder; accepted: --folder=DIR "
                   "beside it\n";
      return 2;
    }
    const support::InterruptScope ctrl_c;
    if (remove) {
      print(std::to_string(remove_from(folder)) + " files removed\n");
      return 0;
    }
    const std::string waits = make_waits();
    const auto make_table = [&] {
      return support::make_csv(rows, static_cast<uint32_t>(seed));
    };
    const std::string table = make_table();
    if (!folder.empty()) {
      make_in(folder, waits, table);
      return 0;
    }
    std::optional<support::ScratchFolder> own(std::in_place);
    const std::string path = own->path();
    make_in(path, waits, table);
    own.reset();
    const bool same = make_table() == table;
    const size_t read_back = rows_in(table) - 1;  // the first one is a heading
    const bool whole = read_back == static_cast<size_t>(rows);
    const bool gone = !std::filesystem::exists(path);
    print(support::verdict(
              "C-187",
              std::string(same && whole && gone ? "found: " : "not shown: ") +
                  std::to_string(lines_in(waits)) + " waits; " +
                  std::to_string(read_back) +
                  " rows and a heading read back from " +
                  std::to_string(lines_in(table)) +
                  " lines; the same seed gave " +
                  (same ? "the same bytes" : "other bytes") +
                  "; the folder is " + (gone ? "gone" : "still there")) +
          "\n");
    return 0;
  });
}

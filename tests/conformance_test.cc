// Every row of the list of behaviours that the event loop takes over from
// Python has its test: its id stands in a comment above it, or in one that says
// why C++'s types make the row impossible. Read from the text of the tests.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tests {
namespace {

// Rows kind-01 to kind-last.
struct Rows {
  std::string kind;
  int last;
};
const std::vector<Rows> kRows = {{"GEN", 42},    // generators
                                 {"TASK", 80},   // tasks and futures
                                 {"LOOP", 40},   // the event loop
                                 {"STRM", 23},   // streams
                                 {"SYNC", 29}};  // synchronization of tasks

std::string id_of(const std::string& kind, int number) {
  return kind + (number < 10 ? "-0" : "-") + std::to_string(number);
}

// The ids in the comments of the tests that the build handed to this one.
std::set<std::string> ids_in_comments() {
  const std::regex id("\\b(GEN|TASK|LOOP|STRM|SYNC)-[0-9]{2}\\b");
  std::set<std::string> ids;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator("tests/loop")) {
    if (!entry.path().string().ends_with("_test.cc")) {
      continue;
    }
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      const size_t comment = line.find("//");
      if (comment == std::string::npos) {
        continue;
      }
      const std::string text = line.substr(comment);
      for (std::sregex_iterator match(text.begin(), text.end(), id), end;
           match != end; ++match) {
        ids.insert(match->str());
      }
    }
  }
  return ids;
}

TEST(Conformance, EveryRowHasItsTest) {
  const std::set<std::string> found = ids_in_comments();
  std::vector<std::string> missing;
  for (const Rows& rows : kRows) {
    for (int number = 1; number <= rows.last; ++number) {
      if (!found.contains(id_of(rows.kind, number))) {
        missing.push_back(id_of(rows.kind, number));
      }
    }
  }
  EXPECT_EQ(missing, std::vector<std::string>());
}

TEST(Conformance, NoTestNamesARowThatDoesNotExist) {
  std::set<std::string> unknown = ids_in_comments();
  for (const Rows& rows : kRows) {
    for (int number = 1; number <= rows.last; ++number) {
      unknown.erase(id_of(rows.kind, number));
    }
  }
  EXPECT_EQ(unknown, std::set<std::string>());
}

}  // namespace
}  // namespace tests

// The output of the main demo that README.md shows is what it prints today: the
// same lines in the same order, but for numbers and for who won.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

// What may differ from run to run, and the word that stands for it. Sentences
// of which a verdict takes one or the other, by its numbers, share a word; all
// other words must be the same.
const std::vector<std::pair<std::regex, std::string>>& masks() {
  static const auto* const kMasks = [] {
    const std::string number = "[0-9]+(?:\\.[0-9]+)?";
    const std::string model = "(?:single|processes|threads_gil|threads|async)";
    const std::string others =
        " \\((?:" + model + "(?:, | and )?)+: within noise\\)";
    const std::vector<std::pair<std::string, std::string>> patterns = {
        {" +<- best(?: as well, within noise)?", ""},
        {"best is " + model + "(?:, " + number +
             " times as fast as single)?(?:" + others + ")?;",
         "WINNER;"},
        {"nobody wins: " + model +
             ", whose median is shortest, is within noise of single;",
         "WINNER;"},
        {"; async pays for " + number + " hops to a helper thread, " + number +
             " us each",
         "; HELPERS"},
        {"; what helpers cost is lost in the noise of this run", "; HELPERS"},
        {"; a thread for each costs " + number + " us a file", "; THREADS"},
        {"; what a thread for each costs is lost in the noise of this run",
         "; THREADS"},
        {"; threads and threads_gil differ by " + number +
             ": the flat column is the lock, not threads",
         "; LOCK"},
        {"; not seen in this run: threads and threads_gil differ by " + number +
             "(?: only|, within noise)",
         "; LOCK"},
        {"; not judged: that ", "; "},
        {" \\(within noise\\)", ""},
        {" [0-9]+ CPUs?,", " N CPUs,"},
        {number + " (?:s|ms)\\b", "TIME"},
        {number, "N"},
        {" +", " "},
    };
    auto* const masks = new std::vector<std::pair<std::regex, std::string>>;
    for (const auto& [pattern, word] : patterns) {
      masks->emplace_back(pattern, word);
    }
    return masks;
  }();
  return *kMasks;
}

std::vector<std::string> shape_of(const std::string& output) {
  std::vector<std::string> lines;
  std::istringstream text(output);
  for (std::string line; std::getline(text, line);) {
    // The names of concepts and tests are words.
    std::string head;
    static const std::regex kName("^(?:VERDICT C-[0-9]+|TEST [0-9])");
    std::smatch name;
    if (std::regex_search(line, name, kName)) {
      head = name.str();
      line = name.suffix();
    }
    for (const auto& [pattern, word] : masks()) {
      line = std::regex_replace(line, pattern, word);
    }
    lines.push_back(head + line);
  }
  while (!lines.empty() && lines.back().empty()) {
    lines.pop_back();
  }
  return lines;
}

// The block behind the heading, between two lines of three backticks.
std::string shown_in_readme() {
  std::ifstream file("README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const size_t heading = readme.find("## What the main demo printed");
  const size_t begin = readme.find("\n```\n", heading);
  const size_t end = readme.find("\n```\n", begin + 1);
  if (heading == std::string::npos || begin == std::string::npos ||
      end == std::string::npos) {
    ADD_FAILURE() << "README.md shows no output";
    return "";
  }
  return readme.substr(begin + 5, end - begin - 4);
}

TEST(ReadmeOutput, IsWhatTheMainDemoPrintsButForNumbersAndWinners) {
  tests::Program program("demos/concurrency_matrix", {"--n=2", "--runs=2"});
  ASSERT_EQ(program.wait(), 0) << program.error;
  const std::vector<std::string> printed = shape_of(program.output);
  const std::vector<std::string> shown = shape_of(shown_in_readme());
  ASSERT_GE(printed.size(), 7u * 8u);
  for (size_t i = 0; i < std::min(printed.size(), shown.size()); ++i) {
    EXPECT_EQ(shown[i], printed[i]) << "line " << i + 1;
  }
  EXPECT_EQ(shown.size(), printed.size());
}

TEST(ReadmeOutput, TheMaskKeepsWordsAndDropsNumbersAndWinners) {
  const std::string line =
      "VERDICT C-182 best is threads, 1.5 times as fast as single (processes "
      "and async: within noise); local files make nobody wait";
  EXPECT_EQ(shape_of(line),
            std::vector<std::string>{
                "VERDICT C-182 WINNER; local files make nobody wait"});
  EXPECT_NE(shape_of("VERDICT C-182 winner is threads; x"),
            shape_of("VERDICT C-182 best is threads; x"));
  EXPECT_NE(shape_of("VERDICT C-182 x"), shape_of("VERDICT C-183 x"));
  EXPECT_NE(shape_of("model  time s  cpu %"), shape_of("model  time s"));
}

}  // namespace
}  // namespace demos

// Every sample of the documents in two languages: both are run, and print the
// same apart from addresses and times. And nobody is missing: the index, the
// folder, the lesson and the course's own list of samples agree.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "demos/course/concept_index.h"
#include "gtest/gtest.h"
#include "tests/demos/shown.h"
#include "tests/differential/python_logs.h"

namespace tests {
namespace {

const std::string kFolder = "demos/snippets/";

// A line of the index.
struct Pair {
  std::string name;
  std::string concept_id;  // "C-073"
  std::string document;    // "D0"
  std::string kind;        // "code": printed there, "told": in words
  std::string place;
};
// For GoogleTest.
std::ostream& operator<<(std::ostream& out, const Pair& pair) {
  return out << pair.name;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Pair> read_index() {
  std::ifstream file(kFolder + "index.txt");
  std::vector<Pair> pairs;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    Pair pair;
    std::istringstream words(line);
    words >> pair.name >> pair.concept_id >> pair.document >> pair.kind >>
        std::ws;
    std::getline(words, pair.place);
    pairs.push_back(pair);
  }
  return pairs;
}

// What differs from run to run: an address, "0.31 s", "20:15:00".
std::string without_addresses_and_times(const std::string& text) {
  static const std::regex kDiffers(
      R"(0x[0-9a-f]+|\d+\.\d\d(?= s\n)|\d\d:\d\d:\d\d)");
  return std::regex_replace(text, kDiffers, "~");
}

class Snippet : public testing::TestWithParam<Pair> {};

TEST_P(Snippet, PrintsTheSameInBothLanguages) {
  const std::string path = kFolder + GetParam().name;
  const std::string printed = output_of(path);
  EXPECT_NE(printed, "");
  static const std::string python = find_python();
  if (python.empty()) {
    GTEST_SKIP() << "no python 3.11 on this machine to compare with";
  }
  // By env, as it may be a name without a path.
  EXPECT_EQ(without_addresses_and_times(printed),
            without_addresses_and_times(
                output_of("/usr/bin/env", {python, "-B", "-u", path + ".py"})));
}

INSTANTIATE_TEST_SUITE_P(Documents, Snippet, testing::ValuesIn(read_index()),
                         [](const auto& pair) { return pair.param.name; });

TEST(Snippets, OnlyAddressesAndTimesMayDiffer) {
  EXPECT_EQ(without_addresses_and_times("<x at 0x7ffdad6f>, took 0.31 s\n"),
            "<x at ~>, took ~ s\n");
  EXPECT_EQ(without_addresses_and_times("20:15:59: response 1\n"),
            "~: response 1\n");
  for (const std::string kept :
       {"0.005\n", "1 4 9\n", "now 8 MB\n", "took\n"}) {
    EXPECT_EQ(without_addresses_and_times(kept), kept);
  }
}

TEST(Snippets, TheFolderHoldsThePairsOfTheIndexAndNoOthers) {
  std::set<std::string> listed;
  for (const Pair& pair : read_index()) {
    EXPECT_TRUE(listed.insert(pair.name + ".py").second) << pair.name;
    listed.insert(pair.name + ".cc");
  }
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string extension = entry.path().extension();
    if (extension == ".py" || extension == ".cc") {
      found.insert(entry.path().filename());
    }
  }
  EXPECT_EQ(found, listed);
}

// The section of the lesson that the index asks for, up to its programs.
std::string section_of(const Pair& pair) {
  return "\n### " + pair.name + "\n\n*" + pair.document + ", " + pair.place +
         "* [" + pair.concept_id + "]\n";
}

std::string programs_of(const Pair& pair) {
  const std::string path = kFolder + pair.name;
  return "```python\n" + text_of(path + ".py") +
         "```\n\n</td><td>\n\n```cpp\n" + text_of(path + ".cc") + "```\n";
}

TEST(Snippets, TheLessonShowsBothProgramsOfEachPairInTheOrderOfTheIndex) {
  const std::string lesson = text_of(kFolder + "README.md");
  size_t at = 0;
  for (const Pair& pair : read_index()) {
    const size_t section = lesson.find(section_of(pair), at);
    ASSERT_NE(section, std::string::npos) << section_of(pair);
    const size_t next = lesson.find("\n### ", section + 1);
    at = lesson.find(programs_of(pair), section);
    ASSERT_LT(at, next) << pair.name << " is another program in the lesson";
  }
  EXPECT_EQ(lesson.find("\n### ", at), std::string::npos)
      << "a section that is not in the index";
}

TEST(Snippets, EverySampleOfTheCourseHasItsPair) {
  std::map<std::string, std::string> documents;  // concept -> document
  std::string last;
  for (const Pair& pair : read_index()) {
    EXPECT_TRUE(documents.insert({pair.concept_id, pair.document}).second)
        << pair.concept_id;
    EXPECT_TRUE(pair.kind == "code" || pair.kind == "told") << pair.kind;
    EXPECT_LE(last, pair.document) << "not in the order of the documents";
    last = pair.document;
  }
  int samples = 0;
  for (const auto& entry : demos::course::read_concepts("demos/course")) {
    const auto shown = documents.find(entry.id);
    if (entry.kind == "code sample") {
      ++samples;
      EXPECT_NE(shown, documents.end()) << entry.id << ": " << entry.says;
    }
    if (shown != documents.end()) {
      EXPECT_TRUE(std::count(entry.documents.begin(), entry.documents.end(),
                             shown->second))
          << entry.id << " is not said by " << shown->second;
      documents.erase(shown);
    }
  }
  EXPECT_EQ(samples, 16);
  EXPECT_TRUE(documents.empty()) << documents.begin()->first;
}

// The errata say which original does not run; each of them is repaired here.
TEST(Snippets, TheErrataLeadToTheLesson) {
  EXPECT_NE(text_of("ERRATA.md").find("](demos/snippets/README.md)"),
            std::string::npos);
}

}  // namespace
}  // namespace tests

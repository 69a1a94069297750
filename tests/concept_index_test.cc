// The index of concepts, held against the tree: each id has its place in the
// code, a demo that takes these flags, and a test that mentions it; and nobody
// speaks of an id that there is not. ERRATA.md is held against the index.
#include "demos/course/concept_index.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace tests {
namespace {

using demos::course::Concept;
using demos::course::Shown;

// Path within the repository -> text, of whatever the build handed to us.
using Tree = std::map<std::string, std::string>;
using Lines = std::vector<std::string>;

constexpr int kConcepts = 229;
// A sentence is all there is to show about these, and about no other.
const std::set<std::string> kNotes = {"C-005", "C-061", "C-085", "C-122"};
// Every demo is there. May only shrink, so it stays at none.
constexpr int kNotShownYet = 0;

std::string id_of(int number) {
  const std::string digits = std::to_string(number);
  return "C-" + std::string(3 - std::min<size_t>(3, digits.size()), '0') +
         digits;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const Tree& tree() {
  static const Tree* const kTree = [] {
    auto* const tree = new Tree;
    const std::set<std::string> kinds = {".h", ".cc", ".md", ".txt"};
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(".")) {
      const auto path = entry.path().lexically_normal();
      if (kinds.contains(path.extension()) && entry.is_regular_file()) {
        (*tree)[path.string()] = text_of(path);
      }
    }
    return tree;
  }();
  return *kTree;
}

const std::vector<Concept>& concepts() {
  static const auto* const kAll =
      new std::vector<Concept>(demos::course::read_concepts("demos/course"));
  return *kAll;
}

// Each "C-123" in a text, whole words only.
std::vector<std::string> ids_in(const std::string& text) {
  const auto is_word = [&](size_t at) {
    return at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
            text[at] == '_');
  };
  std::vector<std::string> ids;
  for (size_t at = text.find("C-"); at != std::string::npos;
       at = text.find("C-", at + 2)) {
    size_t end = at + 2;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
      ++end;
    }
    if (end == at + 5 && !is_word(end) && (at == 0 || !is_word(at - 1))) {
      ids.push_back(text.substr(at, 5));
    }
  }
  return ids;
}

bool contains(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

bool mentions(const std::string& text, const std::string& id) {
  return contains(ids_in(text), id);
}

// "loop/sync/lock.h" has its id in brackets, or the lesson of its folder has,
// in the line about it: there stands which file teaches what.
bool is_anchored(const Tree& tree, const std::string& path,
                 const std::string& id) {
  const std::string mark = "[" + id + "]";
  const auto file = tree.find(path);
  if (file == tree.end()) {
    return false;
  }
  if (file->second.find(mark) != std::string::npos) {
    return true;
  }
  for (size_t slash = path.rfind('/'); slash != std::string::npos;
       slash = slash == 0 ? std::string::npos : path.rfind('/', slash - 1)) {
    const auto lesson = tree.find(path.substr(0, slash) + "/README.md");
    if (lesson == tree.end()) {
      continue;
    }
    std::istringstream lines(lesson->second);
    const std::string name = "`" + path.substr(slash + 1) + "`";
    for (std::string line; std::getline(lines, line);) {
      if (line.find(name) != std::string::npos &&
          line.find(mark) != std::string::npos) {
        return true;
      }
    }
  }
  return false;
}

// "tests/loop:gather_test" is tests/loop/gather_test.cc.
std::string file_of(std::string label) {
  std::replace(label.begin(), label.end(), ':', '/');
  return label + ".cc";
}

Lines complete(const std::vector<Concept>& all) {
  Lines wrong;
  std::set<std::string> ids;
  for (const Concept& one : all) {
    ids.insert(one.id);
  }
  for (int number = 1; number <= kConcepts; ++number) {
    if (ids.erase(id_of(number)) == 0) {
      wrong.push_back(id_of(number) + " is missing");
    }
  }
  for (const std::string& id : ids) {
    wrong.push_back(id + " is unknown");
  }
  return wrong;
}

Lines unknown_ids(const Tree& tree) {
  Lines wrong;
  for (const auto& [path, text] : tree) {
    for (const std::string& id : ids_in(text)) {
      if (id < id_of(1) || id > id_of(kConcepts)) {
        wrong.push_back(path + ": " + id);
      }
    }
  }
  return wrong;
}

Lines without_place(const std::vector<Concept>& all, const Tree& tree) {
  Lines wrong;
  for (const Concept& one : all) {
    for (const std::string& path : one.code) {
      if (one.shown != Shown::kNotYet && !is_anchored(tree, path, one.id)) {
        wrong.push_back(one.id + ": not in " + path);
      }
    }
  }
  return wrong;
}

Lines without_test(const std::vector<Concept>& all, const Tree& tree) {
  Lines wrong;
  for (const Concept& one : all) {
    if (one.test.empty()) {
      continue;  // a note, or not shown yet
    }
    const auto file = tree.find(file_of(one.test));
    if (file == tree.end()) {
      wrong.push_back(one.id + ": no test " + one.test);
    } else if (!mentions(file->second, one.id)) {
      wrong.push_back(one.id + ": not mentioned by " + one.test);
    }
  }
  return wrong;
}

// Whose verdict tells another's must come out of the same program.
Lines told_elsewhere(const std::vector<Concept>& all) {
  Lines wrong;
  for (const Concept& one : all) {
    if (one.told != one.id &&
        std::none_of(all.begin(), all.end(), [&](const Concept& other) {
          return other.id == one.told && other.told == other.id &&
                 other.run.front() == one.run.front();
        })) {
      wrong.push_back(one.id + ": " + one.run.front() + " does not tell " +
                      one.told);
    }
  }
  return wrong;
}

// The program's own flags are asked: it reads all of them before the --help
// behind them. What stands behind "--" is another program's.
std::string refusal_of(const std::vector<std::string>& run) {
  const std::string path = "demos/" + run.front();
  if (!std::filesystem::exists(path)) {
    return "no such demo";
  }
  std::vector<std::string> arguments(run.begin() + 1, run.end());
  arguments.insert(std::find(arguments.begin(), arguments.end(), "--"),
                   "--help");
  Program program(path, arguments);
  return program.wait() == 0 ? "" : program.error;
}

// The entries of ERRATA.md: "### C-104 imprecise", and what stands below.
std::map<std::string, std::string> errata() {
  std::map<std::string, std::string> entries;
  std::istringstream lines(tree().at("ERRATA.md"));
  std::string heading;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) {
      heading = line.starts_with("### C-") ? line.substr(4) : "";
      if (!heading.empty()) {
        EXPECT_TRUE(entries.emplace(heading, "").second) << line;
      }
    } else if (!heading.empty()) {
      entries[heading] += line + "\n";
    }
  }
  return entries;
}

TEST(ConceptIndex, HoldsEachIdOnce) {
  EXPECT_EQ(complete(concepts()), Lines());
}

TEST(ConceptIndex, NobodySpeaksOfAnIdThatThereIsNot) {
  EXPECT_GT(tree().size(), 400u) << "the build did not hand us the tree";
  EXPECT_EQ(unknown_ids(tree()), Lines());
}

TEST(ConceptIndex, EachFileNamedHasTheIdInBrackets) {
  EXPECT_EQ(without_place(concepts(), tree()), Lines());
}

TEST(ConceptIndex, EachTestNamedMentionsTheId) {
  EXPECT_EQ(without_test(concepts(), tree()), Lines());
}

TEST(ConceptIndex, EachCommandIsADemoThatTakesTheseFlags) {
  std::set<std::vector<std::string>> asked;
  for (const Concept& one : concepts()) {
    if (one.shown == Shown::kYes && asked.insert(one.run).second) {
      EXPECT_EQ(refusal_of(one.run), "") << one.id;
    }
  }
  EXPECT_GT(asked.size(), 30u);
}

TEST(ConceptIndex, AVerdictThatTellsAnotherConceptComesFromTheSameProgram) {
  EXPECT_EQ(told_elsewhere(concepts()), Lines());
}

TEST(ConceptIndex, NotesAreTheseFewOnly) {
  std::set<std::string> notes;
  for (const Concept& one : concepts()) {
    if (one.shown == Shown::kAsANote) {
      notes.insert(one.id);
    }
  }
  EXPECT_EQ(notes, kNotes);
}

TEST(ConceptIndex, WhatIsNotShownYetIsCounted) {
  std::string missing;
  int count = 0;
  for (const Concept& one : concepts()) {
    if (one.shown == Shown::kNotYet) {
      missing += one.id + " waits for " + one.run.front() + "\n";
      ++count;
    }
  }
  EXPECT_EQ(count, kNotShownYet);
  std::cout << "not shown yet:\n" << missing;
}

// C-225
TEST(ConceptIndex, AListOfLinksIsTiedToIdsThatExist) {
  std::ifstream file("demos/course/sources.txt");
  const auto sources = demos::course::read_sources(file, "sources.txt");
  EXPECT_EQ(sources.size(), 26u);
  std::set<std::string> ids;
  for (const Concept& one : concepts()) {
    ids.insert(one.id);
  }
  for (const auto& source : sources) {
    EXPECT_FALSE(source.documents.empty()) << source.url;
    for (const std::string& id : source.concepts) {
      EXPECT_TRUE(ids.contains(id)) << source.url << " " << id;
    }
  }
}

// Each check is seen to fail: one thing in the index or in the tree is wrong.

// The index with one block changed.
std::vector<Concept> with(const std::string& id,
                          const std::function<void(Concept&)>& change) {
  std::vector<Concept> all = concepts();
  change(*std::find_if(all.begin(), all.end(),
                       [&](const Concept& one) { return one.id == id; }));
  return all;
}

// What README.md, ERRATA.md and demos/README.md tell a learner to type, behind
// "bazel run".
std::vector<std::vector<std::string>> commands_in(const std::string& text) {
  const std::string start = "`bazel run //demos:";
  std::vector<std::vector<std::string>> commands;
  for (size_t at = text.find(start); at != std::string::npos;
       at = text.find(start, at + 1)) {
    const size_t begin = at + start.size();
    std::istringstream words(text.substr(begin, text.find('`', begin) - begin));
    std::vector<std::string> run{std::istream_iterator<std::string>(words), {}};
    if (run.size() > 1 && run[1] == "--") {  // Bazel's own
      run.erase(run.begin() + 1);
    }
    commands.push_back(run);
  }
  return commands;
}

TEST(ConceptIndex, ALearnerIsToldNoCommandThatIsRefused) {
  std::set<std::string> awaited;
  for (const Concept& one : concepts()) {
    if (one.shown == Shown::kNotYet) {
      awaited.insert(one.run.front());
    }
  }
  for (const char* const page : {"README.md", "ERRATA.md", "demos/README.md"}) {
    const auto commands = commands_in(tree().at(page));
    EXPECT_GE(commands.size(), 8u) << page;
    for (const auto& run : commands) {
      if (!awaited.contains(run.front())) {
        EXPECT_EQ(refusal_of(run), "") << page << ": " << run.front();
      }
    }
  }
}

TEST(ConceptIndexMutant, AnIdThatIsMissingIsNoticed) {
  std::vector<Concept> all = concepts();
  all.erase(all.begin() + 159);
  EXPECT_EQ(complete(all), Lines{"C-160 is missing"});
}

TEST(ConceptIndexMutant, AnUnknownIdIsNoticedInTheIndexAndInTheTree) {
  const std::string beyond = id_of(kConcepts + 1);
  EXPECT_EQ(complete(with("C-229", [&](Concept& one) { one.id = beyond; })),
            (Lines{"C-229 is missing", beyond + " is unknown"}));
  const std::string zero = id_of(0);
  EXPECT_EQ(unknown_ids({{"a.h", "// " + beyond + " [" + zero + "]"}}),
            (Lines{"a.h: " + beyond, "a.h: " + zero}));
}

TEST(ConceptIndexMutant, AFileWithoutTheIdIsNoticed) {
  Tree changed = tree();
  changed["demos/interleave.cc"] = "// C-160, but in no brackets\n";
  const auto all = with("C-160", [](Concept& one) {
    one.code = {"demos/interleave.cc", "gone.h"};
  });
  const Lines wrong = without_place(all, changed);
  for (const char* const path : {"demos/interleave.cc", "gone.h"}) {
    EXPECT_TRUE(contains(wrong, std::string("C-160: not in ") + path)) << path;
  }
  const Tree lesson = {{"loop/x.h", ""},
                       {"loop/README.md", "| `y.h` | [C-160] |\n| `x.h` |\n"}};
  EXPECT_FALSE(is_anchored(lesson, "loop/x.h", "C-160"));
  EXPECT_FALSE(is_anchored(lesson, "loop/y.h", "C-160"));  // no such file
}

TEST(ConceptIndexMutant, ATestThatIsGoneOrSilentIsNoticed) {
  Tree changed = tree();
  changed.erase("tests/demos/explorer_demos_test.cc");
  EXPECT_NE(without_test(concepts(), changed), Lines());
  changed["tests/demos/explorer_demos_test.cc"] = "// XC-160 C-1600 C-16\n";
  EXPECT_TRUE(
      contains(without_test(concepts(), changed),
               "C-160: not mentioned by tests/demos:explorer_demos_test"));
}

TEST(ConceptIndexMutant, ACommandThatDoesNotRunIsNoticed) {
  EXPECT_EQ(refusal_of({"no_such_demo"}), "no such demo");
  EXPECT_NE(refusal_of({"interleave", "--no-such-flag"}), "");
  EXPECT_NE(refusal_of({"interleave", "--n=0"}), "");
}

TEST(ConceptIndexMutant, AVerdictOfAnotherProgramIsNoticed) {
  EXPECT_EQ(
      told_elsewhere(with("C-160", [](Concept& one) { one.told = "C-178"; }))
          .back(),
      "C-160: interleave does not tell C-178");
}

// What read_part() says of a block that is wrong.
std::string refused(const std::string& block) {
  std::istringstream text(block);
  try {
    demos::course::read_part(text, "x.txt", "loop");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(ConceptIndexMutant, ABlockThatIsNotWholeIsRefusedWithItsLine) {
  const std::string head = "C-160  concept  D0\n";
  const std::string whole =
      head + "  says  a\n  code  a.h\n  run   a --b\n  test  tests:a_test\n";
  EXPECT_EQ(refused(whole), "");
  EXPECT_EQ(refused(head), "x.txt:1: C-160 says nothing");
  EXPECT_EQ(refused(head + "  says  a\n"),
            "x.txt:2: C-160 stands nowhere in the code");
  EXPECT_EQ(refused(head + "  says  a\n  code  a.h\n"),
            "x.txt:3: C-160 runs nothing");
  EXPECT_EQ(refused(head + "  says  a\n  code  a.h\n  run   a\n"),
            "x.txt:4: C-160 has no test");
  EXPECT_EQ(refused(whole + "  look  there\n"),
            "x.txt:6: C-160 needs `told` and `look` together");
  EXPECT_EQ(refused(whole + "  note\n"),
            "x.txt:6: C-160 is a note, and runs something");
  EXPECT_EQ(refused(whole + "  sayz  b\n"),
            "x.txt:6: sayz: no such line; accepted: says, code, run, told, "
            "look, test");
  EXPECT_EQ(refused(whole + whole), "x.txt:6: C-160 is out of order");
  EXPECT_EQ(refused("C-160  concept\n"), "x.txt:1: C-160 names no document");
  EXPECT_EQ(refused("C160  concept  D0\n"),
            "x.txt:1: a block begins with its id");
}

TEST(Errata, HasEachClaimThatIsImpreciseOrWrongAndItsCommand) {
  const auto entries = errata();
  size_t corrected = 0;
  for (const Concept& one : concepts()) {
    if (!is_corrected(one)) {
      continue;
    }
    ++corrected;
    const auto entry =
        entries.find(one.id + " " + one.kind.substr(one.kind.find(' ') + 1));
    ASSERT_NE(entry, entries.end()) << one.id << " " << one.kind;
    const std::string& text = entry->second;
    EXPECT_NE(text.find("*Predict:*"), std::string::npos) << one.id;
    if (one.shown != Shown::kAsANote) {
      EXPECT_NE(text.find("`" + command_of(one) + "`"), std::string::npos)
          << one.id << " " << command_of(one);
    }
    // What stands there as printed has been printed.
    EXPECT_EQ(text.find("    VERDICT " + one.told + " ") != std::string::npos,
              one.shown == Shown::kYes)
        << one.id;
  }
  EXPECT_EQ(corrected, 49u);
  EXPECT_EQ(entries.size(), corrected);
}

}  // namespace
}  // namespace tests

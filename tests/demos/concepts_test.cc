// The course by number: cards, lists and links; and every proof that a card
// names gives the verdict that the card promises.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "demos/course/concept_index.h"
#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

using course::Concept;
using course::Shown;
using tests::output_of;

constexpr const char* kDemo = "demos/concepts";

const std::vector<Concept>& concepts() {
  static const auto* const kAll =
      new std::vector<Concept>(course::read_concepts("demos/course"));
  return *kAll;
}

size_t times(const std::string& text, const std::string& word) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ConceptsDemo, ShowsOneConceptAsACard) {
  EXPECT_EQ(output_of(kDemo, {"C-175"}),
            "C-175  concept, in D0, D4\n\n"
            "  What is the worst that can be left of two times n increments?\n"
            "\n"
            "code  demos/interleave.cc\n"
            "demo  bazel run //demos:interleave -- --n=3 "
            "--checks=every_instruction\n"
            "test  bazel test //tests/demos:explorer_demos_test\n");
}

TEST(ConceptsDemo, ACardSaysWhereToLookIfAnotherVerdictTellsIt) {
  const std::string card = output_of(kDemo, {"C-058", "C-061"});
  EXPECT_NE(card.find("look  at VERDICT C-178: "), std::string::npos) << card;
  EXPECT_NE(card.find("more  ERRATA.md\nA sentence is enough for it: look for "
                      "[C-061] there.\n"),
            std::string::npos)
      << card;
}

TEST(ConceptsDemo, TheProofFollowsTheCardAndItsVerdictComesLast) {
  const std::string output = output_of(kDemo, {"C-175", "--run"});
  EXPECT_TRUE(output.starts_with("C-175  concept")) << output;
  EXPECT_TRUE(output.ends_with("by a complete search of " +
                               output.substr(output.rfind(" of ") + 4)))
      << output;
  EXPECT_NE(output.find("\nVERDICT C-175 found: 2 times 3 increments end at "
                        "least at x=2"),
            std::string::npos)
      << output;
}

TEST(ConceptsDemo, ListsAllOrSomeAndCountsThem) {
  const std::string all = output_of(kDemo);
  EXPECT_EQ(times("\n" + all, "\nC-"), concepts().size());
  EXPECT_NE(all.find("\n229 listed. Of all 229, "), std::string::npos) << all;
  const std::string wrong = output_of(kDemo, {"--kind=wrong,imprecise"});
  EXPECT_EQ(times("\n" + wrong, "\nC-"), 49u) << wrong;
  const std::string loop = output_of(kDemo, {"--part=loop"});
  EXPECT_TRUE(loop.starts_with("C-060  concept")) << loop;
  EXPECT_EQ(times("\n" + loop, "\nC-"), 66u);
}

TEST(ConceptsDemo, RefusesWhatIsNoIdAndAProofOfNothing) {
  tests::Program unknown(kDemo, {"C-1"});
  EXPECT_EQ(unknown.wait(), 2);
  EXPECT_EQ(unknown.error,
            "concepts: C-1: no such id; accepted: C-001 to C-229\n");
  tests::Program nothing(kDemo, {"--run"});
  EXPECT_EQ(nothing.wait(), 2);
  tests::Program note(kDemo, {"C-061", "--run"});
  EXPECT_EQ(note.wait(), 1);
  EXPECT_EQ(note.error, "concepts: C-061 has no demo to run\n");
}

// C-225
TEST(ConceptsDemo, TiesTheReadingListsToConcepts) {
  const std::string output = output_of(kDemo, {"--sources"});
  EXPECT_NE(output.find("\nVERDICT C-225 found: 26 links, "),
            std::string::npos);
  EXPECT_TRUE(output.ends_with(", 0 of them unknown\n")) << output;
}

// The programs that prove something.
std::set<std::string> programs() {
  std::set<std::string> names;
  for (const Concept& one : concepts()) {
    if (one.shown == Shown::kYes) {
      names.insert(one.run.front());
    }
  }
  return names;
}

class Proof : public testing::TestWithParam<std::string> {};

// A card that names a command owes the verdict: each command is run once.
TEST_P(Proof, GivesTheVerdictsThatItsCardsPromise) {
  std::map<std::vector<std::string>, std::set<std::string>> promised;
  for (const Concept& one : concepts()) {
    if (one.shown == Shown::kYes && one.run.front() == GetParam()) {
      promised[one.run].insert(one.told);
    }
  }
  for (const auto& [run, ids] : promised) {
    tests::Program program("demos/" + run.front(),
                           {run.begin() + 1, run.end()});
    EXPECT_EQ(program.wait(), 0)
        << testing::PrintToString(run) << program.error;
    for (const std::string& id : ids) {
      // diagnose leaves the standard output to its command.
      EXPECT_NE(("\n" + program.output + "\n" + program.error)
                    .find("\nVERDICT " + id + " "),
                std::string::npos)
          << id << " is not told by " << testing::PrintToString(run);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Demos, Proof, testing::ValuesIn(programs()),
                         [](const auto& demo) { return demo.param; });

}  // namespace
}  // namespace demos

// demos/course/concept_index.h - what the course teaches, as one table.
//
// CONCEPT     Every concept, claim, sample and picture of the documents has an
//             id, and a block in one of five text files, one for each part of
//             the course:
//
//               C-160  claim: imprecise  D0
//                 says  A switch can fall inside `x = x + 1`.
//                 code  demos/interleave.cc
//                 run   interleave --checks=every_instruction
//                 test  tests/demos:explorer_demos_test
//
//             A learner reads it as a card (`demos/concepts C-160`); a test
//             holds each line against the tree (//tests:concept_index_test):
//             the file has the id in brackets, the program takes these flags,
//             the test mentions the id. So the index cannot promise what is
//             not there.
//
//             Three lines are for some only. `told C-178`: the verdict of
//             another id tells this one as well, and `look` says where to
//             look. `note`: a sentence in the file named is all there is to
//             show. `not shown yet`: the demo is not in the tree.
// IN PYTHON   configparser
// INVARIANTS  I1. read_concepts() gives ids that differ, in their order, each
//                 with what its block needs: a shown one has code, run and
//                 test; a note has code and nothing to run; `told` comes with
//                 `look`.
// THREADS     Values; reading is for one thread.
// OWNERSHIP   Owns its texts.
// ERRORS      std::runtime_error "FILE:LINE: what is wrong".
// READ NEXT   demos/concepts.cc
#ifndef DEMOS_COURSE_CONCEPT_INDEX_H_
#define DEMOS_COURSE_CONCEPT_INDEX_H_

#include <array>
#include <iosfwd>
#include <string>
#include <vector>

namespace demos::course {

// The parts, which are also the names of the files.
inline constexpr std::array kParts = {"scheduler", "loop", "ipc", "gil_sim",
                                      "demos"};

enum class Shown { kYes, kAsANote, kNotYet };

struct Concept {
  std::string id;                      // "C-160"
  std::string part;                    // "gil_sim"
  std::string kind;                    // "claim: imprecise"
  std::vector<std::string> documents;  // "D0" to "D4": which of them say it
  std::string says;
  std::vector<std::string> code;  // files, from the root of the repository
  std::vector<std::string> run;   // a program of //demos, and its arguments
  std::string told;               // the id of the verdict; mostly its own
  std::string look;               // where to look if it is another's
  std::string test;               // "tests/loop:gather_test"
  Shown shown = Shown::kYes;
};

// What a learner types: "bazel run //demos:interleave -- --n=3"; or nothing.
std::string command_of(const Concept& entry);

// "claim: wrong" and "claim: imprecise": those that ERRATA.md corrects.
bool is_corrected(const Concept& entry);

// One file's blocks. `name` is for errors.
std::vector<Concept> read_part(std::istream& text, const std::string& name,
                               const std::string& part);

// All five files of `folder`. [I1]
std::vector<Concept> read_concepts(const std::string& folder);

// What the documents tell their readers to read.
struct Source {
  std::string url;
  std::vector<std::string> documents;
  std::vector<std::string> concepts;  // ids that it supports
};

// Three lines each: the link, `in D0 D1`, `for C-160 C-161`.
std::vector<Source> read_sources(std::istream& text, const std::string& name);

}  // namespace demos::course

#endif  // DEMOS_COURSE_CONCEPT_INDEX_H_

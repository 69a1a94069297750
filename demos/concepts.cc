// demos/concepts.cc - the whole course by number: what it says, where it
// stands, what shows it, what holds it.
//
// An id gives a card; with --run the program that the card names follows, with
// its verdict last. Without an id, all are listed, or some by --part, --kind
// and --missing. --sources ties the reading lists of the documents to the ids
// they support. [C-225]
//
//   bazel run //demos:concepts -- C-160
//   bazel run //demos:concepts -- C-160 --run
//   bazel run //demos:concepts -- --kind=wrong
//   bazel run //demos:concepts -- --sources
//
// Predict how many of the 229 are claims that are wrong. Expected: a list and
// how many there are; a card; or the links, and last
//   VERDICT C-225 found: ...
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "demos/course/concept_index.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "os/syscall.h"

namespace demos {
namespace {

using course::Concept;
using course::Shown;
using support::joined;
using support::print;

// Where `bazel run` starts a program.
constexpr const char* kFolder = "demos/course";

struct Choice {
  std::vector<std::string> ids;
  std::vector<std::string> parts = {course::kParts.begin(),
                                    course::kParts.end()};
  std::vector<std::string> kinds = {"concept",    "API",  "code",      "figure",
                                    "experiment", "true", "imprecise", "wrong",
                                    "metaphor",   "rule"};
  bool missing = false;
  bool run = false;
  bool sources = false;
};

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The word that --kind knows for "claim: imprecise" or "code sample".
std::string short_kind(const Concept& one) {
  if (one.kind.starts_with("claim: ")) {
    return one.kind.substr(7);
  }
  return one.kind == "decision rule" ? "rule"
                                     : one.kind.substr(0, one.kind.find(' '));
}

std::string card(const Concept& one) {
  std::string text = one.id + "  " + one.kind + ", in " +
                     joined(one.documents) + "\n\n  " + one.says + "\n\n";
  const auto line = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) {
      text += key + std::string(6 - key.size(), ' ') + value + "\n";
    }
  };
  line("code", joined(one.code));
  line("demo", course::command_of(one));
  if (one.told != one.id) {
    line("look", "at VERDICT " + one.told + ": " + one.look);
  }
  line("test", one.test.empty() ? "" : "bazel test //" + one.test);
  line("more", course::is_corrected(one) ? "ERRATA.md" : "");
  if (one.shown == Shown::kAsANote) {
    text += "A sentence is enough for it: look for [" + one.id + "] there.\n";
  } else if (one.shown == Shown::kNotYet) {
    text += "Not shown yet: the demo is not in this tree.\n";
  }
  return text;
}

// Becomes the program of the card, so that Ctrl-C, the exit code and the
// verdict are the program's own.
[[noreturn]] void become_proof(const Concept& one) {
  if (one.shown != Shown::kYes) {
    throw std::runtime_error(one.id + " has no demo to run");
  }
  print("\n$ " + course::command_of(one) + "\n");
  const std::string program = "demos/" + one.run.front();
  std::vector<char*> argv;
  for (const std::string& word : one.run) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  if (errno == ENOENT) {
    throw std::runtime_error(program +
                             ": not found from here; start it by `bazel run`");
  }
  os::throw_errno(("execv of " + program).c_str());
}

void list(const std::vector<Concept>& all, const Choice& choice) {
  std::array<size_t, 3> counts{};
  size_t listed = 0;
  for (const Concept& one : all) {
    ++counts[static_cast<size_t>(one.shown)];
    if (!contains(choice.parts, one.part) ||
        !contains(choice.kinds, short_kind(one)) ||
        (choice.missing && one.shown != Shown::kNotYet)) {
      continue;
    }
    ++listed;
    const std::string by = one.shown == Shown::kAsANote  ? "note"
                           : one.shown == Shown::kNotYet ? "not shown yet"
                                                         : one.run.front();
    print(one.id + "  " + short_kind(one) +
          std::string(12 - short_kind(one).size(), ' ') + one.says + "  [" +
          by + "]\n");
  }
  print("\n" + std::to_string(listed) + " listed. Of all " +
        std::to_string(all.size()) + ", " + std::to_string(counts[0]) +
        " are shown by a demo, " + std::to_string(counts[1]) + " are notes, " +
        std::to_string(counts[2]) + " are not shown yet.\n");
}

void show_sources(const std::vector<Concept>& all) {
  const std::string name = std::string(kFolder) + "/sources.txt";
  std::ifstream file(name);
  if (!file) {
    throw std::runtime_error(name + ": not found from here");
  }
  const auto sources = course::read_sources(file, name);
  std::set<std::string> supported;
  size_t unknown = 0;
  for (const course::Source& source : sources) {
    print(source.url + "\n  in " + joined(source.documents) + ", for " +
          joined(source.concepts) + "\n");
    for (const std::string& id : source.concepts) {
      supported.insert(id);
      unknown += std::none_of(all.begin(), all.end(),
                              [&](const Concept& one) { return one.id == id; });
    }
  }
  print("\n" +
        support::verdict("C-225",
                         "found: " + std::to_string(sources.size()) +
                             " links, each tied to what it supports: " +
                             std::to_string(supported.size()) + " concepts, " +
                             std::to_string(unknown) + " of them unknown") +
        "\n");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("concepts", [&] {
    Choice choice;
    support::Flags flags("concepts", "the course by number, C-001 to C-229");
    const std::vector<Concept> all = course::read_concepts(kFolder);
    flags.words(
        "ID",
        [&](std::string_view id) {
          if (std::none_of(all.begin(), all.end(),
                           [&](const Concept& one) { return one.id == id; })) {
            throw std::invalid_argument(
                "no such id; accepted: " + all.front().id + " to " +
                all.back().id);
          }
          choice.ids.emplace_back(id);
        },
        "a card for each", "a list of all");
    flags.choices("part", &choice.parts, choice.parts, "of the list");
    flags.choices("kind", &choice.kinds, choice.kinds,
                  "of the list; the claims are true, imprecise or wrong");
    flags.toggle("missing", &choice.missing, "list what is not shown yet");
    flags.toggle("run", &choice.run, "the card, and then its demo");
    flags.toggle("sources", &choice.sources,
                 "instead: the documents' reading lists");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    if (choice.run && choice.ids.size() != 1) {
      std::cerr << "concepts: --run shows the proof of one concept; accepted: "
                   "one id beside it, such as C-160\n";
      return 2;
    }
    if (choice.sources) {
      show_sources(all);
      return 0;
    }
    if (choice.ids.empty()) {
      list(all, choice);
      return 0;
    }
    for (const Concept& one : all) {
      if (contains(choice.ids, one.id)) {
        print(card(one));
        if (choice.run) {
          become_proof(one);
        }
      }
    }
    return 0;
  });
}

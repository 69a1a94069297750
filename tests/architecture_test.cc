// The picture of folders and arrows in README.md, held against the build.
//
//   demos  tests  bench  exercises  know everything; nothing knows them
//   loop   ipc    gil_sim           siblings; none can name another
//     os  |  scheduler              the ground floor, two independent halves
//
// The arrows are those Bazel itself sees (//tests:arrows, a genquery), so an
// `#include` that its BUILD file does not admit is no arrow: it does not build.
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace tests {
namespace {

using Arrow = std::pair<std::string, std::string>;

// Who may stand on whom. A package may always use itself.
const std::map<std::string, std::set<std::string>> kMayUse = {
    {"os", {}},
    {"scheduler", {}},
    {"scheduler/cpu_sim", {"scheduler"}},
    {"scheduler/green", {"scheduler", "os"}},
    {"loop", {"scheduler", "os"}},
    {"loop/sync", {"loop", "scheduler"}},
    {"ipc", {"scheduler", "os"}},
    {"gil_sim", {"scheduler", "os"}},
};

// "//scheduler/green:context" stands in "scheduler/green"; labels of other
// repositories start with @ and are their own package.
std::string package_of(const std::string& label) {
  if (label.starts_with("//")) {
    return label.substr(2, label.find(':') - 2);
  }
  return label;
}

// The lines `"a" -> "b"` of Bazel's graph. Bazel 7 writes "@@//a" for "//a".
std::vector<Arrow> read_arrows(std::istream& graph) {
  std::vector<Arrow> arrows;
  for (std::string line; std::getline(graph, line);) {
    const size_t middle = line.find("\" -> \"");
    if (middle == std::string::npos) {
      continue;
    }
    std::string from = line.substr(line.find('"') + 1);
    from.erase(from.find('"'));
    std::string to = line.substr(middle + 6);
    to.erase(to.find('"'));
    for (std::string* label : {&from, &to}) {
      if (label->starts_with("@@//") || label->starts_with("@//")) {
        label->erase(0, label->find("//"));
      }
    }
    arrows.emplace_back(std::move(from), std::move(to));
  }
  return arrows;
}

std::vector<Arrow> forbidden_among(const std::vector<Arrow>& arrows) {
  std::vector<Arrow> forbidden;
  for (const Arrow& arrow : arrows) {
    const std::string from = package_of(arrow.first);
    const std::string to = package_of(arrow.second);
    const auto may_use = kMayUse.find(from);
    if (from != to &&
        (may_use == kMayUse.end() || !may_use->second.contains(to))) {
      forbidden.push_back(arrow);
    }
  }
  return forbidden;
}

std::vector<Arrow> arrows_of_this_build() {
  std::ifstream graph("tests/arrows");
  EXPECT_TRUE(graph.is_open()) << "the genquery's output is missing";
  return read_arrows(graph);
}

// C++ itself comes from the toolchain, so an arrow out of the repository would
// be a library that is linked in: there is none.
TEST(Architecture, EveryArrowPointsToAPackageItMayUse) {
  for (const auto& [from, to] : forbidden_among(arrows_of_this_build())) {
    ADD_FAILURE() << from << " must not depend on " << to;
  }
}

TEST(Architecture, TheQuerySeesEveryLibraryFolder) {
  std::set<std::string> seen;
  for (const Arrow& arrow : arrows_of_this_build()) {
    seen.insert(package_of(arrow.first));
  }
  for (const char* folder : {"os", "scheduler", "loop", "ipc", "gil_sim"}) {
    EXPECT_TRUE(seen.contains(folder)) << folder;
  }
}

TEST(Architecture, ASiblingThatNamesAnotherIsNoticed) {
  EXPECT_EQ(forbidden_among({{"//loop:task", "//gil_sim:gil"}}).size(), 1u);
  EXPECT_EQ(forbidden_among({{"//ipc:pipe", "//loop:future"}}).size(), 1u);
}

TEST(Architecture, AnArrowUpwardsIsNoticed) {
  EXPECT_EQ(forbidden_among({{"//os:proc", "//scheduler:clock"}}).size(), 1u);
  EXPECT_EQ(forbidden_among({{"//scheduler:clock", "//os:io"}}).size(), 1u);
  EXPECT_EQ(forbidden_among({{"//loop:task", "//demos:quiz"}}).size(), 1u);
}

TEST(Architecture, AnArrowOutOfTheRepositoryIsNoticed) {
  EXPECT_EQ(forbidden_among({{"//loop:task", "@boost//:asio"}}).size(), 1u);
}

}  // namespace
}  // namespace tests

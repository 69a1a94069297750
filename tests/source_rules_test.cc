// Rules that every source of the five library folders keeps. They are read from
// the text, so that a habit of the course cannot be lost unnoticed.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tests {
namespace {

const std::vector<std::string> kFolders = {"os", "scheduler", "loop", "ipc",
                                           "gil_sim"};

// Path within the repository -> text, for what the build handed to this test.
std::map<std::string, std::string> read_sources() {
  std::map<std::string, std::string> sources;
  for (const std::string& folder : kFolders) {
    if (!std::filesystem::exists(folder)) {
      continue;
    }
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder)) {
      const std::string path = entry.path().string();
      if (path.ends_with(".h") || path.ends_with(".cc")) {
        std::ifstream file(path);
        sources[path] = {std::istreambuf_iterator<char>(file), {}};
      }
    }
  }
  return sources;
}

// A line without its comment and without what stands in quotes.
std::string code_of(const std::string& line) {
  std::string code;
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && line.compare(i, 2, "//") == 0) {
      break;
    } else if (!quoted) {
      code += line[i];
    }
  }
  return code;
}

// "path:line" of every line whose code holds one of `words` and then matches.
// The words come first because a search for them is a hundred times faster.
std::vector<std::string> lines_matching(const std::string& path,
                                        const std::string& text,
                                        const std::vector<std::string>& words,
                                        const std::regex& pattern) {
  std::vector<std::string> places;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const bool worth_it =
        std::any_of(words.begin(), words.end(), [&](const std::string& word) {
          return line.find(word) != std::string::npos;
        });
    if (worth_it && std::regex_search(code_of(line), pattern)) {
      places.push_back(path + ":" + std::to_string(number));
    }
  }
  return places;
}

TEST(SourceRules, TheTestSeesEveryLibraryFolder) {
  std::set<std::string> seen;
  for (const auto& [path, text] : read_sources()) {
    seen.insert(path.substr(0, path.find('/')));
  }
  EXPECT_EQ(seen, std::set<std::string>(kFolders.begin(), kFolders.end()));
}

TEST(SourceRules, EveryHeaderOpensWithItsNameAndASentence) {
  for (const auto& [path, text] : read_sources()) {
    if (path.ends_with(".h")) {
      EXPECT_TRUE(text.starts_with("// " + path + " - ")) << path;
    }
  }
}

TEST(SourceRules, EveryHeaderSaysWhoMayCallAndWhoOwns) {
  for (const auto& [path, text] : read_sources()) {
    if (path.ends_with(".h")) {
      for (const char* heading :
           {"\n// CONCEPT ", "\n// THREADS ", "\n// OWNERSHIP "}) {
        EXPECT_NE(text.find(heading), std::string::npos) << path << heading;
      }
    }
  }
}

// So that the header compiles alone. (bazel/package.bzl)
TEST(SourceRules, ASourceIncludesItsOwnHeaderFirst) {
  const auto sources = read_sources();
  for (const auto& [path, text] : sources) {
    const std::string header = path.substr(0, path.rfind('.')) + ".h";
    if (path.ends_with(".cc") && sources.contains(header)) {
      const std::string own = "#include \"" + header + "\"";
      EXPECT_EQ(text.substr(text.find("#include"), own.size()), own) << path;
    }
  }
}

TEST(SourceRules, GuardsAreSpelledFromThePath) {
  for (const auto& [path, text] : read_sources()) {
    if (path.ends_with(".h")) {
      std::string guard = path + "_";
      std::replace_if(
          guard.begin(), guard.end(),
          [](char c) { return c == '/' || c == '.'; }, '_');
      std::transform(guard.begin(), guard.end(), guard.begin(),
                     [](char c) { return static_cast<char>(std::toupper(c)); });
      EXPECT_NE(text.find("#ifndef " + guard + "\n#define " + guard + "\n"),
                std::string::npos)
          << path;
    }
  }
}

TEST(SourceRules, NoFileGrowsBeyondOneConcept) {
  for (const auto& [path, text] : read_sources()) {
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 340) << path;
  }
}

TEST(SourceRules, SystemCallsThatMayFailGoThroughTheTable) {
  // With "::" in front, or a name that no method of ours has.
  const std::regex naked(
      R"((^|[^\w.:>])(::(read|write|open|close|pipe|socket|accept|connect|send|recv|poll|kill)|(::)?(pipe2|fork|accept4|epoll_\w+|eventfd|waitpid|waitid|wait4|pidfd_\w+|mmap|munmap|mprotect|sigaltstack|timer_create|timer_settime|timer_delete))\()");
  for (const auto& [path, text] : read_sources()) {
    if (path == "os/syscall.cc") {
      continue;  // the table itself
    }
    for (const std::string& place : lines_matching(path, text, {"("}, naked)) {
      ADD_FAILURE() << place << " goes round os/syscall.h";
    }
  }
}

// Or a program that another thread starts at that moment has it as well.
TEST(SourceRules, ADescriptorIsMadeToBeClosedByExec) {
  const std::regex makes(
      R"(syscalls\.(open|socket|socketpair|accept4|pipe2|epoll_create1|eventfd)\(|memfd_create\()");
  for (const auto& [path, text] : read_sources()) {
    if (path == "ipc/spawn.cc") {
      continue;  // what it starts is to have the message
    }
    for (std::sregex_iterator call(text.begin(), text.end(), makes), end;
         call != end; ++call) {
      const auto begin = static_cast<size_t>(call->position());
      const std::string arguments =
          text.substr(begin, text.find(';', begin) - begin);
      EXPECT_NE(arguments.find("CLOEXEC"), std::string::npos)
          << path << ": " << arguments;
    }
  }
}

TEST(SourceRules, OnlyTheClockReadsTheTime) {
  const std::regex reads(
      R"((steady|system)_clock::now\(|clock_gettime\(|gettimeofday\(|this_thread::sleep|usleep\(|nanosleep\()");
  for (const auto& [path, text] : read_sources()) {
    if (path.starts_with("scheduler/clock.")) {
      continue;
    }
    for (const std::string& place :
         lines_matching(path, text, {"clock", "sleep", "gettime"}, reads)) {
      ADD_FAILURE() << place << " does not ask scheduler/clock.h";
    }
  }
}

TEST(SourceRules, ACoroutineIsResumedByItsTaskOrItsGeneratorAndNobodyElse) {
  // A promise's resume() is the generators' own word, in generator_link.
  const std::regex resumes(
      R"((^|[^\w])(?!promise)\w+(\(\))?(\.|->)resume\(\))");
  std::set<std::string> files;
  for (const auto& [path, text] : read_sources()) {
    if (!lines_matching(path, text, {"resume()"}, resumes).empty()) {
      files.insert(path.substr(0, path.rfind('.')));
    }
  }
  EXPECT_EQ(files,
            (std::set<std::string>{"loop/generator_link", "loop/task_base"}));
}

TEST(SourceRules, NothingIsLeftForLater) {
  for (const auto& [path, text] : read_sources()) {
    for (const char* later : {"FIXME", "TODO", "XXX", "HACK"}) {
      EXPECT_EQ(text.find(later), std::string::npos) << path << " " << later;
    }
  }
}

TEST(SourceRules, AnUnsequencedAtomicHasItsReasonNearby) {
  const std::vector<std::string> weak = {
      "memory_order_relaxed", "memory_order_acquire", "memory_order_release",
      "memory_order_acq_rel"};
  for (const auto& [path, text] : read_sources()) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(line);
    }
    for (size_t i = 0; i < lines.size(); ++i) {
      if (std::none_of(weak.begin(), weak.end(), [&](const std::string& word) {
            return lines[i].find(word) != std::string::npos;
          })) {
        continue;
      }
      const auto first = lines.begin() + static_cast<long>(i < 12 ? 0 : i - 12);
      const std::regex reason(
          "//.*(elaxed|cquire|elease|order|seen|see|hint|lock|thread)");
      EXPECT_TRUE(std::any_of(first, lines.begin() + static_cast<long>(i) + 1,
                              [&](const std::string& line) {
                                return std::regex_search(line, reason);
                              }))
          << path << ":" << i + 1;
    }
  }
}

}  // namespace
}  // namespace tests

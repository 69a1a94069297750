// What a lesson or ERRATA.md tells a learner to run can be run, and prints what
// is shown there. (A test cannot call Bazel: it runs the program that Bazel
// would.)
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kLessons[] = {"demos/README.md", "gil_sim/README.md",
                                    "ipc/README.md", "loop/README.md",
                                    "scheduler/README.md"};

struct Command {
  std::string lesson;
  std::string program;
  std::vector<std::string> arguments;
  std::string shown;  // the output below it, if the lesson shows one

  // As a learner types it, less what is Bazel's.
  std::string line() const {
    std::string text = program;
    for (const std::string& argument : arguments) {
      text += " " + argument;
    }
    return text;
  }
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// What stands between a command in a block and the end of the block, or the
// next command.
std::string shown_below(const std::string& text, size_t end_of_command) {
  const size_t begin = text.find('\n', end_of_command) + 1;
  const size_t end =
      std::min(text.find("\n```", begin - 1), text.find("\n$ ", begin - 1));
  return end < begin ? "" : text.substr(begin, end + 1 - begin);
}

// Below a command inside a sentence: the indented lines of the next paragraph.
std::string indented_below(const std::string& text, size_t end_of_command) {
  std::istringstream lines(text.substr(text.find('\n', end_of_command) + 1));
  std::string shown;
  std::string line;
  std::getline(lines, line);
  while (line.empty() && std::getline(lines, line) &&
         line.starts_with("    ")) {
    shown += line.substr(4) + "\n";
    line.clear();
  }
  return shown;
}

std::vector<Command> commands_of(const std::string& lesson) {
  static const std::regex kCommand(
      "(\n\\$ |`)bazel run //demos:([a-z_]+)(?: -- ([^`\n]+))?");
  const std::string text = text_of(lesson);
  std::vector<Command> commands;
  for (std::sregex_iterator it(text.begin(), text.end(), kCommand), end;
       it != end; ++it) {
    std::istringstream words((*it)[3].str());
    Command command{lesson,
                    "demos/" + (*it)[2].str(),
                    {std::istream_iterator<std::string>(words), {}},
                    ""};
    const auto end_of_command =
        static_cast<size_t>(it->position() + it->length());
    command.shown = it->str(1) == "`" ? indented_below(text, end_of_command)
                                      : shown_below(text, end_of_command);
    commands.push_back(std::move(command));
  }
  return commands;
}

// Each takes a second or more, and most ask for a quiet machine: tests of their
// own run them. Left out here where no output is shown, and in ERRATA.md, whose
// flags //tests:concept_index_test tries.
bool takes_too_long(const Command& command) {
  static const std::set<std::string> kLines = {
      "demos/convoy",
      "demos/pool_of_loops",
      "demos/release_io",
      "demos/speed_knobs",
      "demos/speed_knobs --knob=disk",
      "demos/speed_knobs --knob=memory",
      "demos/timeline",
      "demos/where_threads_run",
      "demos/where_threads_run --gil=off --threads=1 --seconds=2"};
  return command.program == "demos/concurrency_matrix" ||
         ((command.shown.empty() || command.lesson == "ERRATA.md") &&
          kLines.contains(command.line()));
}

// Proofs that run until somebody stops them.
bool never_ends(const Command& command) {
  return command.program == "demos/local_server";
}

// These print numbers of the machine, or an address.
bool differs_from_run_to_run(const Command& command) {
  static const std::set<std::string> kPrograms = {
      "demos/convoy",    "demos/file_ready",   "demos/gil_race",
      "demos/isolation", "demos/many_waiters", "demos/release_io",
      "demos/sum_list",  "demos/to_thread"};
  return kPrograms.contains(command.program);
}

// These watch real processes: charts, and sentences that depend on what else
// the machine does. What is asked, and in which order, does not.
bool watches_the_machine(const Command& command) {
  static const std::set<std::string> kPrograms = {
      "demos/preempt", "demos/speed_knobs", "demos/switch_cost",
      "demos/timeline"};
  return kPrograms.contains(command.program) ||
         (command.program == "demos/lifecycle" && !command.arguments.empty());
}

// "C-052 C-023 "
std::string verdicts_of(const std::string& output) {
  static const std::regex kVerdict("(?:^|\n)VERDICT (C-[0-9]+) ");
  std::string ids;
  for (std::sregex_iterator it(output.begin(), output.end(), kVerdict), end;
       it != end; ++it) {
    ids += it->str(1) + " ";
  }
  return ids;
}

// diagnose leaves the standard output and the exit code to the command that it
// runs; to which a folder may be closed.
std::string all_output_of(const Command& command) {
  tests::Program program(command.program, command.arguments);
  program.wait();
  return program.output + program.error;
}

// A lesson may leave out what comes first, or last: "... (the charts)".
bool shows_a_part(const Command& command) {
  return command.shown.find("... (") != std::string::npos;
}

bool is_part_shown(const std::string& output, const std::string& shown) {
  if (shown.starts_with("... (")) {
    return output.ends_with(shown.substr(shown.find('\n') + 1));
  }
  return output.starts_with(shown.substr(0, shown.find("... (")));
}

// The judgement depends on the numbers as well: on a busy machine a ratio may
// not be seen, and the demo says so.
std::string words_of(const std::string& output) {
  return std::regex_replace(tests::masked(output),
                            std::regex("(VERDICT C-[0-9]+) [a-z ]+:"), "$1:");
}

// A run may be on one CPU or on several, and says on which.
std::string lists_shortened(const std::string& text) {
  return std::regex_replace(text, std::regex("N(, N)+"), "N");
}

// The verdicts of `output`, one by one: in words, or, where the words depend on
// the machine, by their ids.
std::set<std::string> said_by(const Command& command,
                              const std::string& output) {
  std::istringstream lines(output);
  std::set<std::string> said;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("VERDICT ")) {
      said.insert(watches_the_machine(command)
                      ? verdicts_of(line)
                      : lists_shortened(words_of(line)));
    }
  }
  return said;
}

TEST(LessonCommands, EachRunsAndPrintsWhatTheLessonShows) {
  // For the pictures that a lesson has written: where a learner would stand.
  setenv("BUILD_WORKING_DIRECTORY", testing::TempDir().c_str(), 1);
  for (const char* lesson : kLessons) {
    const std::vector<Command> commands = commands_of(lesson);
    EXPECT_GE(commands.size(), 3u) << lesson;
    for (const Command& command : commands) {
      if (takes_too_long(command) || never_ends(command)) {
        continue;
      }
      SCOPED_TRACE(command.lesson + ": " + command.line());
      const std::string output =
          command.program == "demos/diagnose"
              ? all_output_of(command)
              : tests::output_of(command.program, command.arguments);
      if (command.shown.empty()) {
        EXPECT_NE(output, "");
      } else if (command.program == "demos/diagnose") {
        // Which advice it is, another machine may see otherwise.
        EXPECT_TRUE(verdicts_of(output).starts_with("C-024 C-")) << output;
      } else if (watches_the_machine(command)) {
        EXPECT_EQ(verdicts_of(output), verdicts_of(command.shown));
      } else if (shows_a_part(command)) {
        EXPECT_TRUE(is_part_shown(output, command.shown)) << output;
      } else if (differs_from_run_to_run(command)) {
        EXPECT_EQ(words_of(output), words_of(command.shown));
      } else {
        EXPECT_EQ(output, command.shown);
      }
    }
  }
}

// An erratum shows one verdict, or some, of those that its command gives.
TEST(LessonCommands, EachErratumShowsWhatItsCommandStillSays) {
  int compared = 0;
  for (const Command& command : commands_of("ERRATA.md")) {
    if (takes_too_long(command)) {
      continue;
    }
    SCOPED_TRACE(command.lesson + ": " + command.line());
    const std::string output =
        tests::output_of(command.program, command.arguments);
    EXPECT_NE(output, "");
    const std::set<std::string> said = said_by(command, output);
    for (const std::string& shown : said_by(command, command.shown)) {
      EXPECT_TRUE(said.contains(shown)) << shown << "\nis not in\n" << output;
      ++compared;
    }
  }
  EXPECT_GE(compared, 30);
}

TEST(LessonCommands, ThisTestFindsThemInlineAndInBlocks) {
  const std::string lesson = testing::TempDir() + "/lesson.md";
  std::ofstream(lesson) << "Run `bazel run //demos:one -- --a=1 --b`.\n"
                           "```\n$ bazel run //demos:two\nx\ny\n\n"
                           "$ bazel run //demos:three\n```\n"
                           "*Run:* `bazel run //demos:four`\n\n"
                           "    VERDICT C-001 true: z\n\n*So:* z.\n";
  const std::vector<Command> commands = commands_of(lesson);
  ASSERT_EQ(commands.size(), 4u);
  EXPECT_EQ(commands[0].program, "demos/one");
  EXPECT_EQ(commands[0].arguments, (std::vector<std::string>{"--a=1", "--b"}));
  EXPECT_EQ(commands[0].shown, "");
  EXPECT_EQ(commands[1].program, "demos/two");
  EXPECT_EQ(commands[1].shown, "x\ny\n\n");
  EXPECT_EQ(commands[2].program, "demos/three");
  EXPECT_EQ(commands[2].shown, "");
  EXPECT_EQ(commands[3].program, "demos/four");
  EXPECT_EQ(commands[3].shown, "VERDICT C-001 true: z\n");
}

}  // namespace
}  // namespace demos

// What a lesson tells a learner to run can be run, and prints what the lesson
// shows. (A test cannot call Bazel: it runs the program that Bazel would.)
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

constexpr const char* kLessons[] = {"gil_sim/README.md", "ipc/README.md",
                                    "loop/README.md", "scheduler/README.md"};

struct Command {
  std::string lesson;
  std::string program;
  std::vector<std::string> arguments;
  std::string shown;  // the output below it, if the lesson shows one
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
    if (it->str(1) != "`") {
      command.shown =
          shown_below(text, static_cast<size_t>(it->position() + it->length()));
    }
    commands.push_back(std::move(command));
  }
  return commands;
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
      "demos/preempt", "demos/switch_cost", "demos/timeline"};
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

TEST(LessonCommands, EachRunsAndPrintsWhatTheLessonShows) {
  for (const char* lesson : kLessons) {
    const std::vector<Command> commands = commands_of(lesson);
    EXPECT_GE(commands.size(), 3u) << lesson;
    for (const Command& command : commands) {
      std::string line = command.lesson + ": " + command.program;
      for (const std::string& argument : command.arguments) {
        line += " " + argument;
      }
      SCOPED_TRACE(line);
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

TEST(LessonCommands, ThisTestFindsThemInlineAndInBlocks) {
  const std::string lesson = testing::TempDir() + "/lesson.md";
  std::ofstream(lesson) << "Run `bazel run //demos:one -- --a=1 --b`.\n"
                           "```\n$ bazel run //demos:two\nx\ny\n\n"
                           "$ bazel run //demos:three\n```\n";
  const std::vector<Command> commands = commands_of(lesson);
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_EQ(commands[0].program, "demos/one");
  EXPECT_EQ(commands[0].arguments, (std::vector<std::string>{"--a=1", "--b"}));
  EXPECT_EQ(commands[0].shown, "");
  EXPECT_EQ(commands[1].program, "demos/two");
  EXPECT_EQ(commands[1].shown, "x\ny\n\n");
  EXPECT_EQ(commands[2].program, "demos/three");
  EXPECT_EQ(commands[2].shown, "");
}

}  // namespace
}  // namespace demos

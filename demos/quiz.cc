// demos/quiz.cc - do you know? What you say is held against a run.
//
// Schedules, locks, loops and generators are what interviewers ask about. Here
// the questions do not end: each is thrown by a seed, and its answer is found
// by doing what it asks about, in this kernel. A line is an answer; `?` gives
// up; the end of the input ends the quiz. [C-177]
//
//   bazel run //demos:quiz
//   bazel run //demos:quiz -- --topic=race,gil --seed=7
//   bazel run //demos:quiz -- --answer
//
// Expected: a question; after your answer whether it is right, why, and the
// command that shows it; and last
//   VERDICT C-177 found: 9 questions, each answered by running it; 7 right,
//   2 wrong
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "demos/quiz_questions.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"

namespace demos {
namespace {

using support::print;

struct Options {
  std::vector<std::string> topics;
  int seed = 1;
  int count = 0;  // 0: until the input ends
  bool answer = false;
};

struct Score {
  int right = 0;
  int wrong = 0;
};

// The same for a topic and a seed whatever else is asked about.
Question question_of(const std::string& name, int seed) {
  Dice dice(static_cast<uint64_t>(seed));
  size_t topic = 0;
  while (kTopics[topic].name != name) {
    ++topic;
  }
  return kTopics[topic].ask(dice);
}

std::string told(const Question& question) {
  return question.answer + "\n" + question.why +
         "see: bazel run //demos:" + question.command + "\n";
}

// What the learner thinks; nothing at the end of the input. Giving up is wrong.
std::optional<bool> answered(const Question& question) {
  for (;;) {
    print("> ");
    std::string line;
    if (!std::getline(std::cin, line)) {
      print("\n");
      return std::nullopt;
    }
    if (line == "?") {
      return false;
    }
    if (const auto right = judge(question, line)) {
      return right;
    }
    print("That is no answer to it; say " +
          std::string(name_of(question.kind)) + ", or ? to give up.\n");
  }
}

std::string judgement(const Options& options, int asked, const Score& score) {
  const std::string questions = std::to_string(asked) + " questions";
  if (options.answer) {
    return "found: " + questions + ", each answered by running it";
  }
  if (asked == 0) {
    return "not shown: no question was answered";
  }
  return "found: " + questions + ", each answered by running it; " +
         std::to_string(score.right) + " right, " +
         std::to_string(score.wrong) + " wrong";
}

void ask(const Options& options) {
  Score score;
  int asked = 0;
  for (; options.count == 0 || asked < options.count; ++asked) {
    const int seed = options.seed + asked;
    const std::string& topic =
        options.topics[static_cast<size_t>(seed) % options.topics.size()];
    const Question question = question_of(topic, seed);
    print((asked == 0 ? "" : "\n") + std::to_string(asked + 1) + ". " + topic +
          " (again: --topic=" + topic + " --seed=" + std::to_string(seed) +
          ")\n" + question.text + "\n");
    if (options.answer) {
      print("It is " + told(question));
      continue;
    }
    const auto right = answered(question);
    if (!right) {
      break;
    }
    (*right ? score.right : score.wrong) += 1;
    print((*right ? "Right: " : "Wrong. It is ") + told(question));
  }
  print("\n" + support::verdict("C-177", judgement(options, asked, score)) +
        "\n");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("quiz", [&] {
    Options options;
    for (const Topic& topic : kTopics) {
      options.topics.emplace_back(topic.name);
    }
    support::Flags flags("quiz", "questions without end, answered by running");
    flags.choices("topic", &options.topics, options.topics, "asked in turn");
    flags.number("seed", &options.seed, 0, 1'000'000, "of the first question");
    flags.number("count", &options.count, 1, 1'000'000, "of questions",
                 "until the input ends; with --answer one of each topic");
    flags.toggle("answer", &options.answer, "tell the answers, ask nobody");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    if (options.answer && options.count == 0) {
      options.count = static_cast<int>(options.topics.size());
    }
    ask(options);
    return 0;
  });
}

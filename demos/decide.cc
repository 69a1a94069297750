// demos/decide.cc - the documents' advice, as questions that can be answered.
//
// Their last code sample is meant to choose a model: if it is I/O-bound and ...
// else ... else: with two else branches for one `if` it does not run. Here the
// same rule is a table; this program only asks what the table wants to know,
// until one row holds. Answer yes, no, or with the number itself. [C-203]
//
//   bazel run //demos:decide
//   bazel run //demos:decide -- --only-files=no --cpu-share=0.05 --wait=50
//   bazel run //demos:decide -- --picture
//
// Predict: which advice is given most often, if all answers are equally likely?
// Expected: questions, the advice, and last lines such as
//   VERDICT C-203 found: each of 32 combinations of answers has one advice: ...
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "scheduler/choose.h"

namespace demos {
namespace {

using scheduler::Choice;
using scheduler::Criterion;
using scheduler::DecisionTable;
using support::print;

// What was said about a criterion: yes, no, or the value.
std::optional<bool> understood(const Criterion& criterion,
                               std::string_view said) {
  if (said == "y" || said == "yes") {
    return true;
  }
  if (said == "n" || said == "no") {
    return false;
  }
  double value = 0;
  const auto end = std::from_chars(said.begin(), said.end(), value);
  const bool is_number = end.ec == std::errc() && end.ptr == said.end() &&
                         value >= 0 && value <= 1e9;
  if (!is_number || criterion.kind == Criterion::Kind::kYes) {
    return std::nullopt;
  }
  return criterion.holds(value);
}

std::string accepted(const Criterion& criterion) {
  return criterion.kind == Criterion::Kind::kYes
             ? "yes or no"
             : "yes, no, or a number from 0 to 1e9";
}

class NobodyAnswers : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

bool ask(const Criterion& criterion) {
  for (;;) {
    print(std::string(criterion.question) + "\n  [" + criterion.condition() +
          "] ");
    std::string said;
    if (!std::getline(std::cin, said)) {
      print("\n");
      throw NobodyAnswers(std::string(criterion.question) +
                          " No answer; accepted: " + accepted(criterion));
    }
    if (const auto answer = understood(criterion, said)) {
      print(*answer ? "-> yes\n" : "-> no\n");
      return *answer;
    }
    print("-> not understood; accepted: " + accepted(criterion) + "\n");
  }
}

// Every combination of answers, each of which has to lead somewhere. [C-203]
template <class Visit>
void for_all_answers(const DecisionTable& table, Visit visit) {
  for (size_t bits = 0; bits < size_t{1} << table.criteria.size(); ++bits) {
    const auto said = [&](const Criterion& criterion) {
      const auto place = &criterion - table.criteria.data();
      return (bits >> place & 1) != 0;
    };
    visit(said, choose(table, said));
  }
}

std::string truth_table_verdict(const DecisionTable& table) {
  std::map<std::string_view, int> counts;
  int all = 0;
  for_all_answers(table, [&](const auto&, const Choice& choice) {
    ++counts[choice.row->advice];
    ++all;
  });
  std::string text;
  for (const scheduler::Row& row : table.rows) {
    text += (text.empty() ? "" : ", ") + std::string(row.advice) + " " +
            std::to_string(counts[row.advice]);
  }
  return "found: each of " + std::to_string(all) +
         " combinations of answers has one advice: " + text;
}

// Picture 16 of the documents: a person who is asked one thing, devices or
// computing. How often is that enough? [C-205]
std::string one_question_verdict(const DecisionTable& table) {
  int all = 0;
  int same = 0;
  for_all_answers(table, [&](const auto& said, const Choice& choice) {
    bool computes = false;
    for (const Criterion& criterion : table.criteria) {
      computes |= criterion.name == "cpu-share" && said(criterion);
    }
    ++all;
    same += choice.row->advice == (computes ? "processes" : "threads") ? 1 : 0;
  });
  return "imprecise: to ask only \"devices or computing?\" gives the advice of "
         "the rule for " +
         std::to_string(same) + " of " + std::to_string(all) +
         " combinations of answers; never single, never async";
}

void decide(const DecisionTable& table,
            const std::map<std::string_view, bool>& known) {
  const Choice choice = choose(table, [&](const Criterion& criterion) {
    const auto said = known.find(criterion.name);
    return said != known.end() ? said->second : ask(criterion);
  });
  print("\n");
  for (const scheduler::Answer& answer : choice.asked) {
    print(std::string(answer.holds ? "yes  " : "no   ") +
          answer.criterion->condition() + "\n");
  }
  const scheduler::Row& row = *choice.row;
  print(std::string(row.program) + ": " + std::string(row.advice) + "\n\n");
  print(support::verdict(row.concept_id,
                         "advice: " + std::string(row.program) + " -> " +
                             std::string(row.advice) + " (" +
                             std::to_string(choice.asked.size()) + " of " +
                             std::to_string(table.criteria.size()) +
                             " answers needed)") +
        "\n");
}

// The limit of connections, found by asking the table: everything else is as
// in a program that waits briefly. [C-202]
std::string connections_verdict(const DecisionTable& table, int connections) {
  const auto advice = [&](double number) {
    return std::string(
        choose(table, scheduler::Facts{.connections = number}).row->advice);
  };
  int limit = 0;
  while (advice(limit) == advice(0)) {
    ++limit;
  }
  return "found: with " + std::to_string(connections) +
         " connections and short waits " + advice(connections) +
         "; the advice changes at " + std::to_string(limit);
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("decide", [&] {
    const DecisionTable table = scheduler::documents_table();
    std::map<std::string_view, bool> known;
    std::optional<int> connections;
    bool picture = false;
    support::Flags flags("decide", "which way to run a program, by the rule");
    for (const Criterion& criterion : table.criteria) {
      flags.parsed(
          std::string(criterion.name), "ANSWER",
          [&](std::string_view said) {
            const auto answer = understood(criterion, said);
            if (!answer) {
              throw std::invalid_argument("accepted: " + accepted(criterion));
            }
            known[criterion.name] = *answer;
            double number = 0;  // 1e3 is a number as well
            const auto end = std::from_chars(said.begin(), said.end(), number);
            if (criterion.name == "connections" && end.ptr == said.end()) {
              connections = static_cast<int>(std::min(number, 1e9));
            }
          },
          criterion.condition() + "?", accepted(criterion), "it is asked");
    }
    flags.toggle("picture", &picture, "draw the rule, ask nothing");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::Verdicts verdicts;
    if (picture) {
      print(draw(table) + "\n");
      verdicts.add("C-204", "found: drawn from the " +
                                std::to_string(table.rows.size()) +
                                " rows that `decide` follows");
      verdicts.add("C-205", one_question_verdict(table));
    } else {
      try {
        decide(table, known);
      } catch (const NobodyAnswers& nobody) {
        std::cerr << "decide: " << nobody.what() << "\n";
        return 2;
      }
    }
    if (connections) {
      verdicts.add("C-202", connections_verdict(table, *connections));
    }
    verdicts.add("C-203", truth_table_verdict(table));
    print(verdicts.text());
    return 0;
  });
}

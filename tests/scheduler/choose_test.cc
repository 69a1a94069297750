// The promises of scheduler/choose.h: a rule that can be asked, read and drawn.
#include "scheduler/choose.h"

#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace scheduler {
namespace {

std::string advice_for(const Facts& facts) {
  static const DecisionTable table = documents_table();
  return std::string(choose(table, facts).row->advice);
}

// [C-198]
TEST(Choose, WhoComputesIsAdvisedToTakeProcesses) {
  EXPECT_EQ(advice_for({.user_share = 0.97, .cpu_share = 0.99}), "processes");
  EXPECT_EQ(advice_for({.user_share = 1.8, .cpu_share = 1.9}), "processes");
}

// [C-199]
TEST(Choose, WhoWaitsBrieflyForFewIsAdvisedToTakeThreads) {
  EXPECT_EQ(
      advice_for({.cpu_share = 0.2, .mean_wait_ms = 0.2, .connections = 3}),
      "threads");
}

// [C-200]
TEST(Choose, WhoWaitsLongIsAdvisedToTakeAsync) {
  EXPECT_EQ(advice_for({.cpu_share = 0.01, .mean_wait_ms = 50}), "async");
}

// [C-201]
TEST(Choose, WhoWaitsOnlyForFilesIsAdvisedToTakeNothing) {
  EXPECT_EQ(advice_for({.only_files = 1, .user_share = 0.1, .cpu_share = 1.0}),
            "single");
  // What its own code does with the files may still be work.
  EXPECT_EQ(advice_for({.only_files = 1, .user_share = 0.9, .cpu_share = 1.0}),
            "processes");
}

// [C-202]
TEST(Choose, ManyConnectionsAloneAreAReasonForAsync) {
  EXPECT_EQ(advice_for({.mean_wait_ms = 0.2, .connections = 99}), "threads");
  EXPECT_EQ(advice_for({.mean_wait_ms = 0.2, .connections = 100}), "async");
}

// [C-203], written a second time as the nested conditions it stands for.
TEST(Choose, TheTruthTableIsThatOfTheRepairedConditions) {
  const DecisionTable table = documents_table();
  for (unsigned bits = 0; bits < 32; ++bits) {
    const auto yes = [&](size_t place) { return (bits >> place & 1u) != 0; };
    const Choice choice = choose(table, [&](const Criterion& criterion) {
      return yes(static_cast<size_t>(&criterion - table.criteria.data()));
    });
    std::string expected = "threads";
    if (yes(0) && yes(1)) {
      expected = "single";
    } else if (yes(2)) {
      expected = "processes";
    } else if (yes(3) || yes(4)) {
      expected = "async";
    }
    EXPECT_EQ(choice.row->advice, expected) << bits;
  }
}

// [I2]
TEST(Choose, ACriterionIsAskedOnlyIfTheChoiceDependsOnIt) {
  const DecisionTable table = documents_table();
  const auto asked_for = [&](const Facts& facts) {
    std::string names;
    for (const Answer& answer : choose(table, facts).asked) {
      names += (names.empty() ? "" : " ") + std::string(answer.criterion->name);
    }
    return names;
  };
  EXPECT_EQ(asked_for({.only_files = 1}), "only-files user-share");
  EXPECT_EQ(asked_for({.cpu_share = 1}), "only-files cpu-share");
  EXPECT_EQ(asked_for({.mean_wait_ms = 50}), "only-files cpu-share wait");
  EXPECT_EQ(asked_for({}), "only-files cpu-share wait connections");
}

TEST(Choose, NearAThresholdItNamesTheOtherAdviceToo) {
  const DecisionTable table = documents_table();
  const auto nearby = [&](const Facts& facts) {
    std::string advice;
    for (const Row* row : choose(table, facts).nearby) {
      advice += std::string(row->advice) + " ";
    }
    return advice;
  };
  EXPECT_EQ(nearby({.cpu_share = 0.79, .mean_wait_ms = 0.1}), "processes ");
  EXPECT_EQ(nearby({.cpu_share = 0.85, .mean_wait_ms = 0.1}), "threads ");
  EXPECT_EQ(nearby({.cpu_share = 0.71, .mean_wait_ms = 0.1}), "");
  EXPECT_EQ(nearby({.cpu_share = 0.75, .mean_wait_ms = 9.5}),
            "processes async ");
  // On its other side this one would change nothing.
  EXPECT_EQ(nearby({.mean_wait_ms = 9.5, .connections = 200}), "");
  EXPECT_EQ(nearby({.only_files = 1, .user_share = 0.79, .cpu_share = 1}),
            "processes ");
}

TEST(Choose, AThresholdThatIsMovedMovesTheChoice) {
  DecisionTable table = documents_table();
  const Facts facts = {.cpu_share = 0.5};
  EXPECT_EQ(choose(table, facts).row->advice, "threads");
  table.criteria[2].threshold = 0.4;
  EXPECT_EQ(choose(table, facts).row->advice, "processes");
}

// Follows a picture as a reader does: the first line whose condition holds.
class Reader {
 public:
  explicit Reader(const DecisionTable& table) : picture_(draw(table)) {}

  std::string advice_for(const std::map<std::string, double>& known) const {
    std::istringstream lines(picture_);
    for (std::string line; std::getline(lines, line);) {
      if (const size_t end = line.find("+--> "); end != std::string::npos) {
        return line.substr(end + 5);
      }
      const std::string arrow = " ? --yes--> ";
      const size_t at = line.find(arrow);
      if (at != std::string::npos && holds(line.substr(0, at), known)) {
        return line.substr(at + arrow.size());
      }
    }
    return "";
  }

 private:
  static bool holds(const std::string& text,
                    const std::map<std::string, double>& known) {
    for (const bool all : {true, false}) {
      const std::string word = all ? " and " : " or ";
      if (const size_t at = text.find(word); at != std::string::npos) {
        const bool first = holds(text.substr(0, at), known);
        const bool second = holds(text.substr(at + word.size()), known);
        return all ? first && second : first || second;
      }
    }
    if (const size_t at = text.find(" >= "); at != std::string::npos) {
      return known.at(text.substr(0, at)) >=
             std::strtod(text.c_str() + at + 4, nullptr);
    }
    if (const size_t at = text.find(" < "); at != std::string::npos) {
      return known.at(text.substr(0, at)) <
             std::strtod(text.c_str() + at + 3, nullptr);
    }
    return known.at(text) != 0;
  }

  const std::string picture_;
};

// Every combination of values around the thresholds.
void expect_picture_and_code_agree(const DecisionTable& table) {
  const Reader reader(table);
  for (const double files : {0.0, 1.0}) {
    for (const double user : {0.0, 0.49, 0.5, 0.79, 0.8}) {
      for (const double cpu : {0.0, 0.49, 0.5, 0.79, 0.8, 2.0}) {
        for (const double wait : {0.0, 9.9, 10.0}) {
          for (const double connections : {0.0, 99.0, 100.0}) {
            EXPECT_EQ(reader.advice_for({{"only local files", files},
                                         {"user time / wall", user},
                                         {"CPU time / wall", cpu},
                                         {"mean wait", wait},
                                         {"connections", connections}}),
                      choose(table, {files, user, cpu, wait, connections})
                          .row->advice)
                << files << " " << user << " " << cpu << " " << wait << " "
                << connections;
          }
        }
      }
    }
  }
}

// [C-204]
TEST(Choose, ThePictureSaysWhatTheCodeDoes) {
  EXPECT_EQ(draw(documents_table()),
            "only local files and user time / wall < 0.8 ? --yes--> single\n"
            "      | no\n"
            "CPU time / wall >= 0.8 ? --yes--> processes\n"
            "      | no\n"
            "mean wait >= 10 ms or connections >= 100 ? --yes--> async\n"
            "      | no\n"
            "      +--> threads\n");
  expect_picture_and_code_agree(documents_table());
}

// [C-204]: not by being the same text each time.
TEST(Choose, AnotherTableMakesAnotherPicture) {
  DecisionTable table = documents_table();
  table.criteria[2].threshold = 0.5;
  std::swap(table.rows[0], table.rows[1]);
  expect_picture_and_code_agree(table);
}

}  // namespace
}  // namespace scheduler

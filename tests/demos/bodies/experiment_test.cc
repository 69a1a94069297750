#include "demos/bodies/experiment.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "demos/bodies/file.h"
#include "demos/bodies/step.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "loop/stop_iteration.h"
#include "scheduler/clock.h"

namespace demos::bodies {
namespace {

// Sizes at which every test ends in milliseconds.
World small_world(const std::string& folder) {
  World world;
  world.sizes = {.sleep_unit = scheduler::seconds(0.0001),
                 .letters = 3,
                 .base = 50,
                 .rows = 20};
  world.items = 4;
  world.folder = folder;
  return world;
}

// Runs a body with a world that sleeps no time and has one page for all.
Value run(Body body, const std::string& page = "") {
  try {
    for (Step step = body.next();;) {
      Answer answer = page;
      if (const auto* sleep = std::get_if<Sleep>(&step)) {
        scheduler::SteadyClock::instance().sleep_for(sleep->duration);
      } else if (const auto* file = std::get_if<FileStep>(&step)) {
        answer = perform(*file);
      }
      step = body.send(std::move(answer));
    }
  } catch (const loop::StopWith<Value>& stop) {
    return stop.value.value();
  }
}

std::vector<Value> run_all(const Experiment& experiment, const World& world) {
  std::vector<Value> values;
  for (int item = 0; item < world.items; ++item) {
    values.push_back(run(experiment.body(world, item)));
  }
  return values;
}

// What the check says against the values, if it does.
std::string refusal(const Experiment& experiment, const World& world,
                    const std::vector<Value>& values) {
  try {
    experiment.check(world, values);
    return "";
  } catch (const std::exception& refused) {
    return refused.what();
  }
}

bool empty(const std::string& folder) {
  return std::filesystem::is_empty(folder);
}

// C-178
TEST(Experiments, TheWaitsOfTheDocumentsSumUpTo178AndTheLongestIs10) {
  int sum = 0;
  int longest = 0;
  for (int i = 0; i < 26; ++i) {
    sum += delay_units(i);
    longest = std::max(longest, delay_units(i));
  }
  EXPECT_EQ(sum, 178);
  EXPECT_EQ(longest, 10);
}

TEST(Experiments, DelaysStayBetweenTwoAndTenForAnyItem) {
  for (int i = 0; i < 10000; ++i) {
    EXPECT_GE(delay_units(i), 2);
    EXPECT_LE(delay_units(i), 10);
  }
}

TEST(Experiments, AreNumberedFromOneToSeven) {
  std::vector<int> numbers;
  std::set<std::string_view> concepts;
  for (const Experiment& experiment : experiments()) {
    numbers.push_back(experiment.number);
    concepts.insert(experiment.concept_id);
  }
  EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(concepts,
            (std::set<std::string_view>{"C-178", "C-179", "C-180", "C-181",
                                        "C-182", "C-183", "C-184"}));
}

TEST(Sleeps, ASleeperThatWokeEarlyFailsTheCheck) {
  const World world = small_world("");
  EXPECT_EQ(sleeps().check(world, run_all(sleeps(), world)), "");
  Body body = sleeps().body(world, 0);
  body.next();
  std::vector<Value> values;
  try {
    body.send("");  // at once, without waiting
  } catch (const loop::StopWith<Value>& stop) {
    values.push_back(stop.value.value());
  }
  EXPECT_THROW(sleeps().check(world, values), std::runtime_error);
}

TEST(Pages, TheAnswerToAnotherQuestionFailsTheCheck) {
  const World world = small_world("");
  const Value right = run(pages().body(world, 1), "/item/1....");
  EXPECT_EQ(pages().check(world, std::vector{right}), "");
  const Value wrong = run(pages().body(world, 1), "/item/2....");
  EXPECT_THROW(pages().check(world, std::vector{wrong}), std::runtime_error);
}

TEST(OneFile, EveryLetterIsCounted) {
  const support::ScratchFolder folder;
  const World world = small_world(folder.path());
  const std::vector<Value> values = run_all(one_file(), world);
  EXPECT_EQ(one_file().check(world, values), "");  // each in one piece
  EXPECT_TRUE(empty(folder.path()));
}

TEST(OneFile, LettersThatLieMixedAreRemarkedOn) {
  const support::ScratchFolder folder;
  World world = small_world(folder.path());
  world.items = 2;
  const std::vector<Value> values = run_all(one_file(), world);
  const std::string path = folder.path() + "/letters";
  std::string text;
  for (Value i = 0; i < std::max(values[0], values[1]); ++i) {
    text += (i < values[0] ? "a" : "") + std::string(i < values[1] ? "b" : "");
  }
  std::ofstream(path) << text;
  EXPECT_TRUE(one_file()
                  .check(world, values)
                  .ends_with(" runs of letters from 2 writers"));
}

TEST(OneFile, ALetterTooManyOrTooFewFailsTheCheck) {
  for (const bool more : {true, false}) {
    const support::ScratchFolder folder;
    const World world = small_world(folder.path());
    const std::vector<Value> values = run_all(one_file(), world);
    const std::string path = folder.path() + "/letters";
    if (more) {
      std::ofstream(path, std::ios::app) << "a";
    } else {
      std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    }
    EXPECT_EQ(refusal(one_file(), world, values),
              "letters were lost or made up");
  }
}

TEST(OneFile, WhatIsNoLetterFailsTheCheck) {
  for (const char* const garbage : {"A", "\n", "\xff", "{"}) {
    const support::ScratchFolder folder;
    const World world = small_world(folder.path());
    const std::vector<Value> values = run_all(one_file(), world);
    std::ofstream(folder.path() + "/letters", std::ios::app) << garbage;
    EXPECT_EQ(refusal(one_file(), world, values),
              "letters were lost or made up");
  }
}

TEST(Heavy, TheRemaindersAreThoseOfModularPowers) {
  const World world = small_world("");
  std::vector<Value> values = run_all(heavy(), world);
  EXPECT_EQ(heavy().check(world, values), "");
  values[2] += 1;
  EXPECT_THROW(heavy().check(world, values), std::runtime_error);
}

TEST(Heavy, HasACheckPointBetweenTwoMultiplications) {
  Body body = heavy().body(small_world(""), 0);
  int check_points = 0;
  for (const Step& step : body) {
    EXPECT_TRUE(std::holds_alternative<CheckPoint>(step));
    ++check_points;
  }
  EXPECT_EQ(check_points, 6 + 3);  // 50 = 110010b: six squares, three factors
}

TEST(ManyFiles, EachFileIsWrittenReadAndRemoved) {
  const support::ScratchFolder folder;
  const World world = small_world(folder.path());
  const std::vector<Value> values = run_all(many_files(), world);
  EXPECT_EQ(values, std::vector<Value>(4, checksum("text")));
  EXPECT_EQ(many_files().check(world, values), "");
  EXPECT_TRUE(empty(folder.path()));
  EXPECT_THROW(many_files().check(world, values), std::runtime_error);
}

TEST(ManyFiles, AFileTooManyFailsTheCheck) {
  const support::ScratchFolder folder;
  const World world = small_world(folder.path());
  const std::vector<Value> values = run_all(many_files(), world);
  std::ofstream(folder.path() + "/4") << "text";
  EXPECT_EQ(refusal(many_files(), world, values),
            "there is a file that no item has written");
}

// C-185
TEST(ApiToFile, EachAnswerBecomesALine) {
  const support::ScratchFolder folder;
  World world = small_world(folder.path());
  world.items = 2;
  const std::vector<Value> values = {
      run(api_to_file().body(world, 0), R"({"id": "0", "text": "zero"})"),
      run(api_to_file().body(world, 1), R"({"id": "1", "text": "one"})")};
  EXPECT_EQ(values[1], checksum("1 one\n"));
  EXPECT_EQ(api_to_file().check(world, values), "");
  EXPECT_TRUE(empty(folder.path()));
}

TEST(ApiToFile, ALineThatIsTornOrThereTwiceFailsTheCheck) {
  for (const char* const text :
       {"0 zero\n1 o\n", "0 zero\n0 zero\n", "0 zero\n1 one\n1 one\n",
        "0 zero\n7 one\n", "0 zero\n-1 one\n", "0 zero\n\n", "garbage\n",
        "99999999999999999999 zero\n"}) {
    const support::ScratchFolder folder;
    const World world = small_world(folder.path());
    std::ofstream(folder.path() + "/lines") << text;
    const std::vector<Value> values = {checksum("0 zero\n"),
                                       checksum("1 one\n")};
    EXPECT_TRUE(refusal(api_to_file(), world, values)
                    .starts_with("a line is torn or there twice: "))
        << text;
  }
}

TEST(ApiToFile, AMissingLineFailsTheCheck) {
  const support::ScratchFolder folder;
  const World world = small_world(folder.path());
  std::ofstream(folder.path() + "/lines") << "0 zero\n";
  EXPECT_EQ(refusal(api_to_file(), world,
                    {checksum("0 zero\n"), checksum("1 one\n")}),
            "lines are missing");
}

TEST(CsvFile, AllReadersSeeTheSameRows) {
  const support::ScratchFolder folder;
  const World world = small_world(folder.path());
  csv_file().prepare(world);
  std::vector<Value> values = run_all(csv_file(), world);
  EXPECT_EQ(csv_file().check(world, values), "");
  values[1] += 1;
  EXPECT_THROW(csv_file().check(world, values), std::runtime_error);
}

}  // namespace
}  // namespace demos::bodies

#include "demos/support/flags.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

class FlagsTest : public testing::Test {
 protected:
  FlagsTest() {
    flags.number("n", &n, 1, 100, "items");
    flags.decimal("rate", &rate, 0, 50, "answers per second", "no limit");
    flags.toggle("full", &full, "the documents' sizes");
    flags.choices("models", &models, {"single", "threads", "async"}, "models");
    flags.file("json", &json, "the numbers as JSON");
  }
  std::optional<int> parse(std::vector<const char*> arguments) {
    out.str("");
    error.str("");
    return flags.parse(arguments, out, error);
  }

  Flags flags{"demo", "shows something"};
  int n = 7;
  double rate = 1.5;
  bool full = false;
  std::vector<std::string> models = {"single"};
  std::string json;
  std::ostringstream out;
  std::ostringstream error;
};

TEST_F(FlagsTest, ValuesReachTheirVariables) {
  EXPECT_EQ(parse({"--n=12", "--rate=10.6", "--full", "--models=async,single"}),
            std::nullopt);
  EXPECT_EQ(n, 12);
  EXPECT_EQ(rate, 10.6);
  EXPECT_TRUE(full);
  EXPECT_EQ(models, (std::vector<std::string>{"async", "single"}));
  EXPECT_EQ(out.str() + error.str(), "");
}

TEST_F(FlagsTest, AListOfNumbersKeepsItsOrderAndIsRefusedAsAWhole) {
  std::vector<int> hogs = {0, 1};
  std::vector<double> intervals = {5, 0.1};
  flags.numbers("hogs", &hogs, 0, 8, "threads");
  flags.decimals("interval", &intervals, 0.01, 100, "ms");
  EXPECT_EQ(parse({"--hogs=2,0,1", "--interval=0.5,20"}), std::nullopt);
  EXPECT_EQ(hogs, (std::vector<int>{2, 0, 1}));
  EXPECT_EQ(intervals, (std::vector<double>{0.5, 20}));
  for (const char* const wrong :
       {"--hogs=", "--hogs=1,", "--hogs=,1", "--hogs=1,9", "--hogs=1;2"}) {
    EXPECT_EQ(parse({wrong}), 2);
    EXPECT_EQ(error.str(),
              "demo: " + std::string(wrong) +
                  ": accepted: numbers from 0 to 8, with commas between "
                  "them\n");
  }
  EXPECT_EQ(parse({"--interval=1,nan"}), 2);
  EXPECT_EQ(hogs, (std::vector<int>{2, 0, 1}));
  EXPECT_EQ(intervals, (std::vector<double>{0.5, 20}));
}

TEST_F(FlagsTest, AReaderOfItsOwnRefusesInItsOwnWords) {
  std::string read;
  flags.parsed(
      "jobs", "TEXT",
      [&](std::string_view text) {
        if (text.find(':') == std::string_view::npos) {
          throw std::invalid_argument("character 2: expected ':'");
        }
        read = text;
      },
      "jobs", "NAME:TIME", "none");
  EXPECT_EQ(parse({"--jobs=A:0"}), std::nullopt);
  EXPECT_EQ(read, "A:0");
  EXPECT_EQ(parse({"--jobs=A"}), 2);
  EXPECT_EQ(error.str(), "demo: --jobs=A: character 2: expected ':'\n");
}

// I2
TEST_F(FlagsTest, WhatIsNotGivenKeepsItsDefault) {
  EXPECT_EQ(parse({}), std::nullopt);
  EXPECT_EQ(n, 7);
  EXPECT_EQ(json, "");
}

TEST_F(FlagsTest, AValueGivenTwiceCountsOnce) {
  EXPECT_EQ(parse({"--models=async,async"}), std::nullopt);
  EXPECT_EQ(models, (std::vector<std::string>{"async"}));
}

// I1
TEST_F(FlagsTest, ANonsenseNumberIsOneLineAndExitCodeTwo) {
  for (const char* const wrong :
       {"--n=0", "--n=101", "--n=abc", "--n=", "--n=5x", "--n=-1", "--n=1e3",
        "--n=99999999999999999999"}) {
    EXPECT_EQ(parse({wrong}), 2);
    EXPECT_EQ(error.str(), "demo: " + std::string(wrong) +
                               ": accepted: a whole number from 1 to 100\n");
    EXPECT_EQ(n, 7);
  }
}

TEST_F(FlagsTest, ADecimalOutsideItsRangeIsRefused) {
  for (const char* const wrong : {"--rate=51", "--rate=nan", "--rate=-0.1"}) {
    EXPECT_EQ(parse({wrong}), 2);
    EXPECT_EQ(error.str(), "demo: " + std::string(wrong) +
                               ": accepted: a number from 0 to 50\n");
  }
}

TEST_F(FlagsTest, AnUnknownChoiceIsToldWhatIsAccepted) {
  EXPECT_EQ(parse({"--models=single,fibers"}), 2);
  EXPECT_EQ(error.str(),
            "demo: --models=single,fibers: accepted: single, threads, async; "
            "several with commas between them\n");
}

TEST_F(FlagsTest, AnUnknownFlagIsToldWhichExist) {
  EXPECT_EQ(parse({"--speed=1"}), 2);
  EXPECT_EQ(error.str(),
            "demo: --speed=1: no such flag; accepted: --help, --n, --rate, "
            "--full, --models, --json\n");
}

TEST_F(FlagsTest, AMissingOrSuperfluousValueIsSaid) {
  EXPECT_EQ(parse({"--n"}), 2);
  EXPECT_EQ(error.str(), "demo: --n: a value is missing; write --n=N\n");
  EXPECT_EQ(parse({"--full=yes"}), 2);
  EXPECT_EQ(error.str(), "demo: --full=yes: --full takes no value\n");
}

TEST_F(FlagsTest, AWordThatIsNoFlagIsRefused) {
  EXPECT_EQ(parse({"n=3"}), 2);
  EXPECT_EQ(parse({"--"}), 2);
  EXPECT_EQ(parse({""}), 2);
}

TEST_F(FlagsTest, WordsGoToTheirReaderWhereOneIsDeclared) {
  std::vector<std::string> read;
  flags.words(
      "VALUES",
      [&](std::string_view text) {
        if (text == "x") {
          throw std::invalid_argument("accepted: anything but x");
        }
        read.emplace_back(text);
      },
      "what to square", "1 2 3");
  EXPECT_EQ(parse({"4", "--n=3", "-5"}), std::nullopt);
  EXPECT_EQ(read, (std::vector<std::string>{"4", "-5"}));
  EXPECT_EQ(parse({"x"}), 2);
  EXPECT_EQ(error.str(), "demo: x: accepted: anything but x\n");
  EXPECT_EQ(parse({"--"}), 2);
  EXPECT_NE(flags.help().find("\n  VALUES         what to square (1 2 3 unless "
                              "given)\n"),
            std::string::npos);
}

TEST_F(FlagsTest, HelpNamesEveryFlagAndEndsWithZero) {
  EXPECT_EQ(parse({"--help"}), 0);
  EXPECT_EQ(error.str(), "");
  EXPECT_EQ(out.str(),
            "demo - shows something\n\n"
            "  --n=N          items (1 to 100; 7 unless given)\n"
            "  --rate=X       answers per second (0 to 50; no limit unless "
            "given)\n"
            "  --full         the documents' sizes (off unless given)\n"
            "  --models=A,B   models (some of single, threads, async; single "
            "unless given)\n"
            "  --json[=FILE]  the numbers as JSON (a path, or no '=' for the "
            "standard output; off unless given)\n"
            "  --help         this text\n");
}

TEST_F(FlagsTest, AFileIsSoughtWhereTheUserStood) {
  setenv("BUILD_WORKING_DIRECTORY", "/home/learner", 1);
  EXPECT_EQ(parse({"--json=out/a.json"}), std::nullopt);
  EXPECT_EQ(json, "/home/learner/out/a.json");
  EXPECT_EQ(parse({"--json=/abs.json"}), std::nullopt);
  EXPECT_EQ(json, "/abs.json");
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_EQ(parse({"--json=a.json"}), std::nullopt);
  EXPECT_EQ(json, "a.json");
}

TEST_F(FlagsTest, AFileWithoutANameIsTheStandardOutput) {
  EXPECT_EQ(parse({"--json"}), std::nullopt);
  EXPECT_EQ(json, "-");
}

TEST_F(FlagsTest, AFileWithAnEmptyNameIsRefused) {
  EXPECT_EQ(parse({"--json="}), 2);
  EXPECT_EQ(error.str(),
            "demo: --json=: accepted: a path, or no '=' for the standard "
            "output\n");
  EXPECT_EQ(json, "");
}

}  // namespace
}  // namespace demos::support

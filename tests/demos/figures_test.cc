// The pictures from runs: the same bytes where time is virtual, the same shape
// where it is not, and files that are whole or not there.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "demos/pictures/picture.h"
#include "demos/pictures/trace_reader.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

using tests::output_of;

constexpr const char* kDemo = "demos/figures";
constexpr const char* kVirtual =
    "--figure=F1,F2,F3,F5,ladder,breakfast,kitchens,pool,three_operations";

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

void expect_text(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

// C-006 C-128 C-204 C-207 C-212 C-216 C-217 C-222 C-223 C-224
TEST(FiguresDemo, DrawsTheSameInVirtualTimeEachTime) {
  EXPECT_EQ(output_of(kDemo, {kVirtual}), tests::golden("figures.txt"));
}

TEST(FiguresDemo, DrawsTheSameDrawingInVirtualTimeEachTime) {
  EXPECT_EQ(output_of(kDemo, {"--figure=F3", "--format=svg"}),
            tests::golden("figures_F3.svg"));
}

// Real threads and processes are never twice the same, so what is drawn is a
// run that was kept.
TEST(FiguresDemo, DrawsARunThatWasKept) {
  for (const char* const name : {"figures_F4", "figures_sixteen"}) {
    const std::string kept = "tests/demos/golden/" + std::string(name);
    EXPECT_EQ(output_of(kDemo, {"--from=" + kept + ".json"}),
              tests::golden(std::string(name) + ".txt"));
  }
}

// C-214 C-215: no matter how busy the machine is.
TEST(FiguresDemo, ContainersAreDrawnFromTheListOfTheLive) {
  const std::string output = output_of(kDemo, {"--figure=F4"});
  expect_text(output,
              "VERDICT C-215 found: threads of each process, as the system "
              "lists them: 1: 1; 2: 3; 3: 1 + 1 + 1; 4: 2 + 2\n");
  for (const char* const row :
       {"process 1 / thread 3 |", "process 3 / thread 1 |",
        "process 2 / thread 2 |"}) {
    expect_text(output, row);
  }
}

// C-218 C-219 C-220
TEST(FiguresDemo, SixteenTasksAreRunFiveWays) {
  const support::ScratchFolder folder;
  const std::string path = folder.path() + "/sixteen.json";
  const std::string output =
      output_of(kDemo, {"--figure=sixteen", "--format=trace", "--out=" + path});
  for (const char* const id : {"C-218 ", "C-219 ", "C-220 "}) {
    expect_text(output, std::string("VERDICT ") + id);
  }
  const pictures::Picture picture = pictures::picture_from_trace(text_of(path));
  ASSERT_EQ(picture.panels.size(), 5u);
  for (const pictures::Panel& panel : picture.panels) {
    EXPECT_EQ(panel.lanes.size(), 16u) << panel.title;
    EXPECT_EQ(panel.lanes.back(), "16") << panel.title;
  }
}

TEST(FiguresDemo, ATraceIsDrawnAsTheRunThatItKeeps) {
  const support::ScratchFolder folder;
  const std::string path = folder.path() + "/F1.json";
  output_of(kDemo, {"--figure=F1", "--format=trace", "--out=" + path});
  for (const char* const format : {"svg", "html"}) {
    const std::string how = std::string("--format=") + format;
    EXPECT_EQ(output_of(kDemo, {"--from=" + path, how}),
              output_of(kDemo, {"--figure=F1", how}));
  }
}

TEST(FiguresDemo, FillsAFolderWithEachFigureInEachFormat) {
  const support::ScratchFolder folder;
  const std::string output =
      output_of(kDemo, {"--figure=F2,F5", "--format=ascii,svg,html,trace",
                        "--out=" + folder.path()});
  EXPECT_TRUE(
      output.starts_with("7 files written\n"
                         "F5 takes no time: no trace of it\n"))
      << output;
  for (const char* const name : {"F2.txt", "F2.svg", "F2.html", "F2.json",
                                 "F5.txt", "F5.svg", "F5.html"}) {
    EXPECT_GT(std::filesystem::file_size(folder.path() + "/" + name), 100u);
  }
}

void expect_one_line(const std::vector<std::string>& arguments, int code,
                     const std::string& line) {
  tests::Program program(kDemo, arguments);
  EXPECT_EQ(program.wait(), code);
  EXPECT_EQ(program.output, "");
  EXPECT_EQ(program.error, "figures: " + line + "\n");
}

TEST(FiguresDemo, AFullDiskIsOneLineAndLeavesNoHalfFile) {
  const support::ScratchFolder folder;
  const std::string full = folder.path() + "/F3.svg";
  std::filesystem::create_symlink("/dev/full", full);
  expect_one_line({"--figure=F3", "--format=svg", "--out=" + folder.path()}, 1,
                  full + ": No space left on device");
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);  // the link
}

TEST(FiguresDemo, WhatCannotBeWrittenTogetherIsRefusedBeforeItIsRun) {
  expect_one_line({"--format=svg,html"}, 2,
                  "--format: several in one file; accepted: one of them, or "
                  "--out=FOLDER with a folder that exists");
  expect_one_line({"--format=trace"}, 2,
                  "--format=trace: one picture in a file; accepted: one "
                  "--figure, or --out=FOLDER with a folder that exists");
  expect_one_line(
      {"--figure=F5", "--format=trace"}, 2,
      "--format=trace: F5 takes no time; accepted: ascii, svg, html");
}

TEST(FiguresDemo, ATraceThatIsNoneIsOneLine) {
  const support::ScratchFolder folder;
  const std::string path = folder.path() + "/trace.json";
  expect_one_line({"--from=" + path}, 2,
                  "--from=" + path + ": cannot be read, or is empty");
  expect_one_line({"--from=" + folder.path()}, 2,
                  "--from=" + folder.path() + ": cannot be read, or is empty");
  std::ofstream(path) << "{}";
  expect_one_line(
      {"--from=" + path}, 2,
      "--from=" + path + ": not a trace of a picture: no member \"otherData\"");
  expect_one_line(
      {"--from=" + path, "--out=" + folder.path()}, 2,
      "--from: its picture needs a file name; accepted with it: --out=FILE");
}

}  // namespace
}  // namespace demos

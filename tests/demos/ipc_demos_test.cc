// The demos about what processes share and how they talk.
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

std::string output_of(const std::string& demo,
                      const std::vector<std::string>& arguments = {}) {
  tests::Program program("demos/" + demo, arguments);
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_EQ(program.error, "");
  return program.output;
}

void expect_text(const std::string& output, const std::string& text) {
  EXPECT_NE(output.find(text), std::string::npos) << "no " << text << " in\n"
                                                  << output;
}

double number_behind(const std::string& output, const std::string& text) {
  const size_t at = output.find(text);
  if (at == std::string::npos) {
    ADD_FAILURE() << "no " << text << " in\n" << output;
    return -1;
  }
  return std::stod(output.substr(at + text.size()));
}

// C-144 C-145 C-146
TEST(SumListDemo, GivesThePlainSumByEachTransportAndNeverEightTimesAsFast) {
  const std::string output = output_of("sum_list", {"--n=1000001"});
  expect_text(output,
              "VERDICT C-144 true: 8 parts, mapped and added up, give the "
              "plain sum, 500001500001\n");
  expect_text(output, "times as fast as one process, 8 workers on ");
  // Not eight times, unless there are as many CPUs; or it says that it could
  // not be measured.
  EXPECT_TRUE(output.find("VERDICT C-145 wrong: ") != std::string::npos ||
              output.find("VERDICT C-145 not shown: ") != std::string::npos ||
              std::thread::hardware_concurrency() >= 8)
      << output;
  for (const char* transport : {"pipe ", "shm ", "fork "}) {
    expect_text(output, transport);
  }
  EXPECT_EQ(output.find("C-055"), std::string::npos) << output;
}

// C-055
TEST(SumListDemo, SaysWhatTheSumWaitsForIfAsked) {
  expect_text(output_of("sum_list", {"--transport=fork", "--profile"}),
              "VERDICT C-055 ");
}

// C-021 C-030 C-129
TEST(IsolationDemo, OneAddressHoldsTwoValuesInTwoProcesses) {
  const std::string output = output_of("isolation", {"--memory"});
  expect_text(output,
              "VERDICT C-021 true: one address holds 2 in the child "
              "and 1 in the parent\n");
  expect_text(output, "VERDICT C-129 true: ");
  expect_text(output, "VERDICT C-030 true: ");
  EXPECT_EQ(output.find("C-130"), std::string::npos) << output;
}

// C-033
TEST(IsolationDemo, AFaultEndsAllThreadsOfItsProcessAndNoOther) {
  expect_text(output_of("isolation", {"--crash"}),
              "VERDICT C-033 true: a fault in a thread ended its process and 2 "
              "other threads; in a process it ended that one, and 2 other "
              "processes answered\n");
}

// C-051
TEST(IsolationDemo, AProcessCanBeKilledAndAThreadHasToBeAsked) {
  const std::string output = output_of("isolation", {"--kill"});
  expect_text(output, "VERDICT C-051 true: the process ended by signal 9, ");
  expect_text(output, "signal 9, reaped\n");
  expect_text(output, "owner_died()\n");
}

// C-130: page by page.
TEST(IsolationDemo, WhatIsWrittenIsSharedNoMore) {
  const std::string output = output_of("isolation", {"--cow", "--megabytes=8"});
  expect_text(output, "VERDICT C-130 imprecise: after the fork ");
  const double before = number_behind(output, "imprecise: after the fork ");
  const double after = number_behind(output, "after half were written ");
  EXPECT_EQ(before, 2048);
  EXPECT_EQ(after, 1024);
  EXPECT_GT(number_behind(output, "; of the code "), 0);
  EXPECT_GT(
      number_behind(output.substr(output.find("; of the code ")), " and "), 0);
}

// C-131 C-132 C-133
TEST(IpcTourDemo, MeasuresEachWayAndCountsItsCalls) {
  const std::string output = output_of(
      "ipc_tour", {"--trips=50", "--stream=200", "--against=threads"});
  expect_text(output, "VERDICT C-131 found: 6 ways; quickest: ");
  expect_text(output, "VERDICT C-133 ");
  expect_text(output, "lines of source: threads ");
  for (const char* way : {"\npipe ", "\nsocket pair ", "\nshared memory ",
                          "\nring ", "\nmessage queue ", "\nsignal "}) {
    expect_text(output, way);
  }
  // How often each copies a message; what follows in the row are its calls.
  const std::vector<std::pair<std::string, std::string>> copies = {
      {"pipe", "4"},
      {"socket pair", "4"},
      {"shared memory", "2"},
      {"ring", "2"},
      {"message queue", "3"}};
  for (const auto& [way, count] : copies) {
    const size_t row = output.find("\n" + way + " ") + 1;
    const std::string line = output.substr(row, output.find('\n', row) - row);
    const size_t calls = line.find_last_of(' ');
    const size_t end = line.find_last_not_of(' ', calls);
    const size_t begin = line.find_last_of(' ', end) + 1;
    EXPECT_EQ(line.substr(begin, end + 1 - begin), count) << line;
  }
  if (output.find("VERDICT C-132") == std::string::npos) {
    GTEST_SKIP() << "system calls cannot be counted here: ptrace is forbidden";
  }
  // One to write and one to read.
  const double calls = number_behind(output, "its share of the answer: pipe ");
  EXPECT_GE(calls, 1.9);
  EXPECT_LE(calls, 2.2);
}

TEST(IpcTourDemo, LeavesOutWhatCannotCarryAMessageOfThatLength) {
  const std::string output = output_of(
      "ipc_tour", {"--trips=10", "--stream=10", "--bytes=8193", "--cpus=1"});
  expect_text(output, "VERDICT C-131 found: 5 ways; ");
  EXPECT_EQ(output.find("\nmessage queue "), std::string::npos) << output;
}

}  // namespace
}  // namespace demos

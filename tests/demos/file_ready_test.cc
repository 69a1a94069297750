// The demo as a program: what the system says, and who stood still meanwhile.
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

// C-114
TEST(FileReadyDemo, EpollRefusesAFileAndPollCallsItReady) {
  const std::string output =
      tests::output_of("demos/file_ready", {"--megabytes=1"});
  const std::string words = tests::masked(output);
  EXPECT_NE(words.find("empty pipe not ready not ready\n"), std::string::npos);
  EXPECT_NE(words.find("pipe with a byte ready ready\n"), std::string::npos);
  EXPECT_NE(words.find("regular file refused: epoll_ctl(ADD): Operation not "
                       "permitted ready\n"),
            std::string::npos)
      << words;
  EXPECT_NE(output.find("VERDICT C-114 wrong: "), std::string::npos) << output;
}

// C-062 C-114
TEST(FileReadyDemo, AReadInTheLoopStopsItAndAReadInAThreadNeedsAThread) {
  const std::string output =
      tests::output_of("demos/file_ready", {"--megabytes=1"});
  EXPECT_EQ(tests::number_in(output, "the loop's thread +\\S+ +(\\d+)"), 0);
  EXPECT_GT(tests::number_in(output, "a helper thread +\\S+ +(\\d+)"), 0);
  EXPECT_NE(output.find("VERDICT C-062 imprecise: "), std::string::npos);
}

TEST(FileReadyDemo, AVirtualClockIsRefusedWithTheReason) {
  tests::Program program("demos/file_ready", {"--clock=virtual"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.error,
            "file_ready: --clock=virtual: accepted: real; a file is really "
            "read, in time that no virtual clock sees\n");
}

}  // namespace
}  // namespace demos

#include "demos/bodies/step.h"

#include <string>
#include <variant>

#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "loop/stop_iteration.h"

namespace demos::bodies {
namespace {

// Asks for a page whose name is what the page before said.
Body follow(std::string first) {
  const Answer next = (co_yield fetch(first)).value_or("");
  const Answer last = (co_yield fetch(next)).value_or("");
  co_return checksum(last);
}

// I1: a body goes on with the answer to what it asked.
TEST(Step, ABodyGoesOnWithTheAnswer) {
  Body body = follow("/a");
  EXPECT_EQ(std::get<Fetch>(body.next()).target, "/a");
  EXPECT_EQ(std::get<Fetch>(body.send("/b")).target, "/b");
  try {
    body.send("end");
    ADD_FAILURE() << "the body is over";
  } catch (const loop::StopWith<Value>& stop) {
    EXPECT_EQ(stop.value, checksum("end"));
  }
}

TEST(Step, PerformingDoesWhatTheStepSays) {
  const support::ScratchFolder folder;
  const std::string path = folder.path() + "/file";
  const auto perform_step = [](const Step& step) {
    return perform(std::get<FileStep>(step));
  };
  File file;
  perform_step(open_to_append(file, path));
  perform_step(write(file, "text"));
  perform_step(close(file));
  perform_step(open_to_read(file, path));
  EXPECT_EQ(perform_step(read(file)), "text");
  perform_step(close(file));
}

TEST(Step, AWriteBlocksOnlyWhenItLeavesTheBuffer) {
  const auto blocks_step = [](const Step& step) {
    return blocks(std::get<FileStep>(step));
  };
  File file;
  EXPECT_TRUE(blocks_step(open_to_append(file, "path")));
  EXPECT_TRUE(blocks_step(close(file)));
  EXPECT_TRUE(blocks_step(read(file)));
  EXPECT_FALSE(blocks_step(write(file, "x")));
  EXPECT_TRUE(
      blocks_step(write(file, std::string(File::kBufferSize + 1, 'x'))));
}

TEST(Step, ChecksumsTellTextsApart) {
  EXPECT_EQ(checksum(""), 14695981039346656037u);
  EXPECT_EQ(checksum("a"), 0xaf63dc4c8601ec8cu);  // published for FNV-1a
  EXPECT_NE(checksum("ab"), checksum("ba"));
}

}  // namespace
}  // namespace demos::bodies

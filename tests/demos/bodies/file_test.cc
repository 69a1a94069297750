#include "demos/bodies/file.h"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "os/syscall.h"
#include "tests/support/swap_syscall.h"

namespace demos::bodies {
namespace {

class FileTest : public testing::Test {
 protected:
  const support::ScratchFolder folder;
  const std::string path = folder.path() + "/file";

  std::string content() {
    File file;
    file.open(path, File::Mode::kRead);
    std::string text = file.read();
    file.close();
    return text;
  }
};

TEST_F(FileTest, WhatWasWrittenIsThereAfterClosing) {
  File file;
  file.open(path, File::Mode::kAppend);
  file.write("one ");
  file.write("two");
  EXPECT_EQ(std::filesystem::file_size(path), 0u);
  file.close();
  EXPECT_EQ(content(), "one two");
}

TEST_F(FileTest, OpeningAgainAppends) {
  for (const char* const text : {"a", "b"}) {
    File file;
    file.open(path, File::Mode::kAppend);
    file.write(text);
    file.close();
  }
  EXPECT_EQ(content(), "ab");
}

// I1, I2: the system is called when the buffer is full, and the test may ask.
TEST_F(FileTest, AFullBufferGoesToTheSystemInOnePiece) {
  static int writes;
  static decltype(os::Syscalls::write) original;
  writes = 0;
  original = os::syscalls.write;
  const tests::SwapSyscall swap(&os::Syscalls::write,
                                [](int fd, const void* data, size_t size) {
                                  ++writes;
                                  return original(fd, data, size);
                                });
  File file;
  file.open(path, File::Mode::kAppend);
  for (size_t i = 0; i < File::kBufferSize; ++i) {
    EXPECT_FALSE(file.flushes(1));
    file.write("x");
  }
  EXPECT_EQ(writes, 0);
  EXPECT_TRUE(file.flushes(1));
  file.write("x");
  EXPECT_EQ(writes, 1);
  file.close();
  EXPECT_EQ(writes, 2);
  EXPECT_EQ(content().size(), File::kBufferSize + 1);
}

TEST_F(FileTest, APieceLargerThanTheBufferKeepsItsPlace) {
  File file;
  file.open(path, File::Mode::kAppend);
  file.write("begin ");
  file.write(std::string(3 * File::kBufferSize, 'x'));
  file.write(" end");
  file.close();
  EXPECT_EQ(content(),
            "begin " + std::string(3 * File::kBufferSize, 'x') + " end");
}

TEST_F(FileTest, AMissingFileIsAnErrorThatNamesTheCall) {
  File file;
  try {
    file.open(path + "/nowhere", File::Mode::kRead);
    ADD_FAILURE() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_NE(std::string(error.what()).find("open"), std::string::npos);
  }
}

TEST_F(FileTest, AFullDiskShowsItselfWhenClosing) {
  File file;
  file.open(path, File::Mode::kAppend);
  file.write("text");
  {
    const tests::SwapSyscall swap(&os::Syscalls::write,
                                  [](int, const void*, size_t) {
                                    errno = ENOSPC;
                                    return ssize_t{-1};
                                  });
    EXPECT_THROW(file.close(), std::system_error);
  }
}

}  // namespace
}  // namespace demos::bodies

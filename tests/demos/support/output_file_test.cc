#include "demos/support/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "os/syscall.h"
#include "tests/support/swap_syscall.h"

namespace demos::support {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  std::string text_of(const std::string& file) const {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  long files() const {
    return std::distance(fs::directory_iterator(folder.path()), {});
  }

  const ScratchFolder folder;
  const std::string path = folder.path() + "/out";
};

TEST_F(OutputFileTest, ItsTextStandsUnderItsNameAndNothingBesideIt) {
  OutputFile(path).publish("all of it\n");
  EXPECT_EQ(text_of(path), "all of it\n");
  EXPECT_EQ(files(), 1);
}

// I1 I2
TEST_F(OutputFileTest, WithoutPublishingNothingIsLeft) {
  { const OutputFile file(path); }
  EXPECT_EQ(files(), 0);
}

// I1
TEST_F(OutputFileTest, WhatStoodThereStaysUntilAllIsWritten) {
  std::ofstream(path) << "old";
  {
    const OutputFile file(path);
    EXPECT_EQ(text_of(path), "old");
  }
  EXPECT_EQ(text_of(path), "old");
  OutputFile(path).publish("new");
  EXPECT_EQ(text_of(path), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, AReplacedFileKeepsItsPermissions) {
  std::ofstream(path) << "old";
  chmod(path.c_str(), 0640);
  OutputFile(path).publish("new");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
}

TEST_F(OutputFileTest, ALinkStaysALinkAndItsTargetIsReplaced) {
  std::ofstream(path) << "old";
  const std::string link = folder.path() + "/link";
  fs::create_symlink(path, link);
  OutputFile(link).publish("new");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(text_of(path), "new");
}

// Its name can be guessed, and others may write to the folder.
TEST_F(OutputFileTest, ALinkInThePlaceOfTheDraftIsNotFollowed) {
  const std::string theirs = folder.path() + "/theirs";
  std::ofstream(theirs) << "theirs";
  fs::create_symlink(theirs, path + "." + std::to_string(getpid()) + ".part");
  EXPECT_THROW(const OutputFile file(path), std::system_error);
  EXPECT_EQ(text_of(theirs), "theirs");
}

TEST_F(OutputFileTest, ADeviceIsWrittenAndNotReplaced) {
  OutputFile("/dev/null").publish("text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(OutputFileTest, APathThatCannotBeWrittenIsNamedAtOnce) {
  const auto refusal = [](const std::string& wrong) -> std::string {
    try {
      const OutputFile file(wrong);
      return "none";
    } catch (const std::system_error& refused) {
      return refused.what();
    }
  };
  EXPECT_EQ(refusal("/nonexistent/out"),
            "/nonexistent/out: No such file or directory");
  EXPECT_EQ(refusal(folder.path()), folder.path() + ": Is a directory");
  EXPECT_EQ(refusal(path + "/"), path + "/: No such file or directory");
}

TEST_F(OutputFileTest, AFullDiskLeavesTheOldFile) {
  std::ofstream(path) << "old";
  {
    OutputFile file(path);
    const tests::SwapSyscall full(&os::Syscalls::write,
                                  [](int, const void*, size_t) -> ssize_t {
                                    errno = ENOSPC;
                                    return -1;
                                  });
    try {
      file.publish("new");
      ADD_FAILURE() << "no error";
    } catch (const std::system_error& refused) {
      EXPECT_EQ(refused.what(), path + ": No space left on device");
    }
  }
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace demos::support

#include "demos/support/scratch_folder.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

namespace fs = std::filesystem;

TEST(ScratchFolder, IsRemovedWithAllThatIsInIt) {
  std::string path;
  {
    const ScratchFolder folder;
    path = folder.path();
    fs::create_directories(path + "/a/b");
    std::ofstream(path + "/a/b/file") << "text";
    EXPECT_TRUE(fs::exists(path + "/a/b/file"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, NoTwoAreTheSame) {
  const ScratchFolder one;
  const ScratchFolder two;
  EXPECT_NE(one.path(), two.path());
}

TEST(ScratchFolder, NobodyElseMayLookInWhateverTheUmask) {
  const mode_t before = umask(0);
  const ScratchFolder folder;
  umask(before);
  EXPECT_EQ(fs::status(folder.path()).permissions(), fs::perms::owner_all);
}

// What is removed is the link, not what it leads to.
TEST(ScratchFolder, ALinkInItIsNotFollowedWhenItIsRemoved) {
  const ScratchFolder elsewhere;
  std::ofstream(elsewhere.path() + "/file") << "text";
  {
    const ScratchFolder folder;
    fs::create_symlink(elsewhere.path(), folder.path() + "/link");
  }
  EXPECT_TRUE(fs::exists(elsewhere.path() + "/file"));
}

// I1
TEST(ScratchFolder, AForkedChildLeavesItAlone) {
  auto folder = std::make_unique<ScratchFolder>();
  const pid_t child = fork();
  if (child == 0) {
    folder.reset();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(fs::exists(folder->path()));
}

TEST(ScratchFolder, WithoutTmpdirOrWithAnEmptyOneItLiesInTmp) {
  setenv("TMPDIR", "", 1);
  EXPECT_TRUE(ScratchFolder().path().starts_with("/tmp/demos."));
  unsetenv("TMPDIR");
  EXPECT_TRUE(ScratchFolder().path().starts_with("/tmp/demos."));
}

TEST(ScratchFolder, AParentThatIsMissingIsNamedAsAnError) {
  setenv("TMPDIR", "/nonexistent", 1);
  try {
    const ScratchFolder folder;
    ADD_FAILURE() << folder.path();
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(),
                 "mkdtemp(/nonexistent/demos.XXXXXX): No such file or "
                 "directory");
  }
  unsetenv("TMPDIR");
}

}  // namespace
}  // namespace demos::support

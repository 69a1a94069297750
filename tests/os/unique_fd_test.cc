// The promises of os/unique_fd.h.
#include "os/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "gtest/gtest.h"

namespace os {
namespace {

bool is_open(int fd) {
  return fcntl(fd, F_GETFD) != -1;
}

// I1
TEST(UniqueFd, ClosesItsDescriptorAtTheEndOfItsScope) {
  int number;
  {
    const UniqueFd fd(dup(STDIN_FILENO));
    number = fd.get();
    ASSERT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

// I2
TEST(UniqueFd, MovingLeavesTheOldOwnerEmpty) {
  UniqueFd first(dup(STDIN_FILENO));
  const int number = first.get();
  const UniqueFd second = std::move(first);
  EXPECT_EQ(second.get(), number);
  EXPECT_FALSE(first);
}

TEST(UniqueFd, AssigningClosesWhatWasHeld) {
  UniqueFd fd(dup(STDIN_FILENO));
  const int old = fd.get();
  fd = UniqueFd(dup(STDIN_FILENO));
  EXPECT_NE(fd.get(), old);
  EXPECT_FALSE(is_open(old));
}

TEST(UniqueFd, MovingOntoItselfKeepsTheDescriptor) {
  UniqueFd fd(dup(STDIN_FILENO));
  UniqueFd& same = fd;
  fd = std::move(same);
  EXPECT_TRUE(is_open(fd.get()));
}

// I2
TEST(UniqueFd, ReleaseHandsTheDutyToTheCaller) {
  UniqueFd fd(dup(STDIN_FILENO));
  const int number = fd.release();
  EXPECT_FALSE(fd);
  EXPECT_TRUE(is_open(number));
  close(number);
}

}  // namespace
}  // namespace os

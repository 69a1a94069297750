// The promises of ipc/shared_memory.h and ipc/name_tracker.h.
#include "ipc/shared_memory.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "ipc/connection.h"
#include "ipc/errors.h"
#include "ipc/name_tracker.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/wait.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "tests/ipc/family.h"
#include "tests/ipc/refusal.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using tests::SwapSyscall;

struct Point {
  int x;
  int y;
};

// /dev/shm is the whole machine's.
std::string unique_name() {
  std::random_device dice;
  return "ipc_test_" + std::to_string(dice()) + std::to_string(dice());
}

bool exists(const std::string& name) {
  return access(("/dev/shm/" + name).c_str(), F_OK) == 0;
}

// PROC-29
TEST(SharedMemory, CreatingANameThatExistsIsRefused) {
  const SharedMemory first = SharedMemory::create("", 10);
  EXPECT_EQ(refusal([&] {
              const auto memory = SharedMemory::create(first.name(), 10);
            }),
            EEXIST);
  EXPECT_TRUE(exists(first.name()));
}

// PROC-29
TEST(SharedMemory, AttachingToAMissingNameIsRefused) {
  EXPECT_EQ(
      refusal([&] { const auto memory = SharedMemory::attach(unique_name()); }),
      ENOENT);
}

// PROC-29
TEST(SharedMemory, ASizeOfZeroIsRefused) {
  EXPECT_EQ(refusal([&] { const auto made = SharedMemory::create("", 0); }),
            EINVAL);
  EXPECT_EQ(
      refusal([] { const auto made = SharedMemory::create("", SIZE_MAX); }),
      EINVAL);
}

// PROC-29
TEST(SharedMemory, UnlinkTakesTheNameAndLeavesTheBytes) {
  SharedMemory memory = SharedMemory::create("", 10);
  const SharedMemory attached = SharedMemory::attach(memory.name());
  memory.bytes()[3] = std::byte{42};
  memory.unlink();
  EXPECT_FALSE(exists(memory.name()));
  EXPECT_EQ(attached.bytes()[3], std::byte{42});
  EXPECT_EQ(
      refusal([&] { const auto made = SharedMemory::attach(memory.name()); }),
      ENOENT);
  EXPECT_EQ(refusal([&] { memory.unlink(); }), ENOENT);
}

// PROC-30
TEST(SharedMemory, WhoAttachesSeesTheCreatorsBytesAndAtLeastItsSize) {
  const SharedMemory memory = SharedMemory::create("", 5000);
  memory.bytes()[4999] = std::byte{7};
  EXPECT_EQ(ending_of(started([&] {
              const SharedMemory mine = SharedMemory::attach(memory.name());
              if (mine.size() < 5000 || mine.bytes()[4999] != std::byte{7}) {
                _exit(1);
              }
              mine.bytes()[0] = std::byte{9};
            })),
            0);
  EXPECT_EQ(memory.bytes()[0], std::byte{9});
}

// I3
TEST(SharedMemory, TheNameGoesWithItsCreatorAndNotWithOthers) {
  std::string name;
  {
    const SharedMemory memory = SharedMemory::create("", 1);
    name = memory.name();
    { const SharedMemory attached = SharedMemory::attach(name); }
    EXPECT_TRUE(exists(name));
    // A forked child destroys its copy of the object.
    EXPECT_EQ(ending_of(started([&] {
                const SharedMemory copy =
                    std::move(const_cast<SharedMemory&>(memory));
              })),
              0);
    EXPECT_TRUE(exists(name));
  }
  EXPECT_FALSE(exists(name));
}

// I1
TEST(SharedMemory, AnObjectIsThereAsSoonAsItsName) {
  const SharedMemory memory =
      SharedMemory::create_object<Point>("", Point{3, 4});
  const SharedMemory attached = SharedMemory::attach(memory.name());
  EXPECT_EQ(attached.object<Point>().y, 4);
  attached.object<Point>().x = 5;
  EXPECT_EQ(memory.object<Point>().x, 5);
}

TEST(SharedMemory, AnObjectOfAnotherSizeIsRefused) {
  const SharedMemory memory = SharedMemory::create("", sizeof(Point) - 1);
  EXPECT_EQ(refusal([&] { memory.object<Point>(); }), EINVAL);
}

TEST(SharedMemory, AFillThatThrowsLeavesNoName) {
  const std::string name = unique_name();
  const auto make = [&] {
    return SharedMemory::create(name, 10, [](auto) { throw EOFError(); });
  };
  EXPECT_THROW(static_cast<void>(make()), EOFError);
  EXPECT_FALSE(exists(name));
}

TEST(SharedMemory, ANameIsNoPath) {
  for (const char* name : {"a/b", "../x", ".", ".."}) {
    EXPECT_EQ(refusal([&] { const auto made = SharedMemory::create(name, 1); }),
              EINVAL)
        << name;
    EXPECT_EQ(refusal([&] { const auto made = SharedMemory::attach(name); }),
              EINVAL)
        << name;
  }
  EXPECT_EQ(refusal([&] {
              const auto memory = SharedMemory::attach(std::string(300, 'a'));
            }),
            ENAMETOOLONG);
}

// I4
TEST(SharedMemory, IsItsOwnersAloneWhateverTheUmask) {
  const mode_t before = umask(0);
  const SharedMemory memory = SharedMemory::create("", 1);
  umask(before);
  struct stat about {};
  ASSERT_EQ(lstat(("/dev/shm/" + memory.name()).c_str(), &about), 0);
  EXPECT_EQ(about.st_mode, S_IFREG | S_IRUSR | S_IWUSR);
  EXPECT_EQ(about.st_uid, geteuid());
}

// I4: a generator seeded once would go on alike in a forked child.
TEST(SharedMemory, AParentAndItsChildDrawDifferentNames) {
  const SharedMemory first = SharedMemory::create("", 1);
  auto [ours, theirs] = make_pipe();
  Process child(
      [](Connection to_parent) {
        to_parent.send(SharedMemory::create("", 1).name());
      },
      std::move(theirs));
  child.start();
  const SharedMemory second = SharedMemory::create("", 1);
  EXPECT_NE(ours.recv<std::string>(), second.name());
  EXPECT_NE(first.name(), second.name());
  child.join();
}

TEST(SharedMemory, ALinkInItsFolderIsNotFollowed) {
  const SharedMemory memory = SharedMemory::create("", 1);
  const std::string name = unique_name();
  const std::string link = "/dev/shm/" + name;
  ASSERT_EQ(symlink(memory.name().c_str(), link.c_str()), 0);
  EXPECT_EQ(refusal([&] { const auto mine = SharedMemory::attach(name); }),
            ELOOP);
  EXPECT_EQ(refusal([&] { const auto mine = SharedMemory::create(name, 1); }),
            EEXIST);
  EXPECT_EQ(unlink(link.c_str()), 0);
}

// I2
TEST(SharedMemory, AFullDevShmIsAnErrorAtCreation) {
  const std::string name = unique_name();
  const SwapSyscall swap(&os::Syscalls::fallocate, [](int, int, off_t, off_t) {
    errno = ENOSPC;
    return -1;
  });
  EXPECT_EQ(
      refusal([&] { const auto memory = SharedMemory::create(name, 10); }),
      ENOSPC);
  EXPECT_FALSE(exists(name));
}

TEST(SharedMemory, NoDescriptorLeftIsAnError) {
  const SwapSyscall swap(&os::Syscalls::open, [](const char*, int, mode_t) {
    errno = EMFILE;
    return -1;
  });
  EXPECT_EQ(refusal([&] { const auto made = SharedMemory::create("", 10); }),
            EMFILE);
  EXPECT_EQ(refusal([&] { const auto made = SharedMemory::attach("any"); }),
            EMFILE);
}

// PROC-31
TEST(NameTracker, TakesAwayTheNamesOfAProgramThatWasKilled) {
  const std::string name = unique_name();
  auto [ours, theirs] = make_pipe();
  Process program(
      [](Connection to_test, std::string wanted) {
        NameTracker tracker;
        const SharedMemory memory = [&] {
          tracker.track(wanted);
          return SharedMemory::create(wanted, 10);
        }();
        to_test.send(tracker.pid());
        to_test.recv_bytes();  // never comes
      },
      std::move(theirs), name);
  program.start();
  const auto tracker = ours.recv<pid_t>();
  EXPECT_TRUE(exists(name));
  const os::UniqueFd end(
      os::check(os::syscalls.pidfd_open(tracker, 0), "pidfd_open"));
  program.kill();
  program.join();
  wait({end.get()});
  EXPECT_FALSE(exists(name));
}

// PROC-31
TEST(NameTracker, TakesAwayWhatWasNotForgottenAtTheEnd) {
  const std::string kept = unique_name();
  const std::string left = unique_name();
  {
    NameTracker tracker;
    for (const std::string& name : {kept, left}) {
      tracker.track(name);
      SharedMemory::create(name, 1).detach_name();
      EXPECT_TRUE(exists(name));
    }
    tracker.forget(kept);
  }
  EXPECT_FALSE(exists(left));
  EXPECT_TRUE(exists(kept));
  EXPECT_TRUE(unlink_shared_memory(kept));
  EXPECT_FALSE(unlink_shared_memory(kept));
}

// And what comes through the pipe all the same keeps no other name there.
TEST(NameTracker, WhatIsNoNameIsRefused) {
  const std::string name = unique_name();
  {
    NameTracker tracker;
    tracker.track(name);
    SharedMemory::create(name, 1).detach_name();
    for (const std::string& wrong :
         {std::string("a/b"), std::string(), std::string("."),
          std::string("a\0b", 3), std::string("a\nb"), std::string(300, 'a')}) {
      EXPECT_EQ(refusal([&] { tracker.track(wrong); }), EINVAL) << wrong;
    }
    os::write_all(tracker.fileno(), os::bytes_of("+a/b\n\n+\n+..\n"));
  }
  EXPECT_FALSE(exists(name));
}

TEST(NameTracker, AChildThatWasGivenTheTrackerUsesTheSameOne) {
  const std::string name = unique_name();
  {
    NameTracker tracker;
    Process child(
        [](NameTracker& parents, std::string wanted) {
          parents.track(wanted);
          SharedMemory::create(wanted, 1).detach_name();
        },
        std::ref(tracker), name);
    child.start();
    EXPECT_EQ(ending_of(std::move(child)), 0);
    EXPECT_TRUE(exists(name));
  }
  EXPECT_FALSE(exists(name));
}

}  // namespace
}  // namespace ipc

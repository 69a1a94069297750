// The promises of ipc/message_queue.h.
#include "ipc/message_queue.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <random>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "ipc/codec.h"
#include "ipc/process.h"
#include "os/io.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/ipc/family.h"
#include "tests/ipc/interruptions.h"
#include "tests/ipc/refusal.h"

namespace ipc {
namespace {

using os::bytes_of;
using scheduler::seconds;
using scheduler::SteadyClock;
using scheduler::TimeoutError;

std::string random_name() {
  std::random_device dice;
  return "/ipc_test_" + std::to_string(dice()) + std::to_string(dice());
}

std::string text_of(const MessageQueue::Message& message) {
  return std::string(reinterpret_cast<const char*>(message.content.data()),
                     message.content.size());
}

// I1
TEST(MessageQueue, TheMostUrgentComesFirstAndEqualsInOrder) {
  MessageQueue queue = MessageQueue::create(random_name());
  queue.send(bytes_of("later"));
  queue.send(bytes_of("urgent"), 9);
  queue.send(bytes_of("last"));
  queue.send(bytes_of(""), 5);
  EXPECT_EQ(queue.size(), 4u);
  const auto first = queue.receive();
  EXPECT_EQ(text_of(first), "urgent");
  EXPECT_EQ(first.priority, 9u);
  EXPECT_EQ(text_of(queue.receive()), "");
  EXPECT_EQ(text_of(queue.receive()), "later");
  EXPECT_EQ(text_of(queue.receive()), "last");
}

TEST(MessageQueue, AnotherProcessAttachesByName) {
  MessageQueue queue = MessageQueue::create(random_name());
  Process child = started([&] {
    MessageQueue mine = MessageQueue::attach(queue.name());
    for (int i = 0; i < 100; ++i) {  // ten times what it holds
      mine.send(encode(i));
    }
  });
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(decode<int>(queue.receive().content), i);
  }
  EXPECT_EQ(ending_of(std::move(child)), 0);
}

TEST(MessageQueue, WaitingForALimitedTimeEndsAfterItThroughSignals) {
  MessageQueue queue = MessageQueue::create(random_name(), 1, 8);
  const Interruptions signals;
  const auto begin = SteadyClock::instance().now();
  EXPECT_THROW(queue.receive(seconds(0.02)), TimeoutError);
  queue.send(bytes_of("full"));
  EXPECT_THROW(queue.send(bytes_of("x"), 0, seconds(0.02)), TimeoutError);
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.04));
  EXPECT_EQ(text_of(queue.receive(seconds(0))), "full");
}

// I2
TEST(MessageQueue, NamesAreMadeOnceAndTakenAwayOnce) {
  MessageQueue queue = MessageQueue::create(random_name());
  const auto create = [](const std::string& name, size_t most, size_t longest) {
    return refusal(
        [&] { const auto made = MessageQueue::create(name, most, longest); });
  };
  EXPECT_EQ(create(queue.name(), 1, 1), EEXIST);
  EXPECT_EQ(create("no_slash", 1, 1), EINVAL);
  EXPECT_EQ(create(random_name(), 0, 1), EINVAL);
  EXPECT_EQ(create(random_name(), 1, size_t{1} << 40), EINVAL);
  queue.unlink();
  EXPECT_EQ(refusal([&] { queue.unlink(); }), ENOENT);
  EXPECT_EQ(refusal([&] {
              const auto attached = MessageQueue::attach(queue.name());
            }),
            ENOENT);
  queue.send(bytes_of("still there"));
  EXPECT_EQ(text_of(queue.receive()), "still there");
}

TEST(MessageQueue, IsItsOwnersAloneWhateverTheUmask) {
  const mode_t before = umask(0);
  const MessageQueue queue = MessageQueue::create(random_name());
  umask(before);
  struct stat about {};
  ASSERT_EQ(fstat(queue.fileno(), &about), 0);  // on Linux it is a descriptor
  EXPECT_EQ(about.st_mode & ALLPERMS, S_IRUSR | S_IWUSR);
}

TEST(MessageQueue, TheNameGoesWithItsCreator) {
  std::string name;
  {
    const MessageQueue queue = MessageQueue::create(random_name());
    name = queue.name();
    { const MessageQueue attached = MessageQueue::attach(name); }
    const MessageQueue again = MessageQueue::attach(name);
  }
  EXPECT_EQ(refusal([&] { const auto attached = MessageQueue::attach(name); }),
            ENOENT);
}

TEST(MessageQueue, AMessageTooLongIsRefused) {
  MessageQueue queue = MessageQueue::create(random_name(), 1, 8);
  EXPECT_EQ(refusal([&] { queue.send(bytes_of("nine char")); }), EMSGSIZE);
  EXPECT_EQ(queue.size(), 0u);
}

}  // namespace
}  // namespace ipc

// The promises of loop/inbox.h and loop/wakeup.h.
#include "loop/inbox.h"

#include <poll.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "loop/runnable.h"
#include "loop/wakeup.h"

namespace loop {
namespace {

struct Letter final : Runnable {
  void run() override { ++opened; }
  void discard() override { ++discarded; }
  std::string describe() const override { return "letter"; }
  int opened = 0;
  int discarded = 0;
};

bool is_signalled(Wakeup& wakeup) {
  pollfd fd = {.fd = wakeup.fd(), .events = POLLIN, .revents = 0};
  return poll(&fd, 1, 0) == 1;
}

void open_all(Inbox& inbox) {
  ReadyQueue ready;
  inbox.take_all(ready);
  while (!ready.empty()) {
    ready.pop().run();
  }
}

TEST(Wakeup, AnyNumberOfSignalsIsOneWakeUp) {
  Wakeup wakeup;
  EXPECT_FALSE(is_signalled(wakeup));
  wakeup.signal();
  wakeup.signal();
  EXPECT_TRUE(is_signalled(wakeup));
  wakeup.drain();
  EXPECT_FALSE(is_signalled(wakeup));
  wakeup.drain();  // nothing there: no wait either
}

// I1
TEST(Inbox, OnlyTheFirstLetterToASleepingLoopWakesIt) {
  Inbox inbox;
  Letter first, second, third;
  inbox.post(first);
  EXPECT_FALSE(is_signalled(inbox.wakeup()));  // it was awake
  EXPECT_FALSE(inbox.fall_asleep());           // and must not sleep now
  open_all(inbox);
  EXPECT_TRUE(inbox.fall_asleep());
  inbox.post(second);
  EXPECT_TRUE(is_signalled(inbox.wakeup()));
  inbox.wakeup().drain();
  inbox.post(third);
  EXPECT_FALSE(is_signalled(inbox.wakeup()));
  open_all(inbox);
  EXPECT_EQ(first.opened + second.opened + third.opened, 3);
}

TEST(Inbox, AnExpectedLetterIsDeliveredOnce) {
  Inbox inbox;
  Letter letter;
  const uint64_t number = inbox.expect(letter);
  std::thread([&] { EXPECT_TRUE(inbox.deliver(number)); }).join();
  EXPECT_FALSE(inbox.deliver(number));
  EXPECT_FALSE(inbox.no_longer_expect(number));
  open_all(inbox);
  EXPECT_EQ(letter.opened, 1);
}

TEST(Inbox, WhatIsNoLongerExpectedIsNotTouched) {
  Inbox inbox;
  uint64_t number = 0;
  {
    Letter letter;
    number = inbox.expect(letter);
    EXPECT_TRUE(inbox.no_longer_expect(number));
  }
  EXPECT_FALSE(inbox.deliver(number));
}

// I2
TEST(Inbox, ClosingDiscardsWhatIsThereAndWhatIsExpected) {
  Inbox inbox;
  Letter posted, expected;
  inbox.post(posted);
  const uint64_t number = inbox.expect(expected);
  inbox.close();
  EXPECT_EQ(posted.discarded, 1);
  EXPECT_EQ(expected.discarded, 1);
  EXPECT_FALSE(inbox.deliver(number));
  EXPECT_THROW(inbox.post(posted), std::runtime_error);
}

}  // namespace
}  // namespace loop

// The promises of scheduler/green/channel.h.
#include "scheduler/green/channel.h"

#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {
namespace {

using Log = std::vector<std::string>;

class GreenChannelTest : public testing::Test {
 protected:
  ManualClock clock;
  Scheduler scheduler{clock};
  Log log;
};

// I1 I2
TEST_F(GreenChannelTest, ASenderWaitsWhileTheChannelIsFull) {
  Channel<int> channel(2);
  scheduler.spawn("sender", [&] {
    for (int i = 1; i <= 4; ++i) {
      channel.send(i);
      log.push_back("sent " + std::to_string(i));
    }
    channel.close();
  });
  scheduler.spawn("receiver", [&] {
    while (const std::optional<int> value = channel.receive()) {
      log.push_back("got " + std::to_string(*value));
    }
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"sent 1", "sent 2", "got 1", "got 2", "sent 3", "sent 4",
                      "got 3", "got 4"}));
}

TEST_F(GreenChannelTest, AReceiverWaitsWhileTheChannelIsEmpty) {
  Channel<int> channel(1);
  scheduler.spawn("receiver", [&] {
    log.push_back("got " + std::to_string(channel.receive().value()));
  });
  scheduler.spawn("sender", [&] {
    log.emplace_back("sends");
    channel.send(7);
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"sends", "got 7"}));
}

// I3
TEST_F(GreenChannelTest, AClosedChannelGivesOutWhatIsLeftAndThenNothing) {
  Channel<int> channel(3);
  scheduler.spawn("thread", [&] {
    channel.send(1);
    channel.send(2);
    channel.close();
    EXPECT_EQ(channel.receive(), 1);
    EXPECT_EQ(channel.receive(), 2);
    EXPECT_EQ(channel.receive(), std::nullopt);
    EXPECT_EQ(channel.receive(), std::nullopt);
  });
  scheduler.run();
}

// I3
TEST_F(GreenChannelTest, SendingIntoAClosedChannelIsRefused) {
  Channel<int> channel(1);
  scheduler.spawn("thread", [&] {
    channel.close();
    channel.close();
    EXPECT_THROW(channel.send(1), ClosedChannelError);
  });
  scheduler.run();
}

// I3
TEST_F(GreenChannelTest, ClosingWakesThoseWhoWaitAtEitherEnd) {
  Channel<int> full(1);
  Channel<int> empty(1);
  scheduler.spawn("sender", [&] {
    full.send(1);
    try {
      full.send(2);
    } catch (const ClosedChannelError&) {
      log.emplace_back("sender told");
    }
  });
  scheduler.spawn("receiver", [&] {
    if (!empty.receive()) {
      log.emplace_back("receiver told");
    }
  });
  scheduler.spawn("closer", [&] {
    full.close();
    empty.close();
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"sender told", "receiver told"}));
}

TEST_F(GreenChannelTest, ValuesNeedNotBeCopyable) {
  Channel<std::unique_ptr<int>> channel(1);
  scheduler.spawn("thread", [&] {
    channel.send(std::make_unique<int>(5));
    EXPECT_EQ(**channel.receive(), 5);
  });
  scheduler.run();
}

// I1, against a std::deque, over many interleavings
TEST_F(GreenChannelTest, NothingIsLostDoubledOrOvertakenWhoeverRuns) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    Scheduler round(clock);
    std::mt19937 random(seed);
    Channel<int> channel(1 + random() % 4);
    std::deque<int> expected;
    int next = 0;
    int senders = 3;
    const auto maybe_yield = [&random] {
      if (random() % 2 == 0) {
        yield();
      }
    };
    for (int i = 0; i < 3; ++i) {
      round.spawn("sender", [&] {
        for (int k = 0; k < 20; ++k) {
          maybe_yield();
          expected.push_back(next);
          const int mine = next++;
          channel.send(mine);
        }
        if (--senders == 0) {
          channel.close();
        }
      });
    }
    std::vector<int> got;
    for (int i = 0; i < 2; ++i) {
      round.spawn("receiver", [&] {
        while (const std::optional<int> value = channel.receive()) {
          got.push_back(*value);
          maybe_yield();
        }
      });
    }
    round.run();
    // Senders that waited may have gone in behind later ones, so compare sets.
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, std::vector<int>(expected.begin(), expected.end()));
  }
}

}  // namespace
}  // namespace scheduler::green

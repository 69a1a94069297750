// A few crowds by hand; then many by seed. A thread is here a rhythm, so many
// ticks of computing and so many of I/O, and the test counts who had the lock
// and who waited for how long.
#include "exercises/io_first.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exercises/dice.h"
#include "gtest/gtest.h"

namespace exercises {
namespace {

struct Rhythm {
  int compute;
  int io;  // 0: it computes and does nothing else
};

constexpr int kWindow = 200 * kMillisecond;
constexpr int kEnd = 10 * kWindow;

std::string text_of(const std::vector<Rhythm>& crowd) {
  std::string text;
  for (const Rhythm& one : crowd) {
    text += " " + std::to_string(one.compute) + "+" + std::to_string(one.io);
  }
  return text + " (ticks of computing + I/O)";
}

class Machine {
 public:
  explicit Machine(const std::vector<Rhythm>& crowd)
      : crowd_(crowd), threads_(crowd.size()), lock_(make_io_first()) {
    for (size_t t = 0; t < crowd_.size(); ++t) {
      threads_[t].left = crowd_[t].compute;
      want(t, Lock::From::kStart);
    }
    for (now_ = 0; now_ < kEnd && complaint_.empty(); ++now_) {
      tick();
    }
  }

  const std::string& complaint() const { return complaint_; }
  // The longest time from the end of I/O to the lock.
  int longest_wait(size_t thread) const { return threads_[thread].longest; }
  int had(size_t thread) const { return threads_[thread].had; }
  // In the window with the least of it, of those that compute only.
  int least_of_computing() const {
    return *std::min_element(windows_.begin(), windows_.end());
  }

 private:
  struct Thread {
    int left = 0;     // of its computing
    int back_at = 0;  // from I/O
    bool away = false;
    bool waiting = false;
    bool from_io = false;
    int since = 0;
    int longest = 0;
    int had = 0;
  };

  void want(size_t t, Lock::From from) {
    threads_[t].waiting = true;
    threads_[t].from_io = from == Lock::From::kIo;
    threads_[t].since = now_;
    ++waiting_;
    lock_->wants(static_cast<int>(t), from, now_);
  }

  void take() {
    const int answer = lock_->take(now_);
    const auto t = static_cast<size_t>(answer);
    if (answer < 0 || t >= threads_.size() || !threads_[t].waiting) {
      complaint_ = "the lock went to somebody who does not wait for it";
      return;
    }
    --waiting_;
    holder_ = t;
    Thread& thread = threads_[t];
    thread.waiting = false;
    if (thread.from_io) {
      thread.longest = std::max(thread.longest, now_ - thread.since);
    }
  }

  // The holder has computed until now.
  void check_point() {
    const size_t t = *holder_;
    Thread& thread = threads_[t];
    if (thread.left == 0) {
      lock_->dropped(now_);
      holder_.reset();
      thread.left = crowd_[t].compute;
      thread.away = true;
      thread.back_at = now_ + crowd_[t].io;
    } else if (waiting_ > 0 && lock_->must_drop(now_)) {
      holder_.reset();
      want(t, Lock::From::kDrop);
    }
  }

  void tick() {
    for (size_t t = 0; t < threads_.size(); ++t) {
      if (threads_[t].away && threads_[t].back_at <= now_) {
        threads_[t].away = false;
        want(t, Lock::From::kIo);
      }
    }
    if (holder_) {
      check_point();
    }
    if (!holder_ && waiting_ > 0) {
      take();
    }
    if (holder_ && complaint_.empty()) {
      const bool only_computes = crowd_[*holder_].io == 0;
      threads_[*holder_].left -= only_computes ? 0 : 1;
      ++threads_[*holder_].had;
      windows_[static_cast<size_t>(now_ / kWindow)] += only_computes ? 1 : 0;
    }
  }

  const std::vector<Rhythm> crowd_;
  std::vector<Thread> threads_;
  const std::unique_ptr<Lock> lock_;
  std::vector<int> windows_ = std::vector<int>(kEnd / kWindow);
  std::optional<size_t> holder_;
  int waiting_ = 0;
  int now_ = 0;
  std::string complaint_;
};

constexpr Rhythm kHog = {1, 0};

// What I4 promises to each who computes: half of an equal share.
void expect_shares(const Machine& machine, const std::vector<Rhythm>& crowd) {
  for (size_t t = 0; t < crowd.size(); ++t) {
    if (crowd[t].io == 0) {
      ASSERT_GE(machine.had(t), kEnd / static_cast<int>(2 * crowd.size()))
          << "thread " << t << " of" << text_of(crowd);
    }
  }
}

TEST(IoFirst, WhoReturnsFromIoDoesNotWaitForASlice) {
  const Machine machine({kHog, {1, 20 * kMillisecond}});
  ASSERT_EQ(machine.complaint(), "");
  EXPECT_LE(machine.longest_wait(1), 1);
}

TEST(IoFirst, NorForTheSlicesOfFour) {
  const Machine machine({kHog, kHog, kHog, kHog, {5, 20 * kMillisecond}});
  ASSERT_EQ(machine.complaint(), "");
  EXPECT_LE(machine.longest_wait(4), 1);
}

TEST(IoFirst, ThoseWhoComputeTakeTurns) {
  const std::vector<Rhythm> crowd = {kHog, kHog, kHog, {5, kMillisecond}};
  const Machine machine(crowd);
  ASSERT_EQ(machine.complaint(), "");
  expect_shares(machine, crowd);
}

TEST(IoFirst, ACrowdFromIoLeavesFortyPercentToThoseWhoCompute) {
  const Rhythm busy = {kMillisecond, 1};
  const Machine machine({kHog, busy, busy, busy, busy, busy, busy});
  ASSERT_EQ(machine.complaint(), "");
  EXPECT_GE(machine.least_of_computing(), kWindow * 4 / 10);
}

TEST(IoFirst, WhoStaysForLongAfterIoIsTreatedAsOneWhoComputes) {
  const Rhythm pretends = {100 * kMillisecond, 1};
  const std::vector<Rhythm> crowd = {kHog, pretends, pretends};
  const Machine machine(crowd);
  ASSERT_EQ(machine.complaint(), "");
  expect_shares(machine, crowd);
}

TEST(IoFirst, TheConvoyShrinksForEveryModestCrowd) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    Dice dice(seed);
    std::vector<Rhythm> crowd(static_cast<size_t>(dice.roll(1, 4)), kHog);
    const size_t hogs = crowd.size();
    int needed = 0;
    for (int count = dice.roll(1, 4); count > 0; --count) {
      const int compute = dice.roll(1, kMillisecond);
      crowd.push_back({compute, dice.roll(12, 40) * compute});
      needed += compute;
    }
    const Machine machine(crowd);
    ASSERT_EQ(machine.complaint(), "") << text_of(crowd);
    for (size_t t = hogs; t < crowd.size(); ++t) {
      ASSERT_LE(machine.longest_wait(t), needed + 1)
          << "seed " << seed << ", thread " << t << " of" << text_of(crowd);
    }
    expect_shares(machine, crowd);
  }
}

TEST(IoFirst, NoCrowdTakesTheSharesOfThoseWhoCompute) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    Dice dice(seed);
    const bool stays = dice.roll(0, 1) == 1;
    std::vector<Rhythm> crowd(static_cast<size_t>(dice.roll(1, 3)), kHog);
    for (int count = dice.roll(1, 6); count > 0; --count) {
      crowd.push_back({dice.roll(1, stays ? 30 * kMillisecond : kMillisecond),
                       dice.roll(1, 2 * kMillisecond)});
    }
    const Machine machine(crowd);
    ASSERT_EQ(machine.complaint(), "") << text_of(crowd);
    expect_shares(machine, crowd);
    if (!stays) {
      ASSERT_GE(machine.least_of_computing(), kWindow * 4 / 10)
          << "seed " << seed << ", of" << text_of(crowd);
    }
  }
}

}  // namespace
}  // namespace exercises

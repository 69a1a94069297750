#include "exercises/io_first.h"

#include <algorithm>
#include <deque>

namespace exercises {

namespace {

constexpr int kFavour = 1 * kMillisecond;    // how long one may pass
constexpr int kAccount = 10 * kMillisecond;  // the most that can be saved

// Two queues. Time that those from I/O spend is taken from an account into
// which the others' time is paid; while there is something in it, those from
// I/O are first, and otherwise last. [I2] [I3]
class IoFirst final : public Lock {
 public:
  void wants(int thread, From from, int /*now*/) override {
    if (from == From::kIo) {
      io_.push_back(thread);
    } else if (from == From::kDrop && interrupted_) {
      // Who had to let others pass goes on with what is left. [I4]
      computing_.push_front({thread, rest_});
    } else {
      computing_.push_back({thread, kInterval});
    }
    interrupted_ = false;
  }

  int take(int now) override {
    taken_ = now;
    from_io_ = !io_.empty() && (account_ > 0 || computing_.empty());
    int thread = 0;
    if (from_io_) {
      thread = io_.front();
      io_.pop_front();
      rest_ = kFavour;
    } else {
      thread = computing_.front().thread;
      rest_ = computing_.front().rest;
      computing_.pop_front();
    }
    return thread;
  }

  bool must_drop(int now) override {
    book(now);
    interrupted_ = !from_io_ && rest_ > 0 && !io_.empty() && account_ > 0;
    return interrupted_ || rest_ <= 0;
  }

  void dropped(int now) override { book(now); }

 private:
  struct Waiter {
    int thread;
    int rest;
  };

  void book(int now) {
    const int used = now - taken_;
    taken_ = now;
    rest_ -= used;
    account_ = std::clamp(account_ + (from_io_ ? -used : used), -kAccount,
                          int{kAccount});
  }

  std::deque<int> io_;
  std::deque<Waiter> computing_;
  int account_ = kAccount;
  // Of the holder.
  bool from_io_ = false;
  int taken_ = 0;
  int rest_ = 0;  // ticks until others have their turn
  bool interrupted_ = false;
};

}  // namespace

std::unique_ptr<Lock> make_io_first() {
  return std::make_unique<IoFirst>();
}

}  // namespace exercises

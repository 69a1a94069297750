#include "exercises/io_first.h"

#include <algorithm>
#include <deque>

namespace exercises {

namespace {

// What is here is the plain lock: who has waited for 5 ms without a switch asks
// for it; first come, first served.
class IoFirst final : public Lock {
 public:
  void wants(int thread, From /*from*/, int now) override {
    waiting_.push_back({thread, now});
  }
  int take(int now) override {
    const int thread = waiting_.front().thread;
    waiting_.pop_front();
    taken_ = now;
    return thread;
  }
  bool must_drop(int now) override {
    return now - std::max(taken_, waiting_.front().since) >= kInterval;
  }
  void dropped(int /*now*/) override {}

 private:
  struct Waiter {
    int thread;
    int since;
  };
  std::deque<Waiter> waiting_;
  int taken_ = 0;
};

}  // namespace

std::unique_ptr<Lock> make_io_first() {
  return std::make_unique<IoFirst>();
}

}  // namespace exercises

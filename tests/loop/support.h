// tests/loop/support.h - what the tests of loop/ share.
//
// CONCEPT     Log is a list of words that bodies write to: a test compares the
//             whole order at once. Reports catches what a loop would print.
//             VirtualLoop runs in virtual time, so no test ever sleeps; over
//             epoll, or over the poller it is given.
// THREADS     One.
// OWNERSHIP   Reports restores the hook it found.
#ifndef TESTS_LOOP_SUPPORT_H_
#define TESTS_LOOP_SUPPORT_H_

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loop/epoll_poller.h"
#include "loop/event_loop.h"
#include "loop/poller.h"
#include "loop/report.h"
#include "loop/virtual_poller.h"
#include "scheduler/clock.h"

namespace tests {

using Log = std::vector<std::string>;

class Reports {
 public:
  Reports() {
    before_ = loop::set_report_hook([this](const loop::Report& report) {
      messages.push_back(report.error ? report.message + ": " +
                                            loop::describe(report.error)
                                      : report.message);
    });
  }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;
  ~Reports() { loop::set_report_hook(std::move(before_)); }

  Log messages;

 private:
  loop::ReportHook before_;
};

struct VirtualLoop {
  explicit VirtualLoop(std::unique_ptr<loop::Poller> real =
                           std::make_unique<loop::EpollPoller>())
      : loop(std::make_unique<loop::VirtualPoller>(clock, std::move(real)),
             clock) {}

  scheduler::ManualClock clock;
  loop::EventLoop loop;
};

inline constexpr scheduler::Duration ms(int count) {
  return std::chrono::milliseconds(count);
}

}  // namespace tests

#endif  // TESTS_LOOP_SUPPORT_H_

// tests/support/leak_listener.h - after every test: is everything back?
//
// CONCEPT     A test that leaves a descriptor, a child, a thread or a shared
//             memory object behind has found a bug, whatever it asserted. The
//             listener takes a picture of the four before each test, another
//             one after it, and fails the test for what is new.
// INVARIANTS  I1. What was there before a test may go; nothing may stay that
//                 was not.
// THREADS     Runs on GoogleTest's thread, between tests.
// OWNERSHIP   GoogleTest owns the listener.
// LEFT OUT    Memory: LeakSanitizer sees to it in --config=asan.
#ifndef TESTS_SUPPORT_LEAK_LISTENER_H_
#define TESTS_SUPPORT_LEAK_LISTENER_H_

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tests {

// The four kinds of thing a test may leak, one line each, in order.
std::vector<std::string> held_resources();

// The lines of `now` that are not in `before`. Both in order.
std::vector<std::string> leaks_between(const std::vector<std::string>& before,
                                       const std::vector<std::string>& now);

// What of the present is not in `before`, after a while for what is just
// ending.
std::vector<std::string> leaks_since(const std::vector<std::string>& before);

class LeakListener final : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override;
  void OnTestEnd(const testing::TestInfo&) override;

  std::vector<std::string> before_;
};

}  // namespace tests

#endif  // TESTS_SUPPORT_LEAK_LISTENER_H_

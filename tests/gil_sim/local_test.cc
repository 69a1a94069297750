// The promises of gil_sim/local.h.
#include "gil_sim/local.h"

#include <memory>

#include "gil_sim/thread.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

// THR-08 and I1
TEST(Local, WhatOneThreadSetsNoOtherSees) {
  Local<int> local;
  local.set(1);
  Thread other([&] {
    EXPECT_EQ(local.get(), nullptr);
    local.set(2);
    EXPECT_EQ(*local.get(), 2);
  });
  other.start();
  other.join();
  EXPECT_EQ(*local.get(), 1);
}

// THR-08 and I2
TEST(Local, AValueDiesWithItsThread) {
  Local<std::shared_ptr<int>> local;
  std::weak_ptr<int> observed;
  Thread other([&] {
    local.set(std::make_shared<int>(1));
    observed = *local.get();
    EXPECT_FALSE(observed.expired());
  });
  other.start();
  other.join();
  EXPECT_TRUE(observed.expired());
}

TEST(Local, TwoOfThemAreApart) {
  Local<int> first;
  Local<int> second;
  first.set(1);
  EXPECT_EQ(second.get(), nullptr);
}

TEST(Local, ANewOneFindsNothingThatAnOldOneLeft) {
  for (int i = 0; i < 3; ++i) {
    Local<int> local;  // most likely at the same address each time
    EXPECT_EQ(local.get(), nullptr);
    local.set(i);
  }
}

}  // namespace
}  // namespace gil_sim

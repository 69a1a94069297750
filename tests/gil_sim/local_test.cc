// The promises of gil_sim/local.h.
#include "gil_sim/local.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

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

// I2. As in Python, where a value's __del__ finds no attribute any more.
TEST(Local, AValueThatGoesWithItsThreadFindsItselfNoMore) {
  struct Asks {
    Local<Asks>* local;
    bool* found;

    Asks(Local<Asks>* in, bool* out) : local(in), found(out) {}
    Asks(Asks&& other)
        : local(std::exchange(other.local, nullptr)), found(other.found) {}
    ~Asks() {
      if (local != nullptr) {
        *found = local->get() != nullptr;
      }
    }
  };
  Local<Asks> local;
  bool found = true;
  Thread other([&] { local.set(Asks(&local, &found)); });
  other.start();
  other.join();
  EXPECT_FALSE(found);
}

// I2, in a process of its own, as it ends it: the values of the main thread go
// before its global objects, of which a Local may be one.
TEST(LocalAtExit, AGlobalOneOutlivesTheValuesOfItsThread) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto program = [] {
    static Local<std::string> global;
    struct Late {
      ~Late() {
        global.set("a text for which there is no room in the string itself");
        std::fputs(global.get() == nullptr ? "none" : "one", stderr);
      }
    };
    static const Late late;
    global.set("another such text that needs memory of its own");
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "^none$");
  GTEST_FLAG_SET(death_test_style, "fast");
}

}  // namespace
}  // namespace gil_sim

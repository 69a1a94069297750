// The promises of scheduler/green/context.h, by hand and by the C library: the
// suite is one, so both behave alike.
#include "scheduler/green/context.h"

#include <cfenv>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/green/context_ucontext.h"
#include "scheduler/green/sanitizers.h"
#include "scheduler/green/stack.h"

namespace scheduler::green {
namespace {

// A second computation that takes turns with the test.
template <class Context>
struct Partner {
  using Body = void (*)(Partner&);

  explicit Partner(Body what) : body(what), inside(stack, &enter, this) {}
  static void enter(void* partner) {
    auto& self = *static_cast<Partner*>(partner);
    self.inside_for_sanitizers.after_switch();
    self.body(self);
    self.log.push_back("end");
    self.leave();
  }
  void resume() {
    outside_for_sanitizers.before_switch(inside_for_sanitizers, false);
    Context::switch_to(outside, inside);
    outside_for_sanitizers.after_switch();
  }
  void leave() {
    inside_for_sanitizers.before_switch(outside_for_sanitizers, false);
    Context::switch_to(inside, outside);
    inside_for_sanitizers.after_switch();
  }

  const Body body;
  const Stack stack;
  Context outside;
  Context inside;
  SanitizerFiber outside_for_sanitizers;
  SanitizerFiber inside_for_sanitizers{stack.usable()};
  std::vector<std::string> log;
  uintptr_t number = 0;
};

template <class Context>
class ContextTest : public testing::Test {};

#if defined(__x86_64__)
using Contexts = testing::Types<MachineContext, LibraryContext>;
#else
using Contexts = testing::Types<LibraryContext>;
#endif
TYPED_TEST_SUITE(ContextTest, Contexts);

// C-014 I1
TYPED_TEST(ContextTest, TwoComputationsTakeTurnsAndKeepTheirPlaces) {
  Partner<TypeParam> partner([](Partner<TypeParam>& self) {
    for (int i = 1; i <= 3; ++i) {
      self.log.push_back("inside " + std::to_string(i));
      self.leave();
    }
  });
  for (int i = 1; i <= 4; ++i) {
    partner.log.push_back("outside " + std::to_string(i));
    partner.resume();
  }
  EXPECT_EQ(partner.log, (std::vector<std::string>{
                             "outside 1", "inside 1", "outside 2", "inside 2",
                             "outside 3", "inside 3", "outside 4", "end"}));
}

// I3
TYPED_TEST(ContextTest, ANewComputationBeginsOnItsOwnAlignedStack) {
  Partner<TypeParam> partner([](Partner<TypeParam>& self) {
    alignas(16) volatile char local = 0;
    self.number = reinterpret_cast<uintptr_t>(&local);
  });
  partner.resume();
  const auto usable = partner.stack.usable();
  EXPECT_GE(partner.number, reinterpret_cast<uintptr_t>(usable.data()));
  EXPECT_LT(partner.number, reinterpret_cast<uintptr_t>(partner.stack.top()));
  EXPECT_EQ(partner.number % 16, 0u);
}

// I2
TYPED_TEST(ContextTest, RegistersThatACallMustKeepAreKept) {
#if defined(__x86_64__)
  Partner<TypeParam> partner([](Partner<TypeParam>& self) {
    for (int i = 0; i < 2; ++i) {
      // The partner may use them for itself. (rbp needs no help: each side's
      // frame stands on its own stack, so neither would find its locals.)
      asm volatile(
          "movq $77, %%rbx; movq $77, %%r12; movq $77, %%r13; movq $77, %%r14; "
          "movq $77, %%r15" ::
              : "rbx", "r12", "r13", "r14", "r15");
      self.leave();
    }
  });
  register uintptr_t rbx asm("rbx") = 1;
  register uintptr_t r12 asm("r12") = 2;
  register uintptr_t r13 asm("r13") = 3;
  register uintptr_t r14 asm("r14") = 4;
  register uintptr_t r15 asm("r15") = 5;
  asm volatile("" : "+r"(rbx), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15));
  partner.resume();
  asm volatile("" : "+r"(rbx), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15));
  EXPECT_EQ(rbx + r12 * 10 + r13 * 100 + r14 * 1000 + r15 * 10000, 54321u);
#else
  GTEST_SKIP() << "names registers of x86-64";
#endif
}

// 1/3 cannot be written in binary, so its last bit tells the rounding mode.
// `volatile`, or the compiler would round while it compiles.
bool rounds_up() {
  volatile double one = 1;
  volatile double three = 3;
  return one / three * 3 > 1 || one / three > 0.33333333333333331483;
}
bool long_double_rounds_up() {
  volatile long double one = 1;
  volatile long double three = 3;
  const volatile long double third = one / three;
  return third * three > one || std::fegetround() == FE_UPWARD;
}

// I2
TYPED_TEST(ContextTest, ARoundingModeBelongsToItsComputation) {
  Partner<TypeParam> partner([](Partner<TypeParam>& self) {
    std::fesetround(FE_UPWARD);
    self.leave();
    // Others have run; here it still rounds up.
    self.number = rounds_up() && long_double_rounds_up() ? 1 : 0;
  });
  ASSERT_FALSE(rounds_up());
  partner.resume();
  EXPECT_FALSE(rounds_up());
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  partner.resume();
  EXPECT_EQ(partner.number, 1u);
  EXPECT_FALSE(rounds_up());
}

// I2
TYPED_TEST(ContextTest, ANewComputationInheritsTheRoundingModeOfItsMaker) {
  std::fesetround(FE_DOWNWARD);
  Partner<TypeParam> partner([](Partner<TypeParam>& self) {
    self.number = std::fegetround() == FE_DOWNWARD ? 1 : 0;
  });
  std::fesetround(FE_TONEAREST);
  partner.resume();
  EXPECT_EQ(partner.number, 1u);
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
}

TYPED_TEST(ContextTest, AMillionSwitchesLeaveTheStackPointerWhereItWas) {
  Partner<TypeParam> partner([](Partner<TypeParam>& self) {
    for (;;) {
      volatile char here = 0;
      self.number = reinterpret_cast<uintptr_t>(&here);
      self.leave();
    }
  });
  partner.resume();
  const uintptr_t first = partner.number;
  for (int i = 0; i < 1'000'000; ++i) {
    partner.resume();
  }
  EXPECT_EQ(partner.number, first);
}

#if defined(__x86_64__)
// C-014
TEST(MachineContext, WhatWasSavedIsReadableWhileItWaits) {
  Partner<MachineContext> partner(
      [](Partner<MachineContext>& self) { self.leave(); });
  // Not begun: the entry function in r12, its argument in rbx.
  EXPECT_EQ(partner.inside.saved().rbx, reinterpret_cast<uintptr_t>(&partner));
  const uintptr_t before_the_start = partner.inside.saved().program_counter;
  partner.resume();
  EXPECT_NE(partner.inside.saved().program_counter, before_the_start);
  EXPECT_EQ(partner.inside.saved().x87_control & 0x3fu, 0x3fu);
  partner.resume();
}
#endif

}  // namespace
}  // namespace scheduler::green

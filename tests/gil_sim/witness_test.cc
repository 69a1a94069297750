// The promises of gil_sim/witness.h.
#include "gil_sim/witness.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/model.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

Program twice(const std::string& body, int each = 1) {
  return assemble(examples::program("A B", body, 2 * each));
}

// [C-161]: one forced switch is enough.
TEST(Witness, OneForcedSwitchLosesAnUpdate) {
  const Program program = twice(examples::kIncrement);
  const auto witness = shortest_witness(program, {});
  ASSERT_TRUE(witness);
  EXPECT_EQ(witness->forced_switches, 1);
  EXPECT_EQ(in_columns(program, {}, *witness),
            "A                     B\n"
            "LOAD_GLOBAL x\n"
            "                      LOAD_GLOBAL x\n"
            "                      LOAD_CONST 1\n"
            "                      BINARY_ADD\n"
            "                      STORE_GLOBAL x        x=1\n"
            "LOAD_CONST 1\n"
            "BINARY_ADD\n"
            "STORE_GLOBAL x                              x=1\n"
            "-> x=1\n");
}

// From a state on, and none where it is too late.
TEST(Witness, FromAStateItGoesOnFromThere) {
  const Program program = twice(examples::kIncrement);
  const Model model(program, rules_of({}));
  auto state = std::make_unique<Model::State>();
  model.start(*state);
  model.step(*state, 1);
  const auto witness = shortest_witness_from(*state, program, {});
  ASSERT_TRUE(witness);
  for (const uint8_t turn : witness->turns) {
    model.step(*state, turn);
  }
  EXPECT_EQ(model.ending(*state).text, witness->ending.text);

  model.start(*state);
  for (int i = 0; i < 4; ++i) {
    model.step(*state, 0);
  }
  EXPECT_FALSE(shortest_witness_from(*state, program, {}));
}

TEST(Witness, ThereIsNoneWhereNothingCanFail) {
  EXPECT_FALSE(
      shortest_witness(twice(examples::locked(examples::kIncrement)), {}));
  EXPECT_FALSE(
      shortest_witness(twice(examples::kIncrement),
                       {.checks = CheckPolicy::kBackwardJumpsAndCalls}));
}

// [C-175]. Four forced switches at the least, however many laps there are.
TEST(Witness, TheLeastValueOfManyIncrementsTakesFourForcedSwitches) {
  for (const int n : {3, 10}) {
    const auto witness = shortest_witness(
        twice(examples::repeated(n, examples::kIncrement), n),
        {.reduction = Reduction::kVisibleSteps},
        [](const Model::Ending& ending) { return ending.text == "x=2"; });
    ASSERT_TRUE(witness);
    EXPECT_EQ(witness->forced_switches, 4);
  }
}

// [C-032]
TEST(Witness, ADeadlockIsShownUpToWhereAllWait) {
  const Program program = assemble(examples::two_locks(true));
  const auto witness = shortest_witness(program, {});
  ASSERT_TRUE(witness);
  EXPECT_EQ(witness->forced_switches, 1);
  EXPECT_EQ(in_columns(program, {}, *witness),
            "A                     B\n"
            "ACQUIRE a\n"
            "                      ACQUIRE b\n"
            "-> deadlock: A waits for b, which B has; B waits for a, which A "
            "has\n");
}

// [C-065]
TEST(Witness, ACoroutineIsSwitchedAtItsAwait) {
  const Program program = twice(examples::kIncrementByAwait);
  const SearchOptions options{.checks = CheckPolicy::kAwaitsOnly};
  const auto witness = shortest_witness(program, options);
  ASSERT_TRUE(witness);
  EXPECT_EQ(in_columns(program, options, *witness),
            "A                     B\n"
            "LOAD_GLOBAL x\n"
            "AWAIT\n"
            "                      LOAD_GLOBAL x\n"
            "                      AWAIT\n"
            "                      LOAD_CONST 1\n"
            "                      BINARY_ADD\n"
            "                      STORE_GLOBAL x        x=1\n"
            "LOAD_CONST 1\n"
            "BINARY_ADD\n"
            "STORE_GLOBAL x                              x=1\n"
            "-> x=1\n");
}

// I1, against all schedules.
TEST(Witness, NoScheduleHasFewerForcedSwitches) {
  for (const std::string& body :
       {examples::kIncrement, examples::kIncrementByCall,
        examples::kIncrementByAwait}) {
    for (const Reduction reduction :
         {Reduction::kNone, Reduction::kVisibleSteps}) {
      const SearchOptions options{.reduction = reduction};
      const Program program = twice(body);
      const auto all = list_schedules(program, options, fails, 100'000);
      ASSERT_FALSE(all.empty());
      const auto least = std::min_element(
          all.begin(), all.end(), [](const Schedule& a, const Schedule& b) {
            return a.forced_switches < b.forced_switches;
          });
      EXPECT_EQ(shortest_witness(program, options)->forced_switches,
                least->forced_switches);
    }
  }
}

TEST(Witness, PassingAndFailingSchedulesCanBeListed) {
  const Program program = twice(examples::kIncrement);
  EXPECT_EQ(list_schedules(program, {}, fails, 1000).size(), 68u);
  EXPECT_EQ(list_schedules(program, {}, fails, 5).size(), 5u);
  const auto passing = list_schedules(
      program, {}, [](const Model::Ending& ending) { return ending.passes; },
      1000);
  ASSERT_EQ(passing.size(), 2u);
  EXPECT_EQ(passing[0].turns, (std::vector<uint8_t>{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(passing[1].turns, (std::vector<uint8_t>{1, 1, 1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(passing[1].forced_switches, 0);
}

TEST(Witness, SchedulesWithoutEndAreNotListed) {
  const Program program = assemble(
      "global ready = 0\n"
      "thread A\nagain:\n  LOAD_GLOBAL ready\n  POP_JUMP_IF_FALSE again\n"
      "thread B\n  LOAD_CONST 1\n  STORE_GLOBAL ready\n");
  EXPECT_THROW(list_schedules(program, {}, fails, 10), std::invalid_argument);
  EXPECT_TRUE(shortest_witness(
      program, {}, [](const Model::Ending& ending) { return ending.passes; }));
}

TEST(Witness, WhatASearchGaveUpOnIsNotListed) {
  const Program endless = assemble(
      "global x = 0\n"
      "thread A\nagain:\n" +
      examples::kIncrement + "  JUMP again\n");
  EXPECT_THROW(list_schedules(endless, {.most_states = 1000}, fails, 3),
               std::runtime_error);
}

TEST(Witness, ASchedulesLengthHasABoundWhenListed) {
  const Program longest = assemble(
      examples::program("A", examples::repeated(2000, "  AWAIT\n"), 0));
  EXPECT_TRUE(explore(longest).counted());
  EXPECT_THROW(
      list_schedules(
          longest, {},
          [](const Model::Ending& ending) { return ending.passes; }, 1),
      std::runtime_error);
}

// One by one, its schedules would take longer than the universe has lasted.
TEST(Witness, AnEndingThatNoScheduleHasIsNotLookedForOneByOne) {
  const Program program =
      twice(examples::repeated(8, examples::locked(examples::kIncrement)), 8);
  EXPECT_GT(explore(program).schedules(), 1e30);
  EXPECT_TRUE(list_schedules(program, {}, fails, 1).empty());
}

TEST(Witness, ListingStopsAtTheBoundOfInstructions) {
  const Program program = twice(examples::kIncrement);
  // Enough for the graph of all schedules, and not for the list of them.
  const SearchOptions options{.most_instructions = 150};
  EXPECT_TRUE(explore(program, options).complete());
  EXPECT_EQ(list_schedules(program, options, fails, 2).size(), 2u);
  EXPECT_THROW(list_schedules(program, options, fails, 1000),
               std::runtime_error);
}

TEST(Witness, ABoundThatIsHitIsAnErrorAndNotAnAnswer) {
  EXPECT_THROW(shortest_witness(twice(examples::locked(examples::kIncrement)),
                                {.most_states = 5}),
               std::runtime_error);
  EXPECT_THROW(shortest_witness(twice(examples::locked(examples::kIncrement)),
                                {.most_instructions = 5}),
               std::runtime_error);
}

}  // namespace
}  // namespace gil_sim

// Each schedule is played to its end; each program is explored to the last
// schedule. What locks are wanted is thrown by seed.
#include "exercises/schedules.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/model.h"
#include "gtest/gtest.h"

namespace exercises {
namespace {

namespace examples = gil_sim::examples;
using gil_sim::CheckPolicy;

void expect_broken(int level, const std::string& text, CheckPolicy checks) {
  const gil_sim::Program program = gil_sim::assemble(text);
  const gil_sim::Model model(program, {.checks = checks});
  gil_sim::Model::State state{};
  model.start(state);
  const std::string schedule = breaking(level);
  for (size_t i = 0; i < schedule.size(); ++i) {
    const auto thread = static_cast<size_t>(schedule[i] - 'A');
    ASSERT_LT(thread, model.threads()) << "step " << i << " of " << schedule;
    ASSERT_TRUE(model.can_step(state, thread))
        << "step " << i << " of " << schedule;
    model.step(state, thread);
  }
  ASSERT_TRUE(model.is_end(state)) << schedule << " is not the whole";
  EXPECT_FALSE(model.ending(state).passes)
      << schedule << " ends well: " << model.ending(state).text;
}

TEST(Schedules, Level1Breaks) {
  expect_broken(1, examples::program("A B", examples::kIncrement, 2),
                CheckPolicy::kEveryInstruction);
}

TEST(Schedules, Level3Breaks) {
  expect_broken(3, examples::program("A B", examples::kIncrementByCall, 2),
                CheckPolicy::kBackwardJumpsAndCalls);
}

TEST(Schedules, Level6Breaks) {
  expect_broken(6, examples::two_locks(true), CheckPolicy::kEveryInstruction);
}

bool uses(const gil_sim::Program& program, gil_sim::Op op) {
  return std::any_of(
      program.code.begin(), program.code.end(),
      [&](const gil_sim::Instruction& one) { return one.op == op; });
}

TEST(Schedules, NoScheduleOfTheMendedCounterLosesAnUpdate) {
  for (int laps = 1; laps <= 4; ++laps) {
    const gil_sim::Program program = gil_sim::assemble(mended_counter(laps));
    ASSERT_EQ(program.threads.size(), 2u);
    EXPECT_TRUE(uses(program, gil_sim::Op::kLoadGlobal));
    EXPECT_TRUE(uses(program, gil_sim::Op::kStoreGlobal));
    EXPECT_FALSE(uses(program, gil_sim::Op::kAtomicAdd));
    const auto found = gil_sim::explore(
        program, {.reduction = gil_sim::Reduction::kVisibleSteps});
    EXPECT_TRUE(found.complete());
    ASSERT_EQ(found.outcomes.size(), 1u) << laps << " laps";
    EXPECT_TRUE(found.outcomes[0].passes) << found.outcomes[0].text;
    EXPECT_EQ(found.outcomes[0].text, "x=" + std::to_string(2 * laps));
  }
}

// A lock around the whole loop would be no scheduling at all.
TEST(Schedules, TheMendedCounterLetsTheOtherInBetweenTwoLaps) {
  const auto schedules = [](int laps) {
    return gil_sim::explore(gil_sim::assemble(mended_counter(laps)),
                            {.reduction = gil_sim::Reduction::kVisibleSteps})
        .schedules();
  };
  EXPECT_GT(schedules(3), schedules(1));
}

// Threads that take these locks in this order, and give them back.
std::string program_of(const std::vector<std::vector<int>>& orders) {
  std::string text = "lock l0\nlock l1\nlock l2\nlock l3\n";
  for (size_t thread = 0; thread < orders.size(); ++thread) {
    text += "thread T" + std::to_string(thread) + "\n";
    for (const char* what : {"  ACQUIRE l", "  RELEASE l"}) {
      for (const int lock : orders[thread]) {
        text += what + std::to_string(lock) + "\n";
      }
    }
  }
  return text;
}

TEST(Schedules, NoScheduleOfTheMendedOrderDeadlocks) {
  int could = 0;  // before it was mended
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<int>> wanted(2 + random() % 2);
    for (std::vector<int>& locks : wanted) {
      locks = {0, 1, 2, 3};
      std::shuffle(locks.begin(), locks.end(), random);
      locks.resize(2 + random() % 2);
    }
    const auto mended = mended_order(wanted);
    ASSERT_EQ(mended.size(), wanted.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(std::multiset<int>(mended[i].begin(), mended[i].end()),
                std::multiset<int>(wanted[i].begin(), wanted[i].end()));
    }
    could += gil_sim::explore(gil_sim::assemble(program_of(wanted))).can_fail();
    const auto found = gil_sim::explore(gil_sim::assemble(program_of(mended)));
    EXPECT_TRUE(found.complete());
    ASSERT_FALSE(found.can_fail()) << "seed " << seed << "\n"
                                   << program_of(mended);
  }
  EXPECT_GT(could, 50);
}

}  // namespace
}  // namespace exercises

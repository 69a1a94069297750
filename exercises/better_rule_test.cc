// The counterexample; what must stay right; then programs by seed, for each of
// which the advice is compared with the fastest way.
#include "exercises/better_rule.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "exercises/dice.h"
#include "exercises/prices.h"
#include "gtest/gtest.h"
#include "scheduler/choose.h"

namespace exercises {
namespace {

std::string text_of(const Case& one) {
  return std::to_string(one.program.tasks) + " tasks of " +
         std::to_string(one.program.rounds) + " rounds of " +
         std::to_string(one.program.compute_ms) + " ms computing and " +
         std::to_string(one.program.wait_ms) + " ms waiting, on " +
         std::to_string(one.cpus) + " CPUs";
}

// An advice is bad if the fastest way takes half the time, or less.
bool is_bad(std::string_view advice, const Case& one) {
  return ms_under(advice, one.program, one.cpus) >=
         2 * least_ms(one.program, one.cpus);
}

std::string advice_of(const scheduler::DecisionTable& table, const Case& one) {
  return std::string(choose(table, facts_of(one.program)).row->advice);
}

class BetterRule : public testing::Test {
 protected:
  // choose() ends the program for a table without a last word.
  void SetUp() override {
    for (int cpus = 1; cpus <= 16; ++cpus) {
      const scheduler::DecisionTable table = better_rule(cpus);
      ASSERT_FALSE(table.rows.empty());
      ASSERT_TRUE(table.rows.back().criteria.empty());
      for (const scheduler::Row& row : table.rows) {
        for (const size_t place : row.criteria) {
          ASSERT_LT(place, table.criteria.size());
        }
      }
    }
  }
};

TEST_F(BetterRule, TheCounterexampleIsAProgramForWhichTheRuleIsWrong) {
  const Case found = counterexample();
  const Program& program = found.program;
  ASSERT_TRUE(program.tasks >= 1 && program.tasks <= 2000 &&
              program.rounds >= 10 && program.rounds <= 1000 &&
              program.compute_ms >= 0 && program.wait_ms >= 0 &&
              program.compute_ms + program.wait_ms > 0 && found.cpus >= 1 &&
              found.cpus <= 16)
      << text_of(found);
  const std::string advice = advice_of(scheduler::documents_table(), found);
  EXPECT_TRUE(is_bad(advice, found))
      << advice << " is right for " << text_of(found);
}

TEST_F(BetterRule, IsRightAboutTheCounterexample) {
  const Case found = counterexample();
  const std::string advice = advice_of(better_rule(found.cpus), found);
  EXPECT_FALSE(is_bad(advice, found)) << advice << " for " << text_of(found);
}

TEST_F(BetterRule, KeepsWhatTheDocumentsSayOfThePureCases) {
  const Case computes = {{16, 10, 100, 0}, 4};
  EXPECT_EQ(advice_of(better_rule(4), computes), "processes");
  const Case waits_long = {{500, 10, 0.1, 200}, 4};
  EXPECT_EQ(advice_of(better_rule(4), waits_long), "async");
  const Case waits_briefly = {{20, 1000, 0.05, 0.5}, 4};
  EXPECT_EQ(advice_of(better_rule(4), waits_briefly), "threads");
  const scheduler::Facts reads_files = {
      .only_files = 1, .user_share = 0.1, .cpu_share = 1};
  const scheduler::DecisionTable table = better_rule(4);
  EXPECT_EQ(choose(table, reads_files).row->advice, "single");
}

// As many from each order of magnitude.
double roll_ms(Dice& dice, double low, double high) {
  return low * std::pow(high / low, dice.roll(0, 1000) / 1000.0);
}

TEST_F(BetterRule, NoAdviceOfItIsBad) {
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    Dice dice(seed);
    const bool few = dice.roll(0, 1) == 0;
    Case one{.program = {.tasks = dice.roll(1, few ? 20 : 2000),
                         .rounds = dice.roll(10, 1000),
                         .compute_ms = roll_ms(dice, 0.05, 50),
                         .wait_ms = roll_ms(dice, 0.05, 500)},
             .cpus = dice.roll(1, 16)};
    if (dice.roll(0, 9) == 0) {
      one.program.wait_ms = 0;
      one.program.compute_ms = roll_ms(dice, 5, 50);
    }
    if (ms_under("single", one.program, one.cpus) < 1000) {
      continue;  // not worth a thought, nor a process
    }
    const std::string advice = advice_of(better_rule(one.cpus), one);
    ASSERT_FALSE(is_bad(advice, one))
        << "seed " << seed << ": " << advice << " for " << text_of(one);
  }
}

}  // namespace
}  // namespace exercises

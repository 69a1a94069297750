#include "demos/runners/share.h"

#include <utility>
#include <vector>

#include "demos/bodies/step.h"
#include "demos/runners/runner.h"
#include "gtest/gtest.h"

namespace demos::runners {
namespace {

using Items = std::vector<int>;

Job job_of(int items, int workers) {
  Job job;
  job.world.items = items;
  job.workers = workers;
  return job;
}

// I1
TEST(Share, EveryItemIsDealtToOneShare) {
  const std::vector<Job> shares = shares_of(job_of(7, 3));
  ASSERT_EQ(shares.size(), 3u);
  EXPECT_EQ(items_of(shares[0]), (Items{0, 3, 6}));
  EXPECT_EQ(items_of(shares[1]), (Items{1, 4}));
  EXPECT_EQ(items_of(shares[2]), (Items{2, 5}));
}

TEST(Share, OneShareIsTheWhole) {
  EXPECT_EQ(items_of(job_of(3, 1)), (Items{0, 1, 2}));
  EXPECT_EQ(shares_of(job_of(3, 1)).size(), 1u);
}

TEST(Share, NobodyIsGivenAShareWithoutItems) {
  EXPECT_EQ(shares_of(job_of(2, 8)).size(), 2u);
}

// I1
TEST(Share, WhatTheSharesComeToStandsInTheOrderOfTheItems) {
  for (const int items : {1, 2, 3, 6, 7, 8}) {
    std::vector<Outcome> outcomes;
    for (const Job& share : shares_of(job_of(items, 3))) {
      Outcome& outcome = outcomes.emplace_back();
      for (const int item : items_of(share)) {
        outcome.values.push_back(static_cast<bodies::Value>(item));
        outcome.events.emplace_back();
      }
    }
    const Outcome all = join_shares(std::move(outcomes));
    EXPECT_EQ(all.events.size(), static_cast<size_t>(items));
    ASSERT_EQ(all.values.size(), static_cast<size_t>(items));
    for (int item = 0; item < items; ++item) {
      EXPECT_EQ(all.values[static_cast<size_t>(item)],
                static_cast<bodies::Value>(item));
    }
  }
}

#ifndef NDEBUG
TEST(ShareDeathTest, NoSharesHaveNoOutcome) {
  EXPECT_DEATH(join_shares({}), "nothing says where to stop");
}
#endif

}  // namespace
}  // namespace demos::runners

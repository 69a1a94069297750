// The promises of scheduler/cpu_sim/workload.h.
#include "scheduler/cpu_sim/workload.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace scheduler::cpu_sim {
namespace {

TEST(Workload, ALineNamesArrivalBurstsAndOptions) {
  const Workload workload =
      parse_workload("A:0:5,B:1.5:3+2+4:priority=2:share=3:process=1");
  ASSERT_EQ(workload.size(), 2u);
  EXPECT_EQ(workload[0],
            (JobSpec{.name = "A", .arrival = {}, .bursts = {5 * kUnit}}));
  EXPECT_EQ(workload[1], (JobSpec{.name = "B",
                                  .arrival = 3 * kUnit / 2,
                                  .bursts = {3 * kUnit, 2 * kUnit, 4 * kUnit},
                                  .priority = 2,
                                  .share = 3,
                                  .process = 1}));
}

TEST(Workload, TimesAreExactToTheNanosecond) {
  EXPECT_EQ(parse_units("0.000001"), Duration(1));
  EXPECT_EQ(parse_units("9999999.999999"), Duration(9'999'999'999'999));
  EXPECT_EQ(text_of(Duration(1)), "0.000001");
  EXPECT_EQ(text_of(5 * kUnit / 2), "2.5");
  EXPECT_EQ(text_of(20 * kUnit), "20");
}

// I1
TEST(Workload, TheTextOfAWorkloadGivesTheSameWorkload) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Workload workload = random_workload(seed, {.jobs = 20});
    workload[0].arrival = Duration(123'456 + static_cast<int64_t>(seed));
    workload[1].process = 4;
    EXPECT_EQ(parse_workload(text_of(workload)), workload);
  }
}

// I2: these words are in the lesson, so they hold on every machine.
TEST(Workload, ASeedGivesTheSameJobsOnEveryMachine) {
  EXPECT_EQ(text_of(random_workload(1, {.jobs = 3})),
            "J0:2:5,J1:0:1+4+2+8+1:priority=2,"
            "J2:6:4+8+1+8+4+15+4:priority=1");
}

struct Wrong {
  const char* text;
  const char* message;
};

class WrongWorkload : public testing::TestWithParam<Wrong> {};

TEST_P(WrongWorkload, IsRefusedWithThePlaceAndWhatIsAccepted) {
  try {
    parse_workload(GetParam().text);
    FAIL() << "accepted: " << GetParam().text;
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(std::string(error.what()), GetParam().message);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Workload, WrongWorkload,
    testing::Values(
        Wrong{"",
              "character 1: found the end, expected the name of a job: "
              "letters, digits, '_' or '-'"},
        Wrong{"A",
              "character 2: found the end, expected ':' and the time of "
              "arrival, as in A:0:5"},
        Wrong{"A:0",
              "character 4: found the end, expected ':' and the bursts, as in "
              "A:0:5 or A:0:3+2+4"},
        Wrong{"A:x:5",
              "character 3: found 'x:5', expected a number of units with up to "
              "7 digits and 6 decimals, like 5 or 0.25"},
        Wrong{"A:-1:5",
              "character 3: found '-1:5', expected a number of units with up "
              "to 7 digits and 6 decimals, like 5 or 0.25"},
        Wrong{"A:0:12345678",
              "character 5: found '12345678', expected a number of units with "
              "up to 7 digits and 6 decimals, like 5 or 0.25"},
        Wrong{"A:0:1.0000001",
              "character 5: found '1.0000001', expected a number of units with "
              "up to 7 digits and 6 decimals, like 5 or 0.25"},
        Wrong{"A:0:0",
              "character 5: found '0', expected a burst longer than zero"},
        Wrong{"A:0:3+2",
              "character 8: found the end, expected '+' and one more CPU "
              "burst: a job does not end with I/O"},
        Wrong{"A:0:3+2:share=2",
              "character 8: found ':share=2', expected '+' and one more CPU "
              "burst: a job does not end with I/O"},
        Wrong{"A:0:5:nice=3",
              "character 7: found 'nice=3', expected priority=, share= or "
              "process="},
        Wrong{"A:0:5:share=0",
              "character 13: found '0', expected a share from 1 to 1000"},
        Wrong{"A:0:5:share=1001",
              "character 13: found '1001', expected a share from 1 to 1000"},
        Wrong{"A:0:5:priority=",
              "character 16: found the end, expected a number with up to 7 "
              "digits"},
        Wrong{"A:0:5;B:0:5",
              "character 6: found ';B:0:5', expected ',' and another job, ':' "
              "and an option, or the end"},
        Wrong{"A:0:5,",
              "character 7: found the end, expected the name of a job: "
              "letters, digits, '_' or '-'"},
        Wrong{"A:0:5, B:0:5",
              "character 7: found ' B:0:5', expected the name of a job: "
              "letters, digits, '_' or '-'"}));

TEST(Workload, ALoneTimeIsRefusedWithRestOrWithoutDigits) {
  EXPECT_THROW(parse_units("5ms"), std::invalid_argument);
  EXPECT_THROW(parse_units(""), std::invalid_argument);
  EXPECT_THROW(parse_units("5."), std::invalid_argument);
}

// Any text is either a workload or refused; nothing else happens.
TEST(Workload, NoTextBreaksTheParser) {
  const std::string alphabet = "AB:,+.019=priority ";
  uint64_t state = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < round % 24; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text += alphabet[(state >> 33) % alphabet.size()];
    }
    try {
      EXPECT_FALSE(parse_workload(text).empty());
    } catch (const std::invalid_argument&) {
    }
  }
}

}  // namespace
}  // namespace scheduler::cpu_sim

// Golden pictures: the same four jobs under every policy, drawn by the one
// chart of the repository. A row per job; the scale is one column a unit.
#include <string>

#include "gtest/gtest.h"
#include "tests/scheduler/cpu_sim/run.h"

namespace scheduler::cpu_sim {
namespace {

constexpr const char* kJobs =
    "A:0:12:priority=2,B:1:4+6+4:priority=1,C:2:6:share=3,D:4:2";

std::string picture(const char* policy, const Machine& machine = {}) {
  const Experiment run(kJobs, policy, {.quantum = 2 * kUnit, .boost = {}},
                       machine);
  return "\n" + run.gantt(static_cast<int>(run.metrics().length + 0.5));
}

TEST(Pictures, FirstComeFirstServed) {
  EXPECT_EQ(picture("fcfs"), R"(
   0                      28 ms
A |############x               |
B | -----------###|......--####|
C |  --------------######x     |
D |    ------------------##x   |
)");
}

TEST(Pictures, ShortestJobFirst) {
  EXPECT_EQ(picture("sjf"), R"(
   0                      28 ms
A |############x               |
B | -------------###|......####|
C |  ----------------######x   |
D |    --------##x             |
)");
}

TEST(Pictures, ShortestTimeToCompletionFirst) {
  EXPECT_EQ(picture("stcf"), R"(
   0                      28 ms
A |#----------------###########|
B | ###|......--####x          |
C |  -----######x              |
D |    -##x                    |
)");
}

TEST(Pictures, RoundRobin) {
  EXPECT_EQ(picture("rr"), R"(
   0                      28 ms
A |#!----#!------#!--#!--#!--##|
B | -#!------#|......--#!--##x |
C |  --#!------#!--##x         |
D |    ----##x                 |
)");
}

TEST(Pictures, Priority) {
  EXPECT_EQ(picture("priority"), R"(
   0                      28 ms
A |#------------#####!----#####|
B | #--------##|......####x    |
C |  #!--####x                 |
D |    ##x                     |
)");
}

TEST(Pictures, Mlfq) {
  EXPECT_EQ(picture("mlfq"), R"(
   0                      28 ms
A |#!------###!------#!--####x |
B | -#!--------#|......#!----##|
C |  --#!--------####x         |
D |    --##x                   |
)");
}

TEST(Pictures, Lottery) {
  EXPECT_EQ(picture("lottery"), R"(
   0                            34 ms
A |#!--#####!----#!--##x             |
B | -------------------###|......####|
C |  #!------####x                   |
D |    ------------##x               |
)");
}

TEST(Pictures, FairShare) {
  EXPECT_EQ(picture("fair"), R"(
   0                      28 ms
A |#!--------#!----#####!--##x |
B | -------#!----#|......#!--##|
C |  ######x                   |
D |    --------##x             |
)");
}

TEST(Pictures, RoundRobinOnTwoCpusThatPayForSwitches) {
  EXPECT_EQ(picture("rr", {.cpus = 2, .process_switch = 1 * kUnit}), R"(
   0             19 ms
A |#!--#!----########x|
B | #!---#|......-####|
C |  -#!----####x     |
D |    ---##x         |
)");
}

}  // namespace
}  // namespace scheduler::cpu_sim

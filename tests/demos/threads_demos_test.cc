// The demos about threads: what they print. What two threads did to each other
// differs from run to run; that it is judged by the run itself does not.
#include <filesystem>
#include <string>
#include <vector>

#include "demos/support/machine.h"
#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"
#include "tests/support/sanitizers.h"

namespace demos {
namespace {

using tests::number_in;
using tests::output_of;

bool has(const std::string& output, const std::string& text) {
  return output.find(text) != std::string::npos;
}

// C-034 C-035 C-065 C-066
TEST(LostUpdateDemo, CountsExactlyWhereItMustAndLosesWhereItMust) {
  const std::string output = output_of("demos/lost_update", {"--n=2000"});
  for (const char* way :
       {"atomic", "mutex", "lock", "own_mutex", "queue", "await_lock"}) {
    EXPECT_EQ(number_in(output, "\n" + std::string(way) + " +4000 +(\\d+) +0 "),
              4000)
        << way;
  }
  EXPECT_EQ(number_in(output, "\nawait +4000 +2000 +(\\d+) "), 2000);
  EXPECT_TRUE(has(output, "VERDICT C-035 ")) << output;
  EXPECT_TRUE(has(output, "VERDICT C-034 true: the mutex lost 0 of 4000; "))
      << output;
  EXPECT_TRUE(has(output,
                  "VERDICT C-065 wrong: `x = x + await one()` kept 2000 of "
                  "4000; it loses in 4 of 6 schedules\n"))
      << output;
  EXPECT_TRUE(has(output,
                  "VERDICT C-066 wrong: one thread, and 2000 of 4000 lost; "
                  "with a lock between tasks 0 of 4000, and in 0 of "))
      << output;
}

// C-031: two threads at once need two CPUs, and the verdict goes by the run.
TEST(LostUpdateDemo, WhatRawLosesIsWhatTheVerdictSays) {
  const std::string output =
      output_of("demos/lost_update", {"--model=raw", "--n=500000"});
  const double lost = number_in(output, "\nraw +1000000 +\\d+ +(\\d+) ");
  EXPECT_EQ(number_in(output, "C-031 [a-z ]+: raw lost (\\d+) of"), lost);
  EXPECT_EQ(has(output, "VERDICT C-031 true: "), lost > 0) << output;
}

// C-160: what is proved for all schedules holds in this one.
TEST(LostUpdateDemo, TheLineLosesOnlyWhereACheckPointIsInside) {
  const std::string output =
      output_of("demos/lost_update", {"--model=bytecode", "--n=20000"});
  EXPECT_TRUE(has(output,
                  "VERDICT C-160 imprecise: `x = x + 1` under "
                  "every_instruction loses in 68 of 70 schedules, `x = x + 1` "
                  "under jumps_and_calls loses in 0 of 2 schedules, `x = x + "
                  "1` under backward_jumps_and_calls loses in 0 of 2 "
                  "schedules, `x = x + one()` under backward_jumps_and_calls "
                  "loses in 4 of 6 schedules; what cannot lose lost nothing"))
      << output;
}

// C-026 C-027 C-044 C-045 C-046 C-169
TEST(ThreadBasicsDemo, TheLiveListGrowsAndShrinksAroundTheMainThread) {
  const std::string output = output_of("demos/thread_basics");
  const std::string words = tests::masked(output);
  EXPECT_TRUE(
      words.starts_with("at the start: MainThread N\n"
                        "both started: MainThread N Thread-N N the "
                        "second N\n"
                        "one has ended: MainThread N the second N\n"
                        "both have ended: MainThread N\n"))
      << output;
  EXPECT_TRUE(has(
      output, "VERDICT C-027 true: at the start the kernel counts 1 thread"));
  EXPECT_TRUE(has(output, "the other: 1, 3, 2, 1, of one process")) << output;
  EXPECT_TRUE(has(output,
                  "VERDICT C-046 found: a default name and a given "
                  "one: Thread-1, the second\n"))
      << output;
  EXPECT_TRUE(has(output, "VERDICT C-169 wrong: the kernel counts ")) << output;
  EXPECT_TRUE(has(output,
                  "VERDICT C-044 true: given a function: 21 doubled is "
                  "42; overriding run(): 21 doubled is 42\n"))
      << output;
  EXPECT_TRUE(has(output,
                  "VERDICT C-045 true: its body ran in another thread; "
                  "a second start: a thread is started only once; a "
                  "join before it: a thread cannot be joined before "
                  "its start\n"))
      << output;
}

// C-047
TEST(ThreadBasicsDemo, WhoJoinsGoesOnAfterTheWorker) {
  const std::string output = output_of("demos/thread_basics");
  EXPECT_GE(number_in(output, "from start to joined (\\S+) ms"), 100);
  EXPECT_TRUE(has(output, "it went on after the worker's end")) << output;
}

// C-049
TEST(ThreadBasicsDemo, JoinedInTheSameLoopNoTwoThreadsEverLiveTogether) {
  const std::string output =
      output_of("demos/thread_basics", {"--join-in-loop"});
  EXPECT_EQ(number_in(output, "joined in the same loop: (\\d+) % of the time"),
            0);
  EXPECT_GE(number_in(output, "two or more alive, (\\S+) s, 2 4 6 8 10; in a"),
            0.25);
  EXPECT_TRUE(has(output, "VERDICT C-049 found: ")) << output;
}

// C-050. ThreadSanitizer keeps a process for a second after its end, to hear
// of late races: long enough for the daemon to have its say.
TEST(ThreadBasicsDemo, AProcessWaitsForAnOrdinaryThreadAndNotForADaemon) {
  const std::string output =
      output_of("/bin/sh", {"-c",
                            "TSAN_OPTIONS=$TSAN_OPTIONS:atexit_sleep_ms=0 exec "
                            "demos/thread_basics --daemon"});
  EXPECT_GE(number_in(output,
                      "the process ended after (\\S+) s, and its "
                      "thread said 'done'"),
            0.2);
  EXPECT_TRUE(has(output, "and its thread said ''\n")) << output;
  EXPECT_TRUE(has(output, "VERDICT C-050 found: ")) << output;
}

// C-042
TEST(ThreadBasicsDemo, APoolGivesAllJobsToItsWorkers) {
  const std::string output = output_of("demos/thread_basics", {"--pool"});
  double jobs = 0;
  for (const char* worker : {"pool_0", "pool_1", "pool_2"}) {
    jobs += number_in(output, "\n" + std::string(worker) + " +(\\d+) ");
  }
  EXPECT_EQ(jobs, 12);
  EXPECT_GT(number_in(output, "took them off a CPU (\\d+) times"), 0);
}

// C-048
TEST(DownloadsDemo, ThePageIsEqualWhicheverPartCameFirst) {
  for (const char* model : {"--seed=1", "--pool=3"}) {
    const std::string output =
        output_of("demos/downloads", {model, "--latency=40"});
    EXPECT_TRUE(has(output, "page of 10000 bytes")) << output;
    EXPECT_TRUE(has(output,
                    "the page is equal to the one fetched part by "
                    "part; "))
        << output;
    EXPECT_NE(has(output, "VERDICT C-048 found: the parts arrived out of"),
              has(output, "arrival: 0 1 2 3 4 5 6 7 8 9\n"))
        << output;
  }
}

// C-037
TEST(QueueVsLockDemo, AllWaysAreExactAndTheQueueHasItsOwnLock) {
  const std::string output =
      output_of("demos/queue_vs_lock", {"--n=5000", "--producers=3"});
  const std::string words = tests::masked(output);
  EXPECT_TRUE(has(words,
                  "VERDICT C-037 imprecise: no lock in the user's code, "
                  "and N places in the queue that take one; "))
      << output;
  EXPECT_TRUE(has(output, "  void put(T item") ||
              has(output, "const std::lock_guard held(lock_);"))
      << output;
  EXPECT_EQ(number_in(output, "\nqueue +none +15000 +(\\d+)"), 15000);
  EXPECT_EQ(number_in(output, "\nqueue, 100 each +none +15000 +(\\d+)"), 15000);
}

TEST(QueueVsLockDemo, WithoutTheSourceThatItShowsItMeasuresNothing) {
  if (tests::kLooksForRaces) {
    GTEST_SKIP() << "elsewhere the sanitizer does not find its own file either";
  }
  const std::filesystem::path here = std::filesystem::current_path();
  std::filesystem::current_path(testing::TempDir());
  tests::Program program((here / "demos/queue_vs_lock").string(), {"--n=1000"});
  std::filesystem::current_path(here);
  EXPECT_EQ(program.wait(), 1);
  EXPECT_EQ(program.output, "");
  EXPECT_EQ(program.error,
            "queue_vs_lock: gil_sim/queue.h is not here; run it by `bazel run "
            "//demos:queue_vs_lock` or from the repository's root\n");
}

// C-167: on CPUs of their own, and yet never two at once.
TEST(WhereThreadsRunDemo, UnderTheLockNoTwoRunAtOnce) {
  const std::string output = output_of("demos/where_threads_run",
                                       {"--gil=on", "--bind", "--seconds=0.3"});
  EXPECT_EQ(number_in(output,
                      "under the lock ran on the CPUs [0-9, ]+, two at "
                      "once (\\d+) % of the time"),
            0);
  EXPECT_EQ(has(output, "VERDICT C-167 wrong: "), support::usable_cpus() > 1)
      << output;
}

// C-039 and C-040, as far as this machine is free to show them.
TEST(WhereThreadsRunDemo, WithoutTheLockTheVerdictGoesByTheRun) {
  const std::string output =
      output_of("demos/where_threads_run", {"--gil=off", "--seconds=0.3"});
  // Numbers that are close to a limit have been rounded.
  const double at_once =
      number_in(output, "2 threads ran at once (\\d+) % of the time");
  if (at_once < 9 || at_once > 11) {
    EXPECT_EQ(has(output, "VERDICT C-039 wrong: "), at_once > 10) << output;
  }
  const double percent = number_in(output, "C-040 [A-Za-z: ]+ (\\d+) %");
  if (percent < 149 || percent > 151) {
    EXPECT_EQ(has(output, "VERDICT C-040 true: "), percent > 150) << output;
  }
}

// C-028
TEST(WhereThreadsRunDemo, OneThreadIsOnOneCpuAtATime) {
  const std::string output = output_of(
      "demos/where_threads_run", {"--threads=1", "--gil=off", "--seconds=0.1"});
  EXPECT_TRUE(has(output, "two or more at once 0 %")) << output;
  EXPECT_TRUE(has(output, "one thread, one CPU at a time, ")) << output;
}

// C-013 C-041
TEST(WhereThreadsRunDemo, TheTopologyIsThatOfTheMachineOrNotClaimed) {
  const std::string output =
      output_of("demos/where_threads_run", {"--topology"});
  EXPECT_EQ(has(output, "VERDICT C-041 found: "),
            !has(output, "This system does not tell"))
      << output;
}

}  // namespace
}  // namespace demos

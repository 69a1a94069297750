#include "demos/lost_update_report.h"

#include "demos/lost_update_bytecode.h"
#include "demos/support/run_demo.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"

namespace demos {

namespace {

std::string lost_of(const Counted& counted, int64_t expected) {
  return std::to_string(expected - counted.got) + " of " +
         std::to_string(expected);
}

std::string ns(const Counted& counted) {
  return support::fixed(counted.ns, 1) + " ns";
}

}  // namespace

void judge_counters(const Results& together, const Results& alone,
                    int64_t expected, support::Verdicts& verdicts) {
  const auto ran = [&](const char* way) { return together.contains(way); };
  const auto is_exact = [&](const char* way) {
    return together.at(way).got == expected;
  };
  if (ran("raw")) {
    verdicts.add(
        "C-031",
        (is_exact("raw") ? "not shown in this run: " : "true: ") +
            ("raw lost " + lost_of(together.at("raw"), expected) +
             " in round " + std::to_string(together.at("raw").rounds)));
  }
  if (ran("mutex")) {
    const Proof locked = prove_writers_inside(true);
    const Proof open = prove_writers_inside(false);
    const bool shown =
        is_exact("mutex") && locked.failing == 0 && open.failing > 0;
    verdicts.add(
        "C-034",
        (shown ? "true: " : "false: ") +
            ("the mutex lost " + lost_of(together.at("mutex"), expected) +
             "; two writers inside or an update lost: with a lock " +
             text_of(locked) + ", without " + text_of(open)));
  }
  if (ran("raw") && ran("mutex") && ran("own_mutex")) {
    const Counted& bare = alone.at("raw");
    const Counted& guarded = alone.at("mutex");
    // With fewer, the start of a thread is dearer than all it does.
    const bool enough = expected >= 10'000;
    verdicts.add(
        "C-035",
        (enough && guarded.ns > bare.ns ? "true: "
                                        : "not shown in this run: ") +
            ("an increment alone takes " + ns(bare) + ", with a mutex " +
             ns(guarded) + ", with one that two fight for " +
             ns(together.at("mutex")) + ", with one for each thread " +
             ns(together.at("own_mutex"))));
  }
  const Proof awaits = prove(gil_sim::examples::kIncrementByAwait,
                             gil_sim::CheckPolicy::kAwaitsOnly);
  if (ran("await")) {
    support::print("\nx = x + await one(), two tasks of one thread:\n" +
                   await_witness());
    verdicts.add("C-065", (is_exact("await") ? "not shown: " : "wrong: ") +
                              ("`x = x + await one()` kept " +
                               std::to_string(together.at("await").got) +
                               " of " + std::to_string(expected) +
                               "; it loses in " + text_of(awaits)));
  }
  if (ran("await") && ran("await_lock")) {
    const Proof locked =
        prove(gil_sim::examples::locked(gil_sim::examples::kIncrementByAwait),
              gil_sim::CheckPolicy::kAwaitsOnly);
    const bool shown = !is_exact("await") && is_exact("await_lock") &&
                       awaits.failing > 0 && locked.failing == 0;
    verdicts.add("C-066", (shown ? "wrong: " : "not shown: ") +
                              ("one thread, and " +
                               lost_of(together.at("await"), expected) +
                               " lost; with a lock between tasks " +
                               lost_of(together.at("await_lock"), expected) +
                               ", and in " + text_of(locked)));
  }
}

}  // namespace demos

// Questions about simulated machines: a CPU, bytecode under every schedule, the
// global lock.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "demos/quiz_questions.h"
#include "demos/support/report.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/gil_model.h"
#include "gil_sim/witness.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/metrics.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/cpu_sim/workload.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos {

namespace {

using scheduler::Duration;
using scheduler::cpu_sim::kUnit;

std::string picture_of(const scheduler::Timeline& timeline) {
  return scheduler::draw_gantt(timeline.lanes(), timeline.slices());
}

std::string yes_or_no(bool yes) {
  return yes ? "yes" : "no";
}

// "68 of 70 schedules lose an update", and the shortest that does.
std::string counted(const gil_sim::Program& program,
                    const gil_sim::SearchOptions& options,
                    const gil_sim::Exploration& found,
                    const std::string& what) {
  std::string text = support::whole(found.failing()) + " of " +
                     support::whole(found.schedules()) + " schedules " + what +
                     "\n";
  if (const auto witness = gil_sim::shortest_witness(program, options)) {
    text += gil_sim::in_columns(program, options, *witness);
  }
  return text;
}

}  // namespace

Question ask_turns(Dice& dice) {
  using namespace scheduler::cpu_sim;
  struct Rule {
    const char* name;
    const char* words;
  };
  constexpr std::array kRules = {
      Rule{"fcfs", "first come, first served"},
      Rule{"sjf", "the shortest burst first, and nobody is interrupted"},
      Rule{"stcf", "the shortest rest first, and a shorter one interrupts"},
      Rule{"rr", "in turns"},
  };
  const Rule& rule = dice.pick(kRules);
  Knobs knobs;
  knobs.quantum = dice.roll(1, 3) * kUnit;

  Workload jobs;
  for (const char* name : {"A", "B", "C"}) {
    JobSpec job;
    job.name = name;
    job.arrival = (jobs.empty() ? 0 : dice.roll(0, 4)) * kUnit;
    job.bursts = {dice.roll(1, 6) * kUnit};
    if (dice.roll(0, 2) == 0) {
      job.bursts.push_back(dice.roll(1, 4) * kUnit);
      job.bursts.push_back(dice.roll(1, 3) * kUnit);
    }
    jobs.push_back(std::move(job));
  }
  const auto whom = static_cast<size_t>(dice.roll(0, 2));
  const bool at_end = dice.coin();

  scheduler::ManualClock clock;
  scheduler::Timeline timeline(clock);
  Simulator simulator(
      jobs, {}, [&] { return make_policy(rule.name, knobs); }, clock,
      &timeline);
  simulator.run();
  const Job& job = simulator.jobs()[whom];
  const Duration answer =
      at_end ? job.finished - scheduler::TimePoint() : response_of(job);

  const std::string quantum = text_of(knobs.quantum);
  const bool in_turns = rule.name == std::string_view("rr");
  return {.kind = Question::Kind::kNumber,
          .text = "Jobs on one CPU (NAME:ARRIVAL:CPU+I/O+CPU): " +
                  text_of(jobs) + ".\nPolicy: " + rule.words +
                  (in_turns ? ", a quantum of " + quantum : "") +
                  "; a switch costs nothing.\n" +
                  (at_end ? "At what time does " + job.spec->name + " end?"
                          : "How long after its arrival does " +
                                job.spec->name + " first run?"),
          .answer = text_of(answer),
          .why = picture_of(timeline),
          .command = "policies -- --jobs=" + text_of(jobs) + " --policy=" +
                     rule.name + " --quantum=" + quantum + " --switch-cost=0"};
}

Question ask_schedules(Dice& dice) {
  const int a = dice.roll(2, 6);
  const int b = dice.roll(1, 5);
  std::string text;
  for (const auto& [name, length] : {std::pair("A", a), std::pair("B", b)}) {
    text += std::string("thread ") + name + "\n";
    for (int i = 0; i < length; ++i) {
      text += "  LONG 1\n";
    }
  }
  const auto found =
      gil_sim::must_be_counted(gil_sim::explore(gil_sim::assemble(text)));
  const std::string count = support::whole(found.schedules());
  return {.kind = Question::Kind::kNumber,
          .text = "A switch may come after every instruction. Thread A has " +
                  std::to_string(a) + " of them, thread B " +
                  std::to_string(b) + ".\nHow many schedules are there?",
          .answer = count,
          .why = "searched: " + std::to_string(found.states) + " states, " +
                 std::to_string(found.steps) + " steps, " + count +
                 " ways: which " + std::to_string(b) + " of the " +
                 std::to_string(a + b) + " steps are B's?\n",
          .command = "interleave -- --count"};
}

Question ask_race(Dice& dice) {
  namespace examples = gil_sim::examples;
  struct Line {
    const char* flag;
    const char* words;
    const std::string* body;
  };
  static const std::array kLines = {
      Line{"line", "x = x + 1", &examples::kIncrement},
      Line{"call", "x = x + one()", &examples::kIncrementByCall},
      Line{"await", "x = x + await one()", &examples::kIncrementByAwait},
      Line{"loop", "y = x; (a loop of three laps); x = y + 1",
           &examples::kIncrementAroundLoop},
      Line{"over", "y = x; if y < 0: y = 0; x = y + 1",
           &examples::kIncrementOverJump},
  };
  constexpr std::array kPlaces = {
      "after every instruction", "at a jump that is taken, and at a call",
      "at a jump backwards, and at a call", "at an await only"};
  const Line& line = dice.pick(kLines);
  const auto place = static_cast<size_t>(dice.roll(0, 3));
  const bool lock = dice.roll(0, 3) == 0;

  const auto program = gil_sim::assemble(examples::program(
      "A B", lock ? examples::locked(*line.body) : *line.body, 2));
  gil_sim::SearchOptions options;
  options.checks = static_cast<gil_sim::CheckPolicy>(place);
  const auto found =
      gil_sim::must_be_counted(gil_sim::explore(program, options));
  return {
      .kind = Question::Kind::kYesOrNo,
      .text = std::string("x is 0. A and B each run, once:  ") + line.words +
              (lock ? "\nwith a lock around it" : "") +
              ".\nA switch may come " + kPlaces[place] + ". Can x end as 1?",
      .answer = yes_or_no(found.can_fail()),
      .why = counted(program, options, found, "lose an update"),
      .command = std::string("interleave -- --program=") + line.flag +
                 " --checks=" + std::string(gil_sim::kCheckPolicyNames[place]) +
                 (lock ? " --lock" : "")};
}

Question ask_deadlock(Dice& dice) {
  constexpr std::array kPairs = {"ab", "ba", "bc", "cb", "ac", "ca"};
  const int threads = dice.roll(2, 3);
  std::string program_text = "lock a\nlock b\nlock c\n";
  std::string words;
  for (int i = 0; i < threads; ++i) {
    const std::string pair = dice.pick(kPairs);
    const std::string first = pair.substr(0, 1) + "\n";
    const std::string second = pair.substr(1) + "\n";
    const std::string name(1, static_cast<char>('A' + i));
    program_text += "thread " + name + "\n  ACQUIRE " + first + "  ACQUIRE " +
                    second + "  RELEASE " + second + "  RELEASE " + first;
    words += "thread " + name + " takes " + pair[0] + ", then " + pair[1] +
             ", and gives both back\n";
  }
  const auto program = gil_sim::assemble(program_text);
  const auto found = gil_sim::must_be_counted(gil_sim::explore(program));
  return {.kind = Question::Kind::kYesOrNo,
          .text = "Locks a, b and c:\n" + words + "Can they deadlock?",
          .answer = yes_or_no(found.can_fail()),
          .why = counted(program, {}, found, "deadlock"),
          .command = "deadlock"};
}

Question ask_gil(Dice& dice) {
  using gil_sim::GilEvent;
  using gil_sim::GilWork;
  using std::chrono::milliseconds;
  const int a = dice.roll(3, 25);
  const int b = dice.roll(3, 25);
  const int interval = dice.pick(std::array{2, 5, 10});
  const bool in_one = dice.coin();
  const bool at_end = dice.coin();

  const auto kind = in_one ? GilWork::Kind::kLong : GilWork::Kind::kCompute;
  scheduler::ManualClock clock;
  scheduler::Timeline timeline(clock);
  const auto events = gil_sim::run_gil_model(
      {{"A", {{kind, milliseconds(a)}}},
       {"B", {{GilWork::Kind::kCompute, milliseconds(b)}}}},
      {.interval = milliseconds(interval)}, clock, timeline);
  const size_t whom = at_end ? 0 : 1;
  const auto what = at_end ? GilEvent::What::kEnd : GilEvent::What::kTake;
  std::string answer;
  for (const GilEvent& event : events) {
    if (answer.empty() && event.thread == whom && event.what == what) {
      answer = scheduler::cpu_sim::text_of(event.time);
    }
  }
  return {
      .kind = Question::Kind::kNumber,
      .text = "Two threads under the global lock, A has it first. A computes " +
              std::to_string(a) + " ms in " +
              (in_one ? "one instruction" : "short instructions") + ", B " +
              std::to_string(b) +
              " ms in short ones.\nWho waits asks for the lock every " +
              std::to_string(interval) + " ms. After how many ms does " +
              (at_end ? "A end?" : "B run for the first time?"),
      .answer = answer,
      .why = picture_of(timeline),
      .command = std::string("gil_timeline -- --work=compute --op=") +
                 (in_one ? "long" : "short") +
                 " --interval=" + std::to_string(interval)};
}

}  // namespace demos

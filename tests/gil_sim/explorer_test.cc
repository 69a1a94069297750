// The promises of gil_sim/explorer.h: exact counts, each beside a mutant of the
// program for which the claim is false.
#include "gil_sim/explorer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/model.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

constexpr Reduction kReductions[] = {Reduction::kNone, Reduction::kVisibleSteps,
                                     Reduction::kClasses};

// Two threads with this body, which each should add `each` to x.
Program twice(const std::string& body, int each = 1) {
  return assemble(examples::program("A B", body, 2 * each));
}

Exploration search(const Program& program, CheckPolicy checks,
                   Reduction reduction = Reduction::kNone,
                   WakePolicy wake = WakePolicy::kAny) {
  const Exploration found = explore(
      program, {.checks = checks, .wake = wake, .reduction = reduction});
  EXPECT_TRUE(found.complete()) << found.gave_up;
  EXPECT_FALSE(found.has_cycle);
  return found;
}

Exploration search(const Program& program,
                   Reduction reduction = Reduction::kNone) {
  return search(program, CheckPolicy::kEveryInstruction, reduction);
}

std::set<std::string> texts(const Exploration& found) {
  std::set<std::string> all;
  for (const Outcome& outcome : found.outcomes) {
    all.insert(outcome.text);
  }
  return all;
}

// [C-161]
TEST(Explorer, TwoIncrementsHaveSeventySchedulesAndSixtyEightLoseOne) {
  const Exploration found = search(twice(examples::kIncrement));
  EXPECT_EQ(found.schedules(), 70);
  EXPECT_EQ(found.failing(), 68);
  EXPECT_EQ(found.passing(), 2);
  ASSERT_EQ(found.outcomes.size(), 2u);
  EXPECT_EQ(found.outcomes[0].text, "x=1");
  EXPECT_EQ(found.outcomes[0].schedules, 68);
  EXPECT_EQ(found.outcomes[1].text, "x=2");
  EXPECT_EQ(found.outcomes[1].schedules, 2);
}

// Half of the seventy begin with A; once both have loaded, all go wrong.
TEST(Explorer, FromAStateOnlyWhatIsStillToComeIsCounted) {
  const Program program = twice(examples::kIncrement);
  const Model model(program, rules_of({}));
  auto state = std::make_unique<Model::State>();
  model.start(*state);
  EXPECT_EQ(explore_from(*state, program).schedules(), 70);
  model.step(*state, 0);  // A has loaded
  EXPECT_EQ(explore_from(*state, program).schedules(), 35);
  EXPECT_EQ(explore_from(*state, program).failing(), 34);
  model.step(*state, 1);  // and so has B
  EXPECT_EQ(explore_from(*state, program).schedules(), 20);
  EXPECT_EQ(explore_from(*state, program).failing(), 20);
  while (!model.is_end(*state)) {
    model.step(*state, model.can_step(*state, 0) ? 0 : 1);
  }
  const Exploration ended = explore_from(*state, program);
  EXPECT_EQ(ended.schedules(), 1);  // the one that is over
  ASSERT_EQ(ended.outcomes.size(), 1u);
  EXPECT_EQ(ended.outcomes[0].text, "x=1");
}

TEST(Explorer, TwoIncrementsInOnePieceEachLoseNothing) {
  const Exploration found =
      search(twice("  LOAD_CONST 1\n  ATOMIC_ADD x\n  POP_TOP\n"));
  EXPECT_EQ(found.schedules(), 20);
  EXPECT_EQ(found.failing(), 0);
}

// [C-161] and I3
TEST(Explorer, SeventySchedulesAreSixOfVisibleStepsAndFourClasses) {
  const Program program = twice(examples::kIncrement);
  const Exploration visible = search(program, Reduction::kVisibleSteps);
  EXPECT_EQ(visible.schedules(), 6);
  EXPECT_EQ(visible.failing(), 4);
  const Exploration classes = search(program, Reduction::kClasses);
  EXPECT_EQ(classes.schedules(), 4);
  EXPECT_EQ(classes.failing(), 2);
}

// The mutant of what is independent: of two variables nothing is in the way.
TEST(Explorer, StepsOnDifferentVariablesAreOneClass) {
  const Program program = assemble(
      "global x = 0\nglobal y = 0\n"
      "thread A\n  LOAD_CONST 1\n  STORE_GLOBAL x\n"
      "thread B\n  LOAD_CONST 1\n  STORE_GLOBAL y\n");
  EXPECT_EQ(search(program, Reduction::kNone).schedules(), 6);
  EXPECT_EQ(search(program, Reduction::kVisibleSteps).schedules(), 2);
  EXPECT_EQ(search(program, Reduction::kClasses).schedules(), 1);
}

// [C-038]
TEST(Explorer, SchedulesGrowWithLinesAndThreads) {
  const auto count = [](const std::string& names, int lines) {
    std::string body;
    for (int i = 0; i < lines; ++i) {
      body += examples::kIncrement;
    }
    return search(assemble(examples::program(names, body, 0))).schedules();
  };
  EXPECT_EQ(count("A B", 1), 70);
  EXPECT_EQ(count("A B", 2), 12'870);
  EXPECT_EQ(count("A B", 3), 2'704'156);
  EXPECT_EQ(count("A B C", 1), 34'650);
  EXPECT_EQ(count("A B C D", 1), 63'063'000);
}

// [C-067]
TEST(Explorer, CoroutinesWithoutAnAwaitHaveTwoSchedulesInsteadOfSeventy) {
  const Exploration found =
      search(twice(examples::kIncrement), CheckPolicy::kAwaitsOnly);
  EXPECT_EQ(found.schedules(), 2);
  EXPECT_EQ(found.failing(), 0);
}

// [C-065]
TEST(Explorer, CoroutinesThatAwaitInTheMiddleLoseUpdates) {
  const Exploration found =
      search(twice(examples::kIncrementByAwait), CheckPolicy::kAwaitsOnly);
  EXPECT_EQ(found.schedules(), 6);
  EXPECT_EQ(found.failing(), 4);
}

// BC-04 and [C-160]: a proof where threads can only try.
TEST(Explorer, WithChecksAtJumpsAndCallsAPlainLineCannotLose) {
  const Program program = twice(examples::repeated(3, examples::kIncrement), 3);
  for (const Reduction reduction : kReductions) {
    EXPECT_FALSE(
        search(program, CheckPolicy::kJumpsAndCalls, reduction).can_fail());
    EXPECT_FALSE(search(program, CheckPolicy::kBackwardJumpsAndCalls, reduction)
                     .can_fail());
    EXPECT_TRUE(
        search(program, CheckPolicy::kEveryInstruction, reduction).can_fail());
  }
}

// [C-160]: which form of the line loses under which version.
TEST(Explorer, WhetherALineCanLoseDependsOnWhereTheVersionChecks) {
  using enum CheckPolicy;
  const auto can_fail = [](const std::string& body, CheckPolicy checks) {
    return search(twice(body), checks).can_fail();
  };
  const std::vector<std::tuple<std::string, bool, bool>> lines = {
      {examples::kIncrement, false, false},
      {examples::kIncrementByCall, true, true},
      {examples::kIncrementAroundLoop, true, true},
      {examples::kIncrementOverJump, true, false},
      {examples::kIncrementBesideJump, false, false}};
  for (const auto& [body, in_3_10, in_3_11] : lines) {
    EXPECT_TRUE(can_fail(body, kEveryInstruction)) << body;
    EXPECT_EQ(can_fail(body, kJumpsAndCalls), in_3_10) << body;
    EXPECT_EQ(can_fail(body, kBackwardJumpsAndCalls), in_3_11) << body;
  }
}

// BC-07
TEST(Explorer, UnderALockNoScheduleLosesAnUpdate) {
  for (const WakePolicy wake :
       {WakePolicy::kAny, WakePolicy::kFifo, WakePolicy::kLifo}) {
    for (const Reduction reduction : kReductions) {
      const auto can_fail = [&](const std::string& body) {
        return search(twice(examples::repeated(2, body), 2),
                      CheckPolicy::kEveryInstruction, reduction, wake)
            .can_fail();
      };
      EXPECT_FALSE(can_fail(examples::locked(examples::kIncrement)));
      EXPECT_TRUE(can_fail(examples::kIncrement));
      EXPECT_TRUE(can_fail(examples::locked("") + examples::kIncrement));
    }
  }
}

// [C-034]
TEST(Explorer, ALockLetsOneWriterInAtATime) {
  const std::string body =
      "  LOAD_CONST 1\n  ATOMIC_ADD x\n"
      "  LOAD_CONST 1\n  COMPARE_OP <=\n  ASSERT\n"
      "  LOAD_CONST -1\n  ATOMIC_ADD x\n  POP_TOP\n";
  const Program fixed =
      assemble(examples::program("A B C", examples::locked(body), 0));
  const Program mutant = assemble(examples::program("A B C", body, 0));
  for (const Reduction reduction : kReductions) {
    EXPECT_FALSE(search(fixed, reduction).can_fail());
    const Exploration found = search(mutant, reduction);
    EXPECT_TRUE(found.can_fail());
    EXPECT_EQ(texts(found), (std::set<std::string>{
                                "x=0", "line 9: the assertion does not hold"}));
  }
}

// [C-175]: a complete search, up to twice 20 increments.
TEST(Explorer, TwoTimesNIncrementsCanEndAtTwoForEveryNFromTwoTo20) {
  for (int n = 2; n <= 20; ++n) {
    const Program program =
        twice(examples::repeated(n, examples::kIncrement), n);
    const Exploration found = search(program, Reduction::kVisibleSteps);
    std::set<std::string> expected;  // every value from 2 on, and no other
    for (int x = 2; x <= 2 * n; ++x) {
      expected.insert("x=" + std::to_string(x) + "");
    }
    EXPECT_EQ(texts(found), expected) << n;
  }
}

TEST(Explorer, OneIncrementEachCanEndAtOne) {
  EXPECT_TRUE(texts(search(twice(examples::kIncrement))).contains("x=1"));
}

TEST(Explorer, AStateOfTwoThreadsTakesAtMost64Bytes) {
  const Exploration found =
      search(twice(examples::repeated(8, examples::kIncrement), 8));
  EXPECT_GT(found.states, 150'000u);
  EXPECT_LE(found.bytes, 64u * found.states);
}

// [C-032]
TEST(Explorer, TwoLocksInOppositeOrderDeadlockAndInOneOrderNever) {
  for (const Reduction reduction : kReductions) {
    const Exploration crosswise =
        search(assemble(examples::two_locks(true)), reduction);
    EXPECT_EQ(texts(crosswise),
              (std::set<std::string>{"",
                                     "deadlock: A waits for b, which B "
                                     "has; B waits for a, which A has"}));
    EXPECT_FALSE(
        search(assemble(examples::two_locks(false)), reduction).can_fail());
  }
  const Exploration all = search(assemble(examples::two_locks(true)));
  EXPECT_EQ(all.schedules(), 6);
  EXPECT_EQ(all.failing(), 2);
}

TEST(Explorer, PhilosophersDeadlockUnlessTheForksHaveAnOrder) {
  for (const int count : {3, 4}) {
    for (const Reduction reduction : kReductions) {
      const Exploration found =
          search(assemble(examples::philosophers(count, false)), reduction);
      std::string cycle = "deadlock:";
      for (int i = 0; i < count; ++i) {
        const std::string next = std::to_string((i + 1) % count);
        cycle += " P" + std::to_string(i) + " waits for fork" + next +
                 ", which P" + next + " has;";
      }
      cycle.pop_back();
      EXPECT_EQ(texts(found), (std::set<std::string>{"", cycle}));
      EXPECT_FALSE(
          search(assemble(examples::philosophers(count, true)), reduction)
              .can_fail());
    }
  }
}

TEST(Explorer, ALockThatIsNeverGivenBackIsADeadlock) {
  const Program program = assemble("lock m\nthread A B\n  ACQUIRE m\n");
  EXPECT_EQ(texts(search(program)),
            (std::set<std::string>{
                "deadlock: A waits for m, which B took to its end",
                "deadlock: B waits for m, which A took to its end"}));
  EXPECT_EQ(texts(search(assemble("lock m\nthread A\n  ACQUIRE m\n"
                                  "  ACQUIRE m\n"))),
            (std::set<std::string>{"deadlock: A waits for m, which A has"}));
}

// A thread that spins until another has spoken: no end to the schedules, but
// an end to the states.
TEST(Explorer, ACycleIsSearchedButItsSchedulesAreNotCounted) {
  const Program program = assemble(
      "global ready = 0\n"
      "thread A\nagain:\n  LOAD_GLOBAL ready\n  POP_JUMP_IF_FALSE again\n"
      "thread B\n  LOAD_CONST 1\n  STORE_GLOBAL ready\n");
  for (const Reduction reduction : kReductions) {
    const Exploration found = explore(program, {.reduction = reduction});
    EXPECT_TRUE(found.complete());
    EXPECT_TRUE(found.has_cycle);
    EXPECT_FALSE(found.counted());
    EXPECT_EQ(texts(found), (std::set<std::string>{"ready=1"}));
    EXPECT_EQ(found.schedules(), 0);
  }
}

// I1
TEST(Explorer, ABoundThatIsHitSaysSoAndClaimsNothing) {
  const Program program = twice(examples::repeated(5, examples::kIncrement), 5);
  const Exploration found = explore(program, {.most_states = 100});
  EXPECT_FALSE(found.complete());
  EXPECT_FALSE(found.counted());
  EXPECT_EQ(found.gave_up, "the bound of 100 states was reached");
  EXPECT_EQ(found.schedules(), 0);
}

// I1
TEST(Explorer, WhatWasNotCountedIsNotClaimed) {
  const auto complaint = [](const Exploration& found) -> std::string {
    try {
      must_be_counted(found);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "none";
  };
  const Program program = twice(examples::kIncrement);
  EXPECT_EQ(complaint(explore(program)), "none");
  EXPECT_EQ(complaint(explore(program, {.most_states = 5})),
            "nothing can be claimed: the bound of 5 states was reached");
  const Program endless = assemble("thread A\nagain:\n  AWAIT\n  JUMP again\n");
  EXPECT_EQ(complaint(explore(endless)),
            "nothing can be claimed: some schedules never end");
}

// I1. Each state of this one costs a million instructions.
TEST(Explorer, TheWorkHasABoundAsWellAsTheStates) {
  const Program program = assemble(
      "thread A\n  LOAD_CONST 0\n  STORE_FAST i\nagain:\n  LOAD_FAST i\n"
      "  LOAD_CONST 1\n  BINARY_ADD\n  STORE_FAST i\n  JUMP again\n");
  const SearchOptions options{.reduction = Reduction::kVisibleSteps,
                              .most_instructions = 3'000'000};
  const Exploration found = explore(program, options);
  EXPECT_EQ(found.gave_up, "the bound of 3000000 instructions was reached");
  EXPECT_LE(found.states, 6u);
}

// I1
TEST(Explorer, AThreadThatNeverGivesWayIsNamed) {
  const Program program =
      assemble("thread A\nagain:\n  JUMP again\nthread B\n  AWAIT\n");
  for (const Reduction reduction : kReductions) {
    const Exploration found = explore(
        program, {.checks = CheckPolicy::kAwaitsOnly, .reduction = reduction});
    EXPECT_FALSE(found.complete());
    EXPECT_EQ(found.gave_up,
              "A runs 1000000 instructions without a check point");
  }
}

// --- Against brute force -----------------------------------------------------

// What all schedules one after the other, without any cache, come to.
struct BruteForce {
  BruteForce(const Model& the_model, bool wants_classes)
      : model(the_model), with_classes(wants_classes) {
    Model::State state;
    model.start(state);
    follow(state);
  }

  void follow(const Model::State& state) {
    if (model.is_end(state)) {
      const std::string text = model.ending(state).text;
      ++schedules[text];
      if (with_classes) {
        classes[text].insert(pairs());
      }
    }
    for (size_t t = 0; t < model.threads(); ++t) {
      if (model.can_step(state, t)) {
        Model::State next = state;
        events.push_back({t, model.step(next, t)});
        follow(next);
        events.pop_back();
      }
    }
  }

  // The order of all pairs of steps that touch each other's data. Schedules
  // with the same pairs differ only in the order of independent steps.
  using Pairs = std::set<std::tuple<size_t, size_t, size_t, size_t>>;
  Pairs pairs() const {
    Pairs all;
    std::map<size_t, size_t> so_far;
    std::vector<size_t> place;  // of each event within its thread
    for (const auto& [thread, access] : events) {
      place.push_back(so_far[thread]++);
    }
    for (size_t i = 0; i < events.size(); ++i) {
      for (size_t j = i + 1; j < events.size(); ++j) {
        if (events[i].first != events[j].first &&
            !events[i].second.independent_of(events[j].second)) {
          all.insert({events[i].first, place[i], events[j].first, place[j]});
        }
      }
    }
    return all;
  }

  const Model& model;
  const bool with_classes;
  std::vector<std::pair<size_t, Model::Access>> events;
  std::map<std::string, double> schedules;
  std::map<std::string, std::set<Pairs>> classes;
};

std::string random_program(std::mt19937& dice) {
  std::string text = "global x = 0\nglobal y = 0\nlock m\nlock k\n";
  const auto pick = [&](const char* a, const char* b) {
    return std::string(dice() % 2 == 0 ? a : b);
  };
  for (const char* const name : {"A", "B"}) {
    text += std::string("thread ") + name + "\n";
    for (int n = 0; n < 2; ++n) {
      const std::string label = "l" + std::to_string(n);
      std::string piece;
      switch (dice() % 4) {
        case 0:
          piece = "  LOAD_GLOBAL " + pick("x", "y") +
                  "\n  LOAD_CONST 1\n  BINARY_ADD\n  STORE_GLOBAL " +
                  pick("x", "y") + "\n";
          break;
        case 1:
          piece = "  LOAD_CONST 5\n  STORE_GLOBAL " + pick("x", "y") + "\n";
          break;
        case 2:
          piece = "  LOAD_GLOBAL " + pick("x", "y") + "\n  POP_JUMP_IF_TRUE " +
                  label + "\n  LOAD_CONST 3\n  STORE_GLOBAL " + pick("x", "y") +
                  "\n" + label + ":\n";
          break;
        default:
          piece = "  LOAD_GLOBAL " + pick("x", "y") +
                  "\n  LOAD_CONST 2\n  COMPARE_OP <\n  ASSERT\n";
      }
      if (dice() % 3 == 0) {
        const std::string lock = pick("m", "k");
        piece = "  ACQUIRE " + lock + "\n" + piece + "  RELEASE " + lock + "\n";
      }
      text += piece;
    }
  }
  return text;
}

void expect_equal(const Exploration& found,
                  const std::map<std::string, double>& brute,
                  const std::string& text) {
  ASSERT_EQ(found.outcomes.size(), brute.size()) << text;
  for (const Outcome& outcome : found.outcomes) {
    const auto known = brute.find(outcome.text);
    ASSERT_NE(known, brute.end()) << outcome.text << "\n" << text;
    EXPECT_EQ(outcome.schedules, known->second) << outcome.text << "\n" << text;
  }
}

// I2 and I3
TEST(Explorer, AgreesWithBruteForceOnRandomPrograms) {
  std::mt19937 dice(3);
  for (int round = 0; round < 40; ++round) {
    const std::string text = random_program(dice);
    const Program program = assemble(text);
    const auto checks = static_cast<CheckPolicy>(dice() % 3);
    const auto wake = static_cast<WakePolicy>(dice() % 3);
    for (const bool only_visible_steps : {false, true}) {
      const Model model(program, {checks, wake, only_visible_steps});
      const BruteForce brute(model, only_visible_steps);
      if (!only_visible_steps) {
        expect_equal(search(program, checks, Reduction::kNone, wake),
                     brute.schedules, text);
        continue;
      }
      expect_equal(search(program, checks, Reduction::kVisibleSteps, wake),
                   brute.schedules, text);
      std::map<std::string, double> classes;
      for (const auto& [outcome, sets] : brute.classes) {
        classes[outcome] = static_cast<double>(sets.size());
      }
      expect_equal(search(program, checks, Reduction::kClasses, wake), classes,
                   text);
      // No result is lost by leaving out what nobody notices.
      EXPECT_EQ(texts(search(program, checks, Reduction::kNone, wake)),
                texts(search(program, checks, Reduction::kClasses, wake)));
    }
  }
}

}  // namespace
}  // namespace gil_sim

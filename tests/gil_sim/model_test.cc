// The promises of gil_sim/model.h.
#include "gil_sim/model.h"

#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/interpreter.h"
#include "gil_sim/no_gil.h"
#include "gtest/gtest.h"
#include "os/unique_fd.h"

namespace gil_sim {
namespace {

std::unique_ptr<Model::State> started(const Model& model) {
  auto state = std::make_unique<Model::State>();
  model.start(*state);
  return state;
}

// What each step runs, until the thread has ended.
std::vector<std::string> steps_of(const std::string& body, CheckPolicy checks,
                                  bool only_visible_steps = false) {
  const Program program = assemble(examples::program("A", body, 0));
  const Model model(
      program, {.checks = checks, .only_visible_steps = only_visible_steps});
  const auto state = started(model);
  std::vector<std::string> steps;
  while (model.can_step(*state, 0)) {
    Model::Log log;
    model.step(*state, 0, &log);
    std::string step;
    for (const Model::Executed& executed : log) {
      step += (step.empty() ? "" : ", ") + describe(program, executed.pc);
    }
    steps.push_back(step);
  }
  return steps;
}

using Steps = std::vector<std::string>;

TEST(Model, AStepIsOneInstructionWhereEveryInstructionChecks) {
  EXPECT_EQ(
      steps_of(examples::kIncrement, CheckPolicy::kEveryInstruction),
      (Steps{"LOAD_GLOBAL x", "LOAD_CONST 1", "BINARY_ADD", "STORE_GLOBAL x"}));
}

TEST(Model, AStepEndsBehindTheCheckPointsOfThePolicy) {
  EXPECT_EQ(steps_of(examples::kIncrement, CheckPolicy::kJumpsAndCalls).size(),
            1u);
  EXPECT_EQ(
      steps_of(examples::kIncrementByCall, CheckPolicy::kBackwardJumpsAndCalls),
      (Steps{"LOAD_GLOBAL x, CALL one",
             "LOAD_CONST 1, RETURN_VALUE, BINARY_ADD, STORE_GLOBAL x"}));
  EXPECT_EQ(steps_of(examples::kIncrementOverJump, CheckPolicy::kJumpsAndCalls)
                .size(),
            2u);
  EXPECT_EQ(
      steps_of(examples::kIncrementBesideJump, CheckPolicy::kJumpsAndCalls)
          .size(),
      1u);
  EXPECT_EQ(steps_of(examples::kIncrementOverJump,
                     CheckPolicy::kBackwardJumpsAndCalls)
                .size(),
            1u);
  EXPECT_EQ(steps_of(examples::kIncrementByAwait, CheckPolicy::kAwaitsOnly),
            (Steps{"LOAD_GLOBAL x, AWAIT",
                   "LOAD_CONST 1, BINARY_ADD, STORE_GLOBAL x"}));
}

TEST(Model, ASleepEndsAStepOfAThreadAndNotOfACoroutine) {
  const std::string body = "  SLEEP 10\n  AWAIT\n";
  EXPECT_EQ(steps_of(body, CheckPolicy::kBackwardJumpsAndCalls),
            (Steps{"SLEEP 10", "AWAIT"}));
  EXPECT_EQ(steps_of(body, CheckPolicy::kAwaitsOnly),
            (Steps{"SLEEP 10, AWAIT"}));
}

TEST(Model, VisibleStepsBeginWithWhatOthersCouldNotice) {
  EXPECT_EQ(
      steps_of("  LOAD_CONST 5\n  POP_TOP\n" + examples::kIncrement,
               CheckPolicy::kEveryInstruction, true),
      (Steps{"LOAD_GLOBAL x, LOAD_CONST 1, BINARY_ADD", "STORE_GLOBAL x"}));
}

// I3
TEST(Model, ALockThatIsTakenStopsTheOthers) {
  const Program program =
      assemble(examples::program("A B", examples::locked(""), 0));
  const Model model(program, {});
  const auto state = started(model);
  model.step(*state, 0);
  EXPECT_TRUE(model.can_step(*state, 0));
  EXPECT_FALSE(model.can_step(*state, 1));
  model.step(*state, 0);
  EXPECT_TRUE(model.has_ended(*state, 0));
  EXPECT_TRUE(model.can_step(*state, 1));
}

// I3. A has the lock; B, then C join the queue; then A releases.
TEST(Model, TheWakePolicySaysWhoHasTheLockNext) {
  const Program program =
      assemble(examples::program("A B C", examples::locked(""), 0));
  for (const WakePolicy wake : {WakePolicy::kFifo, WakePolicy::kLifo}) {
    const Model model(program, {.wake = wake});
    const auto state = started(model);
    for (const size_t thread : {0u, 1u, 2u, 0u}) {
      model.step(*state, thread);
    }
    const bool first_in_first_out = wake == WakePolicy::kFifo;
    EXPECT_EQ(model.can_step(*state, 1), first_in_first_out);
    EXPECT_EQ(model.can_step(*state, 2), !first_in_first_out);
  }
}

// I2
TEST(Model, AStateSurvivesBeingPacked) {
  const Program program = assemble(
      "global big = -9223372036854775808\nglobal small = -1\nlock m\n"
      "function f\n  LOAD_CONST 9223372036854775807\n  STORE_FAST y\n"
      "  ACQUIRE m\n  RELEASE m\n  LOAD_FAST y\n  RETURN_VALUE\n"
      "thread A B\n  LOAD_CONST 300\n  CALL f\n  STORE_GLOBAL big\n");
  const Model model(program, {.wake = WakePolicy::kFifo});
  const auto state = started(model);
  const auto copy = std::make_unique<Model::State>();
  Model::Packed before;
  Model::Packed after;
  for (const size_t thread :
       {0u, 0u, 0u, 0u, 0u, 1u, 1u, 1u, 1u, 1u, 0u, 0u, 0u, 0u}) {
    model.step(*state, thread);
    const size_t size = model.pack(*state, before);
    model.unpack(before.data(), *copy);
    ASSERT_EQ(model.pack(*copy, after), size);
    EXPECT_TRUE(std::equal(before.begin() + 1,
                           before.begin() + static_cast<ptrdiff_t>(size),
                           after.begin() + 1));
  }
  EXPECT_TRUE(model.has_ended(*state, 0));
  EXPECT_EQ(copy->globals[0], INT64_MAX);
  EXPECT_EQ(copy->globals[1], -1);
}

TEST(Model, AThreadThatNeverLosesItsTurnIsNamed) {
  const Program program = assemble("thread A\nagain:\n  JUMP again\n");
  const Model model(program, {.checks = CheckPolicy::kAwaitsOnly});
  const auto state = started(model);
  EXPECT_THROW(model.step(*state, 0), Endless);
}

// One definition of every instruction, two worlds: on one thread they agree.
TEST(Model, AgreesWithTheInterpreterOnRandomPrograms) {
  std::mt19937 dice(7);
  // The model reads nothing but zeros.
  const os::UniqueFd zeros(open("/dev/zero", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(zeros);
  const char* const numbers[] = {"0", "1", "-3", "9223372036854775807"};
  for (int round = 0; round < 300; ++round) {
    std::string body;
    int depth = 0;
    for (int n = 0; n < 25; ++n) {
      switch (dice() % 9) {
        case 0:
        case 1:
          body += std::string("  LOAD_CONST ") + numbers[dice() % 4] + "\n";
          ++depth;
          break;
        case 2:
          body += "  LOAD_GLOBAL x\n";
          ++depth;
          break;
        case 3:
          body += "  CALL one\n";
          ++depth;
          break;
        case 4:
          if (depth >= 2) {
            body += dice() % 2 == 0 ? "  BINARY_ADD\n" : "  BINARY_SUBTRACT\n";
            --depth;
          }
          break;
        case 5:
          if (depth >= 2) {
            body +=
                "  COMPARE_OP " + std::string(kComparisons[dice() % 6]) + "\n";
            --depth;
          }
          break;
        case 6:
          if (depth >= 1) {
            body += dice() % 2 == 0 ? "  STORE_GLOBAL x\n"
                                    : "  LIST_APPEND items\n";
            --depth;
          }
          break;
        case 7:
          if (dice() % 4 == 0) {
            body += "  SLEEP 1\n";
          } else {
            body += "  READ\n";
            ++depth;
          }
          break;
        default:
          if (depth >= 1) {
            const std::string label = "l" + std::to_string(n);
            body += "  POP_JUMP_IF_FALSE " + label +
                    "\n  LIST_LENGTH items\n  ATOMIC_ADD x\n  POP_TOP\n";
            body += label + ":\n";
            --depth;
          }
      }
    }
    const Program program =
        assemble("list items\n" + examples::program("A", body, 0));
    NoGil none;
    const CheckPolicy checks = round % 2 == 0 ? CheckPolicy::kEveryInstruction
                                              : CheckPolicy::kAwaitsOnly;
    Interpreter interpreter(program, none, checks, zeros.get());
    interpreter.run_thread(0);
    const Model model(program, {.checks = checks});
    const auto state = started(model);
    while (model.can_step(*state, 0)) {
      model.step(*state, 0);
    }
    ASSERT_EQ(state->globals[1], interpreter.global("x")) << body;
    ASSERT_EQ(state->globals[0], interpreter.global("items")) << body;
  }
}

}  // namespace
}  // namespace gil_sim

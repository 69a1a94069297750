// What the explorer says about coroutines, done again by real ones.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/model.h"
#include "gil_sim/witness.h"
#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"
#include "tests/loop/support.h"

namespace tests {
namespace {

using gil_sim::Model;
using gil_sim::Program;
using gil_sim::Schedule;

constexpr gil_sim::SearchOptions kCoroutines = {
    .checks = gil_sim::CheckPolicy::kAwaitsOnly};

// "A: LOAD_GLOBAL x", for each instruction of the schedule.
Log log_of(const Program& program, const Schedule& schedule) {
  const Model model(program, {.checks = kCoroutines.checks});
  const auto state = std::make_unique<Model::State>();
  model.start(*state);
  Log log;
  for (const uint8_t thread : schedule.turns) {
    Model::Log instructions;
    model.step(*state, thread, &instructions);
    for (const Model::Executed& executed : instructions) {
      log.push_back(program.threads[thread].name + ": " +
                    gil_sim::describe(program, executed.pc));
    }
  }
  return log;
}

struct World {
  int x = 0;
  Log log;
  // What each task waits for in the middle of its statement.
  std::optional<loop::Future<int>> answers[2];
};

// x = x + await answer
loop::Coroutine<> increment(World* world, std::string name, size_t me) {
  const auto log = [&](const char* instruction) {
    world->log.push_back(name + ": " + instruction);
  };
  const int loaded = world->x;
  log("LOAD_GLOBAL x");
  log("AWAIT");
  const int one = co_await *world->answers[me];
  log("LOAD_CONST 1");
  const int sum = loaded + one;
  log("BINARY_ADD");
  world->x = sum;
  log("STORE_GLOBAL x");
}

// Lets the tasks have their turns in the order of the schedule: the first turn
// starts a task, the second answers it.
loop::Coroutine<> follow(World* world, std::vector<uint8_t> turns) {
  std::optional<loop::Task<void>> tasks[2];
  for (auto& answer : world->answers) {
    answer.emplace();
  }
  for (const uint8_t me : turns) {
    if (!tasks[me]) {
      tasks[me] = loop::create_task(increment(world, me == 0 ? "A" : "B", me));
    } else {
      world->answers[me]->set_result(1);
    }
    co_await loop::sleep(scheduler::Duration::zero());
    co_await loop::sleep(scheduler::Duration::zero());
  }
  for (const auto& task : tasks) {
    co_await *task;
  }
}

// [C-065]
TEST(ReplayOnLoop, TheWitnessOfALostUpdateHappensToRealCoroutines) {
  const Program program = gil_sim::assemble(gil_sim::examples::program(
      "A B", gil_sim::examples::kIncrementByAwait, 2));
  const auto witness = gil_sim::shortest_witness(program, kCoroutines);
  ASSERT_TRUE(witness);
  VirtualLoop v;
  World world;
  loop::run(follow(&world, witness->turns), v.loop);
  EXPECT_EQ(world.log, log_of(program, *witness));
  EXPECT_EQ("x=" + std::to_string(world.x) + "", witness->ending.text);
  EXPECT_EQ(world.x, 1);
}

// Every schedule of the model is one of the loop, with the same end.
TEST(ReplayOnLoop, EveryScheduleOfTheModelCanBeReplayed) {
  const Program program = gil_sim::assemble(gil_sim::examples::program(
      "A B", gil_sim::examples::kIncrementByAwait, 2));
  const auto all = gil_sim::list_schedules(
      program, kCoroutines, [](const Model::Ending&) { return true; }, 100);
  EXPECT_EQ(all.size(), 6u);
  for (const Schedule& schedule : all) {
    VirtualLoop v;
    World world;
    loop::run(follow(&world, schedule.turns), v.loop);
    EXPECT_EQ(world.log, log_of(program, schedule));
    EXPECT_EQ("x=" + std::to_string(world.x) + "", schedule.ending.text);
  }
}

}  // namespace
}  // namespace tests

// The promises of ipc/task_ring.h.
#include "ipc/task_ring.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/process.h"
#include "os/io.h"
#include "os/mapping.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"

namespace ipc {
namespace {

using os::bytes_of;
using Stage = TaskRing::Stage;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string taken_text(TaskRing& ring, TaskRing::WorkerId worker) {
  const auto task = ring.take(worker);
  return task ? text_of(task->content.value()) : "nothing";
}

// I1 I2
TEST(TaskRing, TasksAreTakenOnceAndInTheOrderPosted) {
  TaskRing ring(2);
  EXPECT_EQ(taken_text(ring, 1), "nothing");
  ring.post(bytes_of("a"));
  ring.post(bytes_of("b"));
  ring.post(bytes_of("c"));
  EXPECT_EQ(taken_text(ring, 1), "a");
  EXPECT_EQ(taken_text(ring, 2), "b");
  EXPECT_EQ(taken_text(ring, 1), "c");
  EXPECT_EQ(taken_text(ring, 2), "nothing");
}

TEST(TaskRing, APlaceTellsItsStageAndItsHolder) {
  TaskRing ring(2);
  const size_t place = ring.post(bytes_of("task"));
  EXPECT_EQ(ring.look(place).stage, Stage::kPosted);
  const auto task = ring.take(7);
  EXPECT_EQ(task->place, place);
  EXPECT_EQ(ring.look(place).stage, Stage::kTaken);
  EXPECT_EQ(ring.look(place).worker, 7u);
  EXPECT_TRUE(ring.answer(place, bytes_of("answer")));
  EXPECT_EQ(ring.look(place).stage, Stage::kAnswered);
  EXPECT_EQ(ring.look(place).worker, 7u);
  EXPECT_EQ(text_of(ring.answer(place)), "answer");
}

TEST(TaskRing, WhatIsTooLongForAPlaceIsOnlyAnnounced) {
  TaskRing ring(2);
  const std::string room(TaskRing::kRoom, 'x');
  const size_t fitting = ring.post(bytes_of(room));
  EXPECT_EQ(taken_text(ring, 1), room);
  EXPECT_TRUE(ring.answer(fitting, bytes_of(room)));
  const size_t place = ring.post(bytes_of(room + "x"));
  const auto task = ring.take(2);
  EXPECT_EQ(task->place, place);
  EXPECT_EQ(task->content, std::nullopt);
  EXPECT_FALSE(ring.answer(place, bytes_of(room + "x")));
  EXPECT_EQ(ring.look(place).stage, Stage::kAnswersLong);
  EXPECT_EQ(ring.look(place).worker, 2u);
}

// I1
TEST(TaskRing, ATaskIsWithdrawnOrTakenAndNeverBoth) {
  TaskRing ring(2);
  const size_t first = ring.post(bytes_of("a"));
  const size_t second = ring.post(bytes_of("b"));
  EXPECT_EQ(taken_text(ring, 1), "a");
  EXPECT_FALSE(ring.withdraw(first));
  EXPECT_TRUE(ring.withdraw(second));
  EXPECT_FALSE(ring.withdraw(second));
  ring.clear(second);
  EXPECT_EQ(taken_text(ring, 1), "nothing");
}

// I3
TEST(TaskRing, APlaceWhoseTaskTakesLongIsPassedOver) {
  TaskRing ring(2);
  const size_t slow = ring.post(bytes_of("slow"));
  EXPECT_EQ(taken_text(ring, 1), "slow");
  for (size_t i = 0; i < 5 * ring.places(); ++i) {
    const size_t place = ring.post(bytes_of(std::to_string(i)));
    ASSERT_NE(place, slow);
    ASSERT_EQ(taken_text(ring, 2), std::to_string(i));
    ring.answer(place, {});
    ring.clear(place);
  }
  EXPECT_EQ(ring.look(slow).stage, Stage::kTaken);
  EXPECT_TRUE(ring.answer(slow, bytes_of("done")));
  EXPECT_EQ(text_of(ring.answer(slow)), "done");
}

// I3
TEST(TaskRing, HundredsOfWorkersWithATaskEachLeaveRoomForMore) {
  TaskRing ring(300);
  for (TaskRing::WorkerId worker = 1; worker <= 300; ++worker) {
    ASSERT_TRUE(ring.has_room());
    ring.post(bytes_of("long"));
    ASSERT_EQ(taken_text(ring, worker), "long");
  }
  EXPECT_TRUE(ring.has_room());
}

// What -1 becomes.
TEST(TaskRing, MoreWorkersThanHaveNumbersAreRefused) {
  EXPECT_THROW(TaskRing(SIZE_MAX), std::invalid_argument);
}

TEST(TaskRing, HasRoomForAsManyAsItHasPlaces) {
  TaskRing ring(2);
  for (size_t i = 0; i < ring.places(); ++i) {
    EXPECT_TRUE(ring.has_room());
    ring.post({});
  }
  EXPECT_FALSE(ring.has_room());
  const auto task = ring.take(1);
  EXPECT_FALSE(ring.has_room());
  ring.clear(task->place);
  EXPECT_TRUE(ring.has_room());
}

// A copy that runs into memory that is not there dies half way.
TEST(TaskRing, HalfAnAnswerIsNone) {
  TaskRing ring(2);
  const size_t place = ring.post(bytes_of("task"));
  const auto page = static_cast<size_t>(getpagesize());
  const auto pages =
      os::Mapping::anonymous(2 * page, os::Mapping::Sharing::kPrivate);
  ASSERT_EQ(mprotect(pages.data() + page, page, PROT_NONE), 0);
  const auto code = ending_of(started([&] {
    const rlimit no_core = {};
    setrlimit(RLIMIT_CORE, &no_core);
    ring.take(3);
    ring.answer(place, pages.bytes().subspan(page - 8, 16));
  }));
  EXPECT_NE(code, 0);
  EXPECT_EQ(ring.look(place).stage, Stage::kTaken);
  EXPECT_EQ(ring.look(place).worker, 3u);
}

// Each task is the number of a word on the board. At `fatal` it stops for good.
void take_until_killed(TaskRing& ring, TaskRing::WorkerId id, size_t fatal) {
  for (;;) {
    const auto task = ring.take(id);
    if (!task) {
      sched_yield();
      continue;
    }
    const size_t number = std::stoul(text_of(*task->content));
    ++board().runs[number];
    while (number == fatal) {
      pause();
    }
    ring.answer(task->place, *task->content);
  }
}

// I1. And who was killed stops nobody else: one dies with a task, the other
// wherever it is by then.
TEST(TaskRing, AKilledWorkerTakesNothingAlongButWhatItHadTaken) {
  std::mt19937 dice(1);
  for (int round = 0; round < 50; ++round) {
    TaskRing ring(2);
    board().reset();
    const size_t fatal = dice() % 1000;
    const size_t last = fatal + dice() % 1000;
    std::vector<Process> workers;
    for (const TaskRing::WorkerId id : {1u, 2u}) {
      workers.push_back(
          started([&ring, id, fatal] { take_until_killed(ring, id, fatal); }));
    }
    std::vector<size_t> task_in(ring.places());
    size_t posted = 0;
    const auto collect = [&] {
      for (size_t place = 0; place < ring.places(); ++place) {
        if (ring.used(place) && ring.look(place).stage == Stage::kAnswered) {
          ASSERT_EQ(text_of(ring.answer(place)),
                    std::to_string(task_in[place]));
          ASSERT_EQ(board().runs[task_in[place]], 1);
          ring.clear(place);
        }
      }
    };
    while (board().runs[fatal] == 0 || posted < last) {
      collect();
      for (; ring.has_room() && posted < board().runs.size(); ++posted) {
        task_in[ring.post(bytes_of(std::to_string(posted)))] = posted;
      }
      sched_yield();
    }
    for (Process& worker : workers) {
      worker.kill();
      worker.join();
    }
    collect();
    std::array<int, 3> held_by = {};
    for (size_t place = 0; place < ring.places(); ++place) {
      if (ring.used(place)) {
        const auto [stage, worker] = ring.look(place);
        ASSERT_EQ(stage, worker == 0 ? Stage::kPosted : Stage::kTaken);
        ASSERT_LE(board().runs[task_in[place]], worker == 0 ? 0 : 1);
        ++held_by[worker];
        EXPECT_EQ(ring.withdraw(place), worker == 0);
        ring.clear(place);
      }
    }
    EXPECT_LE(held_by[1], 1);
    EXPECT_LE(held_by[2], 1);
    EXPECT_GE(held_by[1] + held_by[2], 1);
  }
}

}  // namespace
}  // namespace ipc

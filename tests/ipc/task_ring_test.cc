// The promises of ipc/task_ring.h.
#include "ipc/task_ring.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <random>
#include <span>
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
  TaskRing ring;
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
  TaskRing ring;
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
  TaskRing ring;
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
  TaskRing ring;
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
  TaskRing ring;
  const size_t slow = ring.post(bytes_of("slow"));
  EXPECT_EQ(taken_text(ring, 1), "slow");
  for (size_t i = 0; i < 5 * TaskRing::kPlaces; ++i) {
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

TEST(TaskRing, HasRoomForAsManyAsItHasPlaces) {
  TaskRing ring;
  for (size_t i = 0; i < TaskRing::kPlaces; ++i) {
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
  TaskRing ring;
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

// Takes tasks, each the number of a word on the board, until an alarm kills it
// wherever it is.
void take_until_killed(TaskRing& ring, TaskRing::WorkerId id,
                       suseconds_t microseconds) {
  const itimerval alarm = {.it_interval = {},
                           .it_value = {.tv_sec = 0, .tv_usec = microseconds}};
  setitimer(ITIMER_REAL, &alarm, nullptr);
  for (;;) {
    if (const auto task = ring.take(id)) {
      ++board().runs[std::stoul(text_of(*task->content))];
      ring.answer(task->place, *task->content);
    } else {
      sched_yield();
    }
  }
}

// I1. And the one who was killed stops nobody else.
TEST(TaskRing, AKilledWorkerTakesNothingAlongButWhatItHadTaken) {
  constexpr int kRounds = 50;
  TaskRing ring;
  std::mt19937 dice(1);
  int lost = 0;
  for (int round = 0; round < kRounds; ++round) {
    board().reset();
    std::array<size_t, TaskRing::kPlaces> task_in = {};
    size_t posted = 0;
    const auto feed = [&] {
      for (size_t place = 0; place < TaskRing::kPlaces; ++place) {
        if (ring.used(place) && ring.look(place).stage == Stage::kAnswered) {
          ASSERT_EQ(text_of(ring.answer(place)),
                    std::to_string(task_in[place]));
          ASSERT_EQ(board().runs[task_in[place]], 1);
          ring.clear(place);
        }
      }
      while (ring.has_room() && posted < board().runs.size()) {
        task_in[ring.post(bytes_of(std::to_string(posted)))] = posted;
        ++posted;
      }
    };
    std::vector<Process> workers;
    for (const TaskRing::WorkerId id : {1u, 2u}) {
      const auto time = static_cast<suseconds_t>(1 + dice() % 1000);
      workers.push_back(
          started([&ring, id, time] { take_until_killed(ring, id, time); }));
    }
    while (workers[0].is_alive() || workers[1].is_alive()) {
      feed();
      sched_yield();
    }
    feed();
    std::array<int, 3> held_by = {};
    for (size_t place = 0; place < TaskRing::kPlaces; ++place) {
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
    lost += held_by[1] + held_by[2];
  }
  std::printf("%d killed, %d of them with a task\n", 2 * kRounds, lost);
  EXPECT_GT(lost, 0);
}

}  // namespace
}  // namespace ipc

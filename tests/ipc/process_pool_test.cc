// The promises of ipc/process_pool.h, with workers that live.
#include "ipc/process_pool.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/proc.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/ipc/board.h"

namespace ipc {
namespace {

using scheduler::seconds;

int square(int x) {
  return x * x;
}
int add(int a, int b) {
  return a + b;
}
pid_t worker_pid() {
  return getpid();
}
pid_t worker_pid_for(int) {
  return getpid();
}
int refuse_three(int x) {
  if (x == 3) {
    throw std::out_of_range("three");
  }
  return x;
}

std::vector<int> up_to(int count) {
  std::vector<int> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(i);
  }
  return values;
}

std::vector<int> squares(int count) {
  std::vector<int> values = up_to(count);
  std::transform(values.begin(), values.end(), values.begin(), &square);
  return values;
}

template <class R>
std::vector<R> all_of(ImapResults<R> results) {
  std::vector<R> values;
  for (const R& value : results) {
    values.push_back(value);
  }
  return values;
}

// 0, 1, ... and an error in the place of `length`, read one by one. Copies
// share the count of what has been read.
struct FailingInput {
  explicit FailingInput(int length) : end_at(length) {}
  struct Iterator {
    const FailingInput* input;
    int at = 0;
    int operator*() const {
      ++*input->read;
      return at;
    }
    Iterator& operator++() {
      if (++at == input->end_at && input->fails) {
        throw std::invalid_argument("no more input");
      }
      return *this;
    }
    bool operator==(const Iterator& other) const { return at == other.at; }
  };
  Iterator begin() const { return {this}; }
  Iterator end() const { return {this, end_at}; }

  int end_at;
  bool fails = true;
  std::shared_ptr<std::atomic<int>> read =
      std::make_shared<std::atomic<int>>(0);
};

class ProcessPoolTest : public testing::Test {
 protected:
  void SetUp() override { board().reset(); }
};

// C-143
TEST(Chunks, AreAboutFourForEachWorker) {
  EXPECT_EQ(default_chunksize(3, 5), 1u);
  EXPECT_EQ(default_chunksize(100, 4), 7u);  // CPython: 100 // 16 + 1
  EXPECT_EQ(default_chunksize(96, 4), 6u);
  EXPECT_EQ(default_chunksize(0, 4), 0u);
}

// EXEC-20
TEST_F(ProcessPoolTest, MapGivesResultsInOrder) {
  ProcessPool pool(2);
  EXPECT_EQ(pool.map(&square, std::vector{1, 2, 3}), (std::vector{1, 4, 9}));
  for (const size_t chunksize : {1u, 7u, 1000u, 5000u}) {
    EXPECT_EQ(pool.map(&square, up_to(1000), chunksize), squares(1000));
  }
  EXPECT_EQ(pool.map(&square, up_to(0)), std::vector<int>());
}

TEST_F(ProcessPoolTest, MapTakesAnyRangeAndAnyEncodableType) {
  ProcessPool pool(2);
  const std::set<std::string> words = {"a", "bb", "ccc"};
  const auto lengths = pool.map(
      [](const std::string& word) { return std::pair(word, word.size()); },
      words);
  EXPECT_EQ(lengths, (std::vector<std::pair<std::string, size_t>>{
                         {"a", 1}, {"bb", 2}, {"ccc", 3}}));
  EXPECT_EQ(pool.map([](bool b) { return !b; }, std::vector{true, false}),
            (std::vector{false, true}));
  EXPECT_EQ(pool.map([](int) {}, up_to(3)).size(), 3u);
}

// Frames of megabytes in both directions at once, through pipes of 64 KiB.
TEST_F(ProcessPoolTest, ItemsMayBeMuchLargerThanAPipe) {
  ProcessPool pool(2);
  const std::vector<std::string> large(8, std::string(1'000'000, 'x'));
  EXPECT_EQ(pool.map([](std::string s) { return s + "!"; }, large, 1)[7],
            large[7] + "!");
}

// Several of them may be under way from one worker at a time, between short
// ones, while the tickets come round and round.
TEST_F(ProcessPoolTest, AnswersOfAnyLengthFindTheirTasks) {
  ProcessPool pool(2);
  const auto text = [](int i) {
    return std::string(static_cast<size_t>(i * 37 % 4000), 'x') +
           std::to_string(i);
  };
  const std::vector<std::string> texts = pool.map(text, up_to(3000), 1);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(texts[static_cast<size_t>(i)], text(i));
  }
}

// EXEC-20
TEST_F(ProcessPoolTest, MapThrowsAJobsErrorWithItsTypeAndText) {
  ProcessPool pool(2);
  try {
    pool.map(&refuse_three, up_to(10), 1);
    FAIL() << "the error did not come back";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "three");
  }
  EXPECT_EQ(pool.map(&square, up_to(10)), squares(10));  // it lives on
}

// I2
TEST_F(ProcessPoolTest, OfSeveralErrorsTheFirstItemsIsThrown) {
  ProcessPool pool(2);
  const auto fail = [](int x) -> int {
    if (x == 0) {
      pass_gate(0);  // the last one to fail
    }
    board().gate_open = true;
    throw std::runtime_error(std::to_string(x));
  };
  try {
    pool.map(fail, up_to(4), 1);
    FAIL() << "no error came back";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "0");
  }
}

// EXEC-21
TEST_F(ProcessPoolTest, ApplyRunsOneJobInAWorkerAndWaits) {
  ProcessPool pool(2);
  EXPECT_EQ(pool.apply(&add, 3, 4), 7);
  EXPECT_NE(pool.apply(&worker_pid), getpid());
  EXPECT_EQ(pool.apply([](const std::string& s) { return s + "!"; }, "hi"),
            "hi!");
}

// EXEC-21
TEST_F(ProcessPoolTest, ApplyAsyncGivesAHandle) {
  ProcessPool pool(1);
  const AsyncResult<int> result = pool.apply_async(&pass_gate, std::tuple(7));
  EXPECT_FALSE(result.ready());
  EXPECT_FALSE(result.wait(seconds(0)));
  board().gate_open = true;
  EXPECT_TRUE(result.wait());
  EXPECT_TRUE(result.ready());
  EXPECT_TRUE(result.successful());
  EXPECT_EQ(result.get(), 7);
  const auto failed = pool.apply_async(&refuse_three, std::tuple(3));
  EXPECT_TRUE(failed.wait());
  EXPECT_FALSE(failed.successful());
  EXPECT_THROW(failed.get(), std::out_of_range);
}

// EXEC-22
TEST_F(ProcessPoolTest, AskingTooEarlyIsAnErrorAndMayBeRepeated) {
  ProcessPool pool(1);
  const AsyncResult<int> result = pool.apply_async(&pass_gate, std::tuple(7));
  EXPECT_THROW(result.successful(), std::invalid_argument);
  EXPECT_THROW(result.get(seconds(0.01)), scheduler::TimeoutError);
  EXPECT_THROW(result.get(seconds(0)), scheduler::TimeoutError);
  board().gate_open = true;
  EXPECT_EQ(result.get(seconds(10)), 7);
}

// EXEC-23
TEST_F(ProcessPoolTest, ExactlyOneCallbackIsCalledInThePoolsThread) {
  ProcessPool pool(1);
  std::vector<std::string> log;
  std::thread::id thread;
  const auto record = [&](const char* what) {
    return [&log, &thread, what](const auto&) {
      log.push_back(what);
      thread = std::this_thread::get_id();
    };
  };
  pool.apply_async(&square, std::tuple(3), record("value"), record("error"));
  pool.apply_async(&refuse_three, std::tuple(3), record("value 2"),
                   record("error 2"));
  pool.map_async(&square, up_to(3), std::nullopt, record("values"),
                 record("error 3"));
  pool.close();
  pool.join();
  EXPECT_EQ(log, (std::vector<std::string>{"value", "error 2", "values"}));
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(ProcessPoolTest, ACallbackThatWaitsForThePoolIsToldSo) {
  ProcessPool pool(1);
  std::atomic<bool> told = false;
  pool.apply_async(&square, std::tuple(3), [&](int) {
    try {
      pool.terminate();
    } catch (const std::logic_error&) {
      told = true;
    }
  });
  pool.close();
  pool.join();
  EXPECT_TRUE(told);
}

// EXEC-24
TEST_F(ProcessPoolTest, ImapGivesEachResultWhenItsTurnComes) {
  ProcessPool pool(2);
  EXPECT_EQ(all_of(pool.imap(&square, up_to(100))), squares(100));
  EXPECT_EQ(all_of(pool.imap(&square, up_to(100), 7)), squares(100));
  EXPECT_EQ(all_of(pool.imap(&square, up_to(0))), std::vector<int>());
  const auto first_waits = [](int x) { return x == 0 ? pass_gate(x) : x; };
  auto results = pool.imap(first_waits, up_to(2));
  EXPECT_THROW(results.next(seconds(0.01)), scheduler::TimeoutError);
  board().gate_open = true;
  EXPECT_EQ(results.next(), 0);
  EXPECT_EQ(results.next(), 1);
  EXPECT_EQ(results.next(), std::nullopt);
  EXPECT_EQ(results.next(), std::nullopt);
}

// EXEC-24
TEST_F(ProcessPoolTest, ImapUnorderedGivesResultsAsTheyAreDone) {
  ProcessPool pool(2);
  const auto first_waits = [](int x) { return x == 0 ? pass_gate(x) : x; };
  auto results = pool.imap_unordered(first_waits, up_to(3));
  EXPECT_EQ(results.next(), 1);
  EXPECT_EQ(results.next(), 2);
  board().gate_open = true;
  EXPECT_EQ(results.next(), 0);
  EXPECT_EQ(results.next(), std::nullopt);
}

// EXEC-24
TEST_F(ProcessPoolTest, ImapThrowsAnErrorInItsPlaceAndGoesOn) {
  ProcessPool pool(2);
  auto results = pool.imap(&refuse_three, up_to(5));
  EXPECT_EQ(results.next(), 0);
  EXPECT_EQ(results.next(), 1);
  EXPECT_EQ(results.next(), 2);
  EXPECT_THROW(results.next(), std::out_of_range);
  EXPECT_EQ(results.next(), 4);
  EXPECT_EQ(results.next(), std::nullopt);
}

// EXEC-25
TEST_F(ProcessPoolTest, StarmapSpreadsTuplesOverArguments) {
  ProcessPool pool(2);
  EXPECT_EQ(pool.starmap(&add, std::vector{std::tuple(1, 2), {3, 4}}),
            (std::vector{3, 7}));
}

// EXEC-26
TEST_F(ProcessPoolTest, AnErrorOfTheInputIsThrownByMapBeforeAnyResult) {
  ProcessPool pool(2);
  const auto count = [](int x) { return ++board().entered, x; };
  EXPECT_THROW(pool.map(count, FailingInput(3)), std::invalid_argument);
  pool.close();
  pool.join();
  EXPECT_EQ(board().entered, 0);
}

// EXEC-26
TEST_F(ProcessPoolTest, AnErrorOfTheInputIsThrownByImapInItsPlace) {
  ProcessPool pool(2);
  auto results = pool.imap(&square, FailingInput(3));
  EXPECT_EQ(results.next(), 0);
  EXPECT_EQ(results.next(), 1);
  EXPECT_EQ(results.next(), 4);
  EXPECT_THROW(results.next(), std::invalid_argument);
  EXPECT_EQ(results.next(), std::nullopt);
}

// EXEC-27
TEST_F(ProcessPoolTest, ImapReadsItsInputAhead) {
  ProcessPool pool(1);
  FailingInput input(3);
  input.fails = false;
  const auto read = input.read;
  auto results = pool.imap(&pass_gate, input);
  wait_until([&] { return *read == 3; });  // though no result was asked for
  board().gate_open = true;
  EXPECT_EQ(all_of(std::move(results)), up_to(3));
}

// EXEC-28
TEST_F(ProcessPoolTest, AClosedPoolTakesNoWorkButEndsWhatItHas) {
  ProcessPool pool(2);
  const auto result = pool.map_async(&pass_gate, up_to(10), 1);
  auto read_ahead = pool.imap(&square, up_to(10));
  pool.close();
  EXPECT_THROW(pool.map(&square, up_to(2)), std::invalid_argument);
  EXPECT_THROW(pool.apply(&square, 2), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(pool.imap(&square, up_to(2))),
               std::invalid_argument);
  EXPECT_FALSE(result.ready());
  board().gate_open = true;
  pool.join();
  EXPECT_EQ(result.get(seconds(0)), up_to(10));
  EXPECT_EQ(all_of(std::move(read_ahead)), squares(10));
  EXPECT_TRUE(pool.worker_pids().empty());
}

// EXEC-28
TEST_F(ProcessPoolTest, JoinComesAfterCloseOrTerminate) {
  ProcessPool pool(1);
  EXPECT_THROW(pool.join(), std::invalid_argument);
  pool.terminate();
  pool.join();
  pool.join();
}

// EXEC-29
TEST_F(ProcessPoolTest, TerminateEndsTheWorkersAtOnce) {
  ProcessPool pool(2);
  const auto running = pool.apply_async(&pass_gate, std::tuple(1));
  const auto waiting = pool.map_async(&pass_gate, up_to(100), 1);
  auto reading = pool.imap(&pass_gate, up_to(10));
  wait_until([] { return board().entered == 2; });
  pool.terminate();
  pool.join();
  EXPECT_FALSE(running.ready());
  EXPECT_FALSE(waiting.ready());
  // Where Python would wait for ever:
  EXPECT_THROW(running.get(), scheduler::CancelledError);
  EXPECT_THROW(waiting.get(), scheduler::CancelledError);
  EXPECT_THROW(reading.next(), scheduler::CancelledError);
  EXPECT_THROW(pool.apply(&square, 1), std::invalid_argument);
}

// Also where the pool's thread has not come to read the input yet.
TEST_F(ProcessPoolTest, TerminateEndsAnImapThatHasHardlyBegun) {
  for (int round = 0; round < 20; ++round) {
    ProcessPool pool(1);
    auto results = pool.imap(&pass_gate, up_to(3));
    pool.terminate();
    EXPECT_THROW(results.next(), scheduler::CancelledError);
  }
}

// EXEC-30
TEST_F(ProcessPoolTest, LeavingTheScopeTerminates) {
  std::optional<AsyncResult<int>> result;
  {
    ProcessPool pool(1);
    result = pool.apply_async(&pass_gate, std::tuple(1));
  }
  EXPECT_FALSE(result->ready());
}

// EXEC-31
TEST_F(ProcessPoolTest, AWorkerIsReplacedAfterItsNumberOfTasks) {
  ProcessPool pool(1, {.initializer = {}, .maxtasksperchild = 2});
  const std::vector<pid_t> pids = pool.map(&worker_pid_for, up_to(6), 1);
  EXPECT_EQ(std::set<pid_t>(pids.begin(), pids.end()).size(), 3u);
  EXPECT_EQ(pids[0], pids[1]);
  EXPECT_EQ(pids[2], pids[3]);
  EXPECT_EQ(pids[4], pids[5]);
}

// EXEC-31
TEST_F(ProcessPoolTest, AChunkCountsAsOneTask) {
  ProcessPool pool(1, {.initializer = {}, .maxtasksperchild = 2});
  const std::vector<pid_t> pids = pool.map(&worker_pid_for, up_to(6), 6);
  EXPECT_EQ(std::set<pid_t>(pids.begin(), pids.end()).size(), 1u);
}

// EXEC-32: with a value of the pool's maker, which each worker inherits.
int answer = 0;
TEST_F(ProcessPoolTest, TheInitializerRunsInEveryWorker) {
  ProcessPool pool(3, {.initializer = [argument = 42] { answer = argument; }});
  EXPECT_EQ(pool.map([](int) { return answer; }, up_to(3), 1),
            (std::vector{42, 42, 42}));
  EXPECT_EQ(answer, 0);
}

// Where the descriptors of a process lead, but for the standard three.
std::vector<std::string> what_is_open() {
  std::vector<std::string> targets;
  for (const std::string& line : os::open_descriptors()) {
    if (std::stoi(line) > STDERR_FILENO) {
      targets.push_back(line.substr(line.find("->")));
    }
  }
  return targets;
}

// Nor does a worker have what belongs to another.
TEST_F(ProcessPoolTest, AWorkerHasNothingOpenThatWasNotMadeForIt) {
  const os::Pipe foreign = os::make_pipe();
  const std::vector<std::string> before = what_is_open();
  ASSERT_FALSE(before.empty());
  ProcessPool pool(2);
  const auto held =
      pool.map([](int) { return what_is_open(); }, std::vector{0, 1}, 1);
  for (const std::string& target : held[0]) {
    EXPECT_EQ(std::count(before.begin(), before.end(), target), 0) << target;
  }
}

// EXEC-33
TEST_F(ProcessPoolTest, NumbersBelowOneAreRefused) {
  EXPECT_THROW(static_cast<void>(ProcessPool(0)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(
                   ProcessPool(1, {.initializer = {}, .maxtasksperchild = 0})),
               std::invalid_argument);
  ProcessPool pool(1);
  EXPECT_THROW(pool.map(&square, up_to(3), 0), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(pool.imap(&square, up_to(3), 0)),
               std::invalid_argument);
}

TEST_F(ProcessPoolTest, AnIdleWorkerGetsWorkBeforeABusyOneGetsMore) {
  ProcessPool pool(2);
  const auto gated = pool.apply_async(&pass_gate, std::tuple(1));
  EXPECT_EQ(pool.map(&square, up_to(50), 1), squares(50));
  EXPECT_FALSE(gated.ready());
  board().gate_open = true;
  EXPECT_EQ(gated.get(), 1);
}

TEST_F(ProcessPoolTest, SeveralThreadsMayUseIt) {
  ProcessPool pool(2);
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        right += pool.map(&square, up_to(20), 1) == squares(20);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(right, 60);
}

// The first one waits for the last one, every other one for the one before it.
int wait_for_others(int i) {
  constexpr int kLast = 39;
  if (i != 1) {
    const auto other = static_cast<size_t>(i == 0 ? kLast : i - 1);
    wait_until([&] { return board().runs[other] == 1; });
  }
  ++board().runs[static_cast<size_t>(i)];
  return i;
}

// I2 and I3 of pool_core.h, also when tasks have been short for a long time.
TEST_F(ProcessPoolTest, ATaskMayWaitForAnotherOneWhileAWorkerIsIdle) {
  board().reset();
  ProcessPool pool(2);
  pool.map(&square, up_to(2000), 1);
  EXPECT_EQ(pool.map_async(&wait_for_others, up_to(40), 1).get(seconds(20)),
            up_to(40));
}

}  // namespace
}  // namespace ipc

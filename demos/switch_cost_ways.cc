#include "demos/switch_cost_ways.h"

#include <time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <functional>
#include <thread>

#include "demos/support/child_tree.h"
#include "demos/support/machine.h"
#include "loop/coroutine.h"
#include "loop/generator.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "scheduler/green/scheduler.h"

namespace demos {

namespace {

namespace green = scheduler::green;
using loop::Coroutine;
using scheduler::Duration;

// The CPU time of another process that is still there.
double cpu_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (const int error = clock_getcpuclockid(pid, &clock); error != 0) {
    os::throw_error(error, "clock_getcpuclockid");
  }
  os::check(clock_gettime(clock, &used), "clock_gettime");
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) * 1e-9;
}

// A baton in the form of a byte. False when the other side has closed.
bool wait_for_baton(const os::UniqueFd& from) {
  std::array<std::byte, 1> baton{};
  return os::read_some(from.get(), baton) == 1;
}
void pass_baton(const os::UniqueFd& to) {
  const std::array<std::byte, 1> baton{};
  os::write_all(to.get(), baton);
}

struct Table {
  os::Pipe there = os::make_pipe();
  os::Pipe back = os::make_pipe();

  void answer(const std::function<void()>& work = [] {}) {
    while (wait_for_baton(there.reader)) {
      work();
      pass_baton(back.writer);
    }
  }
  void serve(
      int times, const std::function<void()>& work = [] {}) {
    for (int i = 0; i < times; ++i) {
      work();
      pass_baton(there.writer);
      wait_for_baton(back.reader);
    }
  }
};

// The other player is a thread for as long as this lives.
class OtherThread {
 public:
  OtherThread(Table& table, const std::function<void()>& work)
      : table_(table), thread_([&table, work] { table.answer(work); }) {}
  ~OtherThread() {
    table_.there.writer.reset();  // the end of the game
    thread_.join();
  }
  OtherThread(const OtherThread&) = delete;
  OtherThread& operator=(const OtherThread&) = delete;

 private:
  Table& table_;
  std::thread thread_;
};

loop::Generator<int> count_up() {
  for (int i = 0;; ++i) {
    co_yield i;
  }
}

Coroutine<> take_turns(int times) {
  for (int i = 0; i < times; ++i) {
    co_await loop::sleep(Duration::zero());
  }
}

Coroutine<> two_take_turns(int times) {
  const loop::Task<void> other = loop::create_task(take_turns(times));
  co_await take_turns(times);
  co_await other;
}

void work_for(Duration slice) {
  const auto until = support::thread_cpu_time() + slice;
  while (support::thread_cpu_time() < until) {
  }
}

// The share of `work` in the CPU time that `play` takes.
double share_of(Duration work, const std::function<void()>& play) {
  return scheduler::in_seconds(work) / (us_each(1, play) * 1e-6);
}

}  // namespace

double us_each(int count, const std::function<void()>& work) {
  const auto start = support::process_cpu_time();
  work();
  return scheduler::in_seconds(support::process_cpu_time() - start) * 1e6 /
         count;
}

double switch_process_us(int count) {
  Table table;
  const support::ChildTree other([&] {
    table.there.writer.reset();  // or it would never see the end of the game
    table.answer();
  });
  table.serve(10);  // the first ones pay for pages that were shared so far
  const double before = cpu_seconds_of(other.pid());
  const double ours = us_each(count, [&] { table.serve(count / 2); });
  return ours + (cpu_seconds_of(other.pid()) - before) * 1e6 / count;
}

double switch_thread_us(int count) {
  Table table;
  const OtherThread other(table, [] {});
  table.serve(10);
  return us_each(count, [&] { table.serve(count / 2); });
}

double pipe_us(int count) {
  const os::Pipe pipe = os::make_pipe();
  return us_each(count, [&] {
    for (int i = 0; i < count; ++i) {
      pass_baton(pipe.writer);
      wait_for_baton(pipe.reader);
    }
  });
}

double switch_green_us(int count) {
  green::Scheduler kernel;
  for (const char* name : {"A", "B"}) {
    kernel.spawn(name, [&] {
      for (int i = 0; i < count / 2; ++i) {
        green::yield();
      }
    });
  }
  return us_each(count, [&] { kernel.run(); });
}

double switch_task_us(int count) {
  return us_each(count, [&] { loop::run(two_take_turns(count / 2)); });
}

double switch_coroutine_us(int count) {
  auto numbers = count_up();
  int64_t sum = 0;
  const double us = us_each(count, [&] {
    for (int i = 0; i < count / 2; ++i) {
      sum += numbers.next();
    }
  });
  // Read, so that the compiler must do the work.
  return sum >= 0 ? us : 0;
}

double useful_share_of_threads(Duration slice, Duration total) {
  const int turns = static_cast<int>(total / slice / 2);
  Table table;
  const OtherThread other(table, [slice] { work_for(slice); });
  return share_of(slice * turns * 2,
                  [&] { table.serve(turns, [slice] { work_for(slice); }); });
}

double useful_share_of_green_threads(Duration slice, Duration total) {
  const int turns = static_cast<int>(total / slice / 2);
  green::Scheduler kernel;
  for (const char* name : {"A", "B"}) {
    kernel.spawn(name, [=] {
      for (int i = 0; i < turns; ++i) {
        work_for(slice);
        green::yield();
      }
    });
  }
  return share_of(slice * turns * 2, [&] { kernel.run(); });
}

}  // namespace demos

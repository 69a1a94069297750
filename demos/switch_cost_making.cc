#include "demos/switch_cost_making.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/meter.h"
#include "demos/switch_cost_ways.h"
#include "ipc/process.h"
#include "ipc/spawn.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/green/scheduler.h"

namespace demos {

namespace {

namespace green = scheduler::green;
using loop::Coroutine;

Coroutine<> nothing() {
  co_return;
}

Coroutine<> make_tasks(int count) {
  for (int i = 0; i < count; ++i) {
    co_await loop::create_task(nothing());
  }
}

// The same without a task of its own.
Coroutine<> await_many(int count) {
  for (int i = 0; i < count; ++i) {
    co_await nothing();
  }
}

void do_nothing() {}
const ipc::Spawnable spawned_nothing("do_nothing", &do_nothing);

int64_t memory_of_tree() {
  int64_t bytes = 0;
  for (const pid_t pid : os::tree_of(getpid())) {
    bytes += os::read_pss(pid).value_or(0);
  }
  return bytes;
}

constexpr int kWaiters = 20;

// Of what `more_waiters` makes and gives its time to be looked at.
int64_t bytes_each(
    const std::function<void(const std::function<void()>& all_wait)>&
        more_waiters) {
  const support::Measured measured = support::measure([&] {
    const int64_t before = memory_of_tree();
    int64_t added = 0;
    more_waiters([&] { added = memory_of_tree() - before; });
    return std::to_string(added / kWaiters);
  });
  return std::stoll(measured.output);
}

}  // namespace

double make_fork_us(int count) {
  return us_each(count, [&] {
    for (int i = 0; i < count; ++i) {
      const pid_t pid = os::check(os::syscalls.fork(), "fork");
      if (pid == 0) {
        _exit(0);  // nothing of ours is to be flushed or destroyed twice
      }
      os::check(os::retry_on_eintr([&] {
                  return os::syscalls.wait4(pid, nullptr, 0, nullptr);
                }),
                "wait4");
    }
  });
}

double make_fresh_image_us(int count) {
  return us_each(count, [&] {
    for (int i = 0; i < count; ++i) {
      ipc::Process process = spawned_nothing.process();
      process.start();
      process.join();
    }
  });
}

double make_thread_us(int count) {
  return us_each(count, [&] {
    for (int i = 0; i < count; ++i) {
      std::thread([] {}).join();
    }
  });
}

double make_green_us(int count) {
  green::Scheduler kernel;
  kernel.spawn("parent", [&] {
    for (int i = 0; i < count; ++i) {
      green::Scheduler::current().spawn("child", [] {}).join();
    }
  });
  return us_each(count, [&] { kernel.run(); });
}

double make_task_us(int count) {
  return us_each(count, [&] { loop::run(make_tasks(count)); });
}

double make_coroutine_us(int count) {
  return us_each(count, [&] { loop::run(await_many(count)); });
}

int64_t bytes_of_a_process() {
  return bytes_each([](const std::function<void()>& all_wait) {
    const os::Pipe here = os::make_pipe();
    const os::Pipe gate = os::make_pipe();
    std::array<std::byte, 1> byte{};
    std::vector<std::unique_ptr<support::ChildTree>> processes;
    for (int i = 0; i < kWaiters; ++i) {
      processes.push_back(std::make_unique<support::ChildTree>([&] {
        os::write_all(here.writer.get(), byte);
        os::read_some(gate.reader.get(), byte);
      }));
    }
    for (int i = 0; i < kWaiters; ++i) {
      os::read_some(here.reader.get(), byte);
    }
    all_wait();
  });
}

int64_t bytes_of_a_thread() {
  return bytes_each([](const std::function<void()>& all_wait) {
    std::latch all_here(kWaiters);
    std::latch gate(1);
    std::vector<std::jthread> threads;
    for (int i = 0; i < kWaiters; ++i) {
      threads.emplace_back([&] {
        all_here.count_down();
        gate.wait();
      });
    }
    all_here.wait();
    all_wait();
    gate.count_down();
  });
}

}  // namespace demos

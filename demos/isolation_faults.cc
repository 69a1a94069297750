#include "demos/isolation_faults.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/eventually.h"
#include "demos/support/run_demo.h"
#include "ipc/event.h"
#include "ipc/lock.h"
#include "ipc/mutex.h"
#include "ipc/shared.h"
#include "os/mapping.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace demos {

namespace {

using support::ChildTree;
using support::print;

constexpr int kWorkers = 3;
constexpr int kFaulty = 1;

// The second of three, which writes where nothing may be written.
struct Stage {
  ipc::Event gate;  // opens when the fault has been seen
  std::atomic<int> answers = 0;
};

void fault() {
  prctl(PR_SET_DUMPABLE, 0);  // no core file for what is meant to happen
  const os::Mapping page =
      os::Mapping::anonymous(1, os::Mapping::Sharing::kPrivate);
  os::check(os::syscalls.mprotect(page.data(), page.size(), PROT_NONE),
            "mprotect");
  *static_cast<volatile std::byte*>(page.data()) = std::byte{1};
}

void work(Stage& stage, int worker) {
  if (worker == kFaulty) {
    fault();
  }
  stage.gate.wait();
  ++stage.answers;
}

std::string ending(int exit_code) {
  return exit_code < 0 ? "signal " + std::to_string(-exit_code)
                       : "exit code " + std::to_string(exit_code);
}

// How the faulty one ended, and how many of the others answered after that.
struct Outcome {
  int exit_code = 0;
  int answers = 0;
};

Outcome crash_among_threads() {
  const ipc::Shared<Stage> stage;
  ChildTree program([&] {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < kWorkers; ++worker) {
      threads.emplace_back([&stage, worker] { work(*stage, worker); });
    }
  });
  const int code = program.wait().exit_code;
  stage->gate.set();
  return {code, stage->answers};
}

Outcome crash_among_processes() {
  const ipc::Shared<Stage> stage;
  std::array<std::unique_ptr<ChildTree>, kWorkers> workers;
  for (int worker = 0; worker < kWorkers; ++worker) {
    workers[static_cast<size_t>(worker)] =
        std::make_unique<ChildTree>([&stage, worker] { work(*stage, worker); });
  }
  const int code = workers[kFaulty]->wait().exit_code;
  stage->gate.set();
  for (int worker = 0; worker < kWorkers; ++worker) {
    if (worker != kFaulty) {
      workers[static_cast<size_t>(worker)]->wait();
    }
  }
  return {code, stage->answers};
}

// What is left in the hands of one that is killed.
struct Locks {
  ipc::Lock lock;
  ipc::Mutex mutex;
  ipc::Event taken;
};

// What a stop request does to two threads that compute.
struct Stopped {
  bool asking_ended = false;
  bool silent_went_on = false;
};

Stopped stop_threads() {
  std::atomic<uint64_t> rounds = 0;
  std::atomic<bool> enough = false;
  std::jthread asking([](std::stop_token stop) {
    while (!stop.stop_requested()) {  // where it lets itself be ended
    }
  });
  std::jthread silent([&](std::stop_token) {
    while (!enough) {
      ++rounds;
    }
  });
  // However this function is left, it ends first.
  struct SetAtEnd {
    std::atomic<bool>& flag;
    ~SetAtEnd() { flag = true; }
  } const at_end{enough};
  asking.request_stop();
  silent.request_stop();
  asking.join();
  const uint64_t before = rounds;
  Stopped stopped{.asking_ended = true};
  stopped.silent_went_on =
      support::eventually([&] { return rounds > before + 1000; });
  return stopped;
}

}  // namespace

void show_crash(support::Verdicts& verdicts) {
  const Outcome threads = crash_among_threads();
  const Outcome processes = crash_among_processes();
  support::Table table({"a fault in one of three", "ended", "others answered"});
  table.add({"threads of a process", ending(threads.exit_code),
             std::to_string(threads.answers) + " of 2"});
  table.add({"processes", ending(processes.exit_code),
             std::to_string(processes.answers) + " of 2"});
  print(table.text() + "\n");
  const bool shown = threads.exit_code == -SIGSEGV && threads.answers == 0 &&
                     processes.exit_code == -SIGSEGV && processes.answers == 2;
  verdicts.add(
      "C-033",
      (shown ? "true: " : "false: ") +
          ("a fault in a thread ended its process and " +
           std::to_string(2 - threads.answers) +
           " other threads; in a process it ended that one, and " +
           std::to_string(processes.answers) + " other processes answered"));
}

void show_kill(support::Verdicts& verdicts) {
  const ipc::Shared<Locks> locks;
  ChildTree process([&] {
    locks->lock.lock();
    locks->mutex.lock();
    locks->taken.set();
    for (;;) {
      asm volatile("");  // or the loop, which has no effect, could be removed
    }
  });
  locks->taken.wait();
  const pid_t pid = process.pid();
  kill(pid, SIGKILL);
  const int code = process.wait().exit_code;
  const bool gone = !os::read_status(pid).has_value();
  const bool lock_lost = !locks->lock.lock_within(scheduler::seconds(0.02));
  locks->mutex.lock();  // at once, though nobody has unlocked it
  const bool told = locks->mutex.owner_died();
  locks->mutex.mark_repaired();
  locks->mutex.unlock();
  const Stopped stopped = stop_threads();

  support::Table table({"who computes", "what was done", "what came of it"});
  table.add({"process", "SIGKILL",
             ending(code) + (gone ? ", reaped" : ", a zombie")});
  table.add({"thread that asks", "request_stop",
             stopped.asking_ended ? "ended" : "went on"});
  table.add({"thread that does not", "request_stop",
             stopped.silent_went_on ? "went on" : "not seen again"});
  table.add({"Lock of the killed one", "waited for 20 ms",
             lock_lost ? "lost" : "free"});
  table.add(
      {"Mutex of the killed one", "locked", told ? "owner_died()" : "free"});
  print(table.text() + "\n");
  const bool shown =
      code == -SIGKILL && gone && stopped.silent_went_on && lock_lost && told;
  verdicts.add("C-051",
               (shown ? "true: " : "not shown: ") +
                   ("the process ended by " + ending(code) +
                    ", the thread that does not ask " +
                    (stopped.silent_went_on ? "went on" : "was not seen") +
                    "; why a thread should not be ended: the lock of the "
                    "killed one is " +
                    (lock_lost ? "lost" : "free")));
}

}  // namespace demos

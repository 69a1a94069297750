// Processes, connections, queues, locks and memory, as in ipc_scenarios.py.
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ipc/barrier.h"
#include "ipc/connection.h"
#include "ipc/event.h"
#include "ipc/lock.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/queue.h"
#include "ipc/semaphore.h"
#include "ipc/shared.h"
#include "ipc/shared_memory.h"
#include "ipc/value.h"
#include "ipc/wait.h"
#include "scheduler/clock.h"
#include "tests/differential/ipc_scenario.h"

namespace tests {
namespace {

using ipc::Connection;
using ipc::make_pipe;
using ipc::Process;
using ipc::Shared;
using scheduler::seconds;

// For a child whose last words are its own affair.
void be_quiet() {
  dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
}

void wait_for_ever() {
  for (;;) {
    pause();
  }
}

// Processes.

IPC_SCENARIO(exit_codes) {
  const auto run = [&](void (*end)()) {
    Process process([end] {
      be_quiet();
      end();
    });
    process.start();
    process.join();
    log(process.exitcode().value());
  };
  run([] {});
  run([] { _exit(7); });
  run([] { throw std::invalid_argument("no"); });
}

IPC_SCENARIO(ended_by_signals) {
  for (const auto end : {&Process::kill, &Process::terminate}) {
    Process process(&wait_for_ever);
    process.start();
    (process.*end)();
    process.join();
    (process.*end)();
    log(process.exitcode().value());
  }
}

IPC_SCENARIO(life) {
  auto [ours, theirs] = make_pipe();
  Process process([](Connection to_parent) { to_parent.recv<std::string>(); },
                  std::move(theirs));
  log(process.is_alive(), !process.pid(), !process.exitcode());
  process.start();
  log(process.is_alive(), !process.pid(), !process.exitcode());
  ours.send("go");
  process.join();
  log(process.is_alive(), !process.pid(), process.exitcode().value());
}

IPC_SCENARIO(misuse) {
  Process process(&wait_for_ever);
  attempt(log, [&] { process.join(); });
  process.start();
  attempt(log, [&] { process.start(); });
  attempt(log, [&] { process.set_daemon(true); });
  attempt(log, [&] { process.close(); });
  process.kill();
  process.join();
  process.join();
  process.close();
  attempt(log, [&] { process.is_alive(); });
  attempt(log, [&] { process.join(); });
}

IPC_SCENARIO(daemons_have_no_children) {
  Process process([] {
    try {
      Process child([] {});
      child.start();
    } catch (const std::logic_error&) {
      _exit(5);
    }
  });
  process.set_daemon(true);
  process.start();
  process.join();
  log(process.exitcode().value());
}

IPC_SCENARIO(the_child_has_a_copy) {
  int cell = 1;
  auto [ours, theirs] = make_pipe();
  Process process(
      [&cell](Connection to_parent) {
        cell = 2;
        to_parent.send(cell);
      },
      std::move(theirs));
  process.start();
  log(ours.recv<int>());
  log(cell);
  process.join();
}

IPC_SCENARIO(join_in_time) {
  Process process(&wait_for_ever);
  process.start();
  process.join(seconds(0.02));
  log(process.is_alive(), !process.exitcode());
  process.kill();
  process.join(seconds(20));
  log(process.is_alive(), process.exitcode().value());
}

IPC_SCENARIO(sentinels) {
  auto [ours, theirs] = make_pipe();
  Process process(&wait_for_ever);
  process.start();
  const auto ready = [&, &mine = ours](double timeout) {
    return ipc::wait({process.sentinel(), mine}, seconds(timeout));
  };
  log("ready", ready(0));
  theirs.send(1);
  log("ready", ready(20));
  process.kill();
  process.join();
  log("ready", ready(20));
  ours.recv<int>();
  log("ready", ready(0));
}

// Connections.

IPC_SCENARIO(messages_in_order) {
  auto [ours, theirs] = make_pipe(false);
  Process process(
      [](Connection to_parent) {
        for (const char* word : {"a", "b", "c"}) {
          to_parent.send(word);
        }
      },
      std::move(theirs));
  process.start();
  for (int i = 0; i < 5; ++i) {
    attempt(log, [&, &mine = ours] { return mine.recv<std::string>(); });
  }
  process.join();
}

IPC_SCENARIO(wrong_ends) {
  auto ends = make_pipe(false);
  auto& [reader, writer] = ends;
  attempt(log, [&] { ends.first.send("x"); });
  attempt(log, [&] { return ends.second.recv<std::string>(); });
  reader.close();
  attempt(log, [&] { return ends.first.recv<std::string>(); });
  attempt(log, [&] { ends.second.send("x"); });
}

IPC_SCENARIO(polling_takes_nothing) {
  auto ends = make_pipe();
  auto& [ours, theirs] = ends;
  log(ours.poll());
  log(ours.poll(seconds(0.01)));
  theirs.send("x");
  log(ours.poll(seconds(20)));
  log(ours.poll());
  log(ours.recv<std::string>());
  log(ours.poll());
  theirs.close();
  log(ours.poll());
  attempt(log, [&] { return ends.first.recv<std::string>(); });
}

IPC_SCENARIO(both_directions) {
  auto [ours, theirs] = make_pipe();
  Process process(
      [](Connection to_parent) {
        to_parent.send("<" + to_parent.recv<std::string>() + ">");
      },
      std::move(theirs));
  process.start();
  ours.send(std::string(3'000'000, 'a'));
  const auto answer = ours.recv<std::string>();
  log(answer.size(), answer.substr(0, 1), answer.substr(answer.size() - 1));
  process.join();
}

IPC_SCENARIO(a_peer_that_goes_without_reading) {
  auto ends = make_pipe();
  ends.first.send("unread");
  ends.second.close();
  attempt(log, [&] { return ends.first.recv<std::string>(); });
  attempt(log, [&] { return ends.first.recv<std::string>(); });
  attempt(log, [&] { ends.first.send("x"); });
}

// Queues.

IPC_SCENARIO(queue_order) {
  ipc::Queue<int> queue(3);
  Process process([&] {
    for (int i = 0; i < 8; ++i) {
      queue.put(i);
    }
  });
  process.start();
  for (int i = 0; i < 8; ++i) {
    log(queue.get());
  }
  process.join();
}

IPC_SCENARIO(queue_limits) {
  ipc::Queue<int> queue(2);
  attempt(log, [&] { return queue.get_nowait(); });
  attempt(log, [&] { return queue.get(seconds(0.01)); });
  queue.put(1);
  queue.put(2);
  attempt(log, [&] { queue.put_nowait(3); });
  attempt(log, [&] { queue.put(3, seconds(0.01)); });
  log(queue.get());
  log(queue.get());
}

IPC_SCENARIO(task_done_too_often) {
  ipc::Queue<int> queue(2);
  attempt(log, [&] { queue.task_done(); });
  queue.put(1);
  log(queue.get());
  queue.task_done();
  queue.join();
  attempt(log, [&] { queue.task_done(); });
}

// Locks and memory.

IPC_SCENARIO(semaphores) {
  const Shared<ipc::BoundedSemaphore> semaphore(2);
  for (int i = 0; i < 3; ++i) {
    log(semaphore->try_acquire());
  }
  for (int i = 0; i < 3; ++i) {
    attempt(log, [&] { semaphore->release(); });
  }
}

IPC_SCENARIO(a_lock_released_by_a_child) {
  const Shared<ipc::Lock> lock;
  log(lock->try_lock());
  log(lock->try_lock());
  Process process([&] { lock->unlock(); });
  process.start();
  process.join();
  log(lock->try_lock());
  lock->unlock();
  attempt(log, [&] { lock->unlock(); });
}

IPC_SCENARIO(events) {
  const Shared<ipc::Event> event;
  log(event->is_set());
  log(event->wait(seconds(0.01)));
  Process process([&] { event->set(); });
  process.start();
  log(event->wait(seconds(20)));
  log(event->is_set());
  process.join();
  event->clear();
  log(event->is_set());
}

IPC_SCENARIO(barriers) {
  const Shared<ipc::Barrier> barrier(2);
  Process process([&] { _exit(10 + barrier->wait(seconds(20))); });
  process.start();
  const int index = barrier->wait(seconds(20));
  process.join();
  log(index + process.exitcode().value());
  attempt(log, [&] { return barrier->wait(seconds(0.01)); });
  log(barrier->broken());
  attempt(log, [&] { return barrier->wait(seconds(20)); });
  barrier->reset();
  log(barrier->broken());
}

IPC_SCENARIO(a_value_under_its_lock) {
  ipc::Value<int> value(7);
  const auto body = [&] {
    for (int i = 0; i < 1000; ++i) {
      const std::lock_guard held(value.lock());
      value.set(value.get() + 1);
    }
  };
  std::vector<Process> processes;
  for (int i = 0; i < 2; ++i) {
    processes.emplace_back(body);
    processes.back().start();
  }
  for (Process& process : processes) {
    process.join();
  }
  log(value.get());
}

IPC_SCENARIO(arrays) {
  ipc::Array<int> array(3);
  log(array.slice(0, 3));
  Process process([&] { array.set(1, 5); });
  process.start();
  process.join();
  log(array.slice(0, 2));
  attempt(log, [&] { return array.get(3); });
}

IPC_SCENARIO(shared_memory) {
  using ipc::SharedMemory;
  const std::string name = "t" + std::to_string(std::random_device()());
  attempt(log, [&] { return SharedMemory::attach(name).size(); });
  SharedMemory memory = SharedMemory::create(name, 10);
  attempt(log, [&] { return SharedMemory::create(name, 10).size(); });
  memory.bytes()[3] = std::byte{42};
  const SharedMemory other = SharedMemory::attach(name);
  log(std::to_integer<int>(other.bytes()[3]));
  memory.unlink();
  attempt(log, [&] { return SharedMemory::attach(name).size(); });
  memory.bytes()[3] = std::byte{43};
  log(std::to_integer<int>(other.bytes()[3]));
}

}  // namespace
}  // namespace tests

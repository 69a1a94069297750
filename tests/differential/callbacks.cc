// The loop itself: callbacks, timers, descriptors, threads, signals; see
// callbacks.py.
#include <signal.h>
#include <sys/socket.h>

#include <stdexcept>
#include <string>
#include <thread>

#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/run_in_executor.h"
#include "loop/sleep.h"
#include "loop/sync/event.h"
#include "loop/sync/semaphore.h"
#include "loop/task.h"
#include "loop/threadsafe.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/executor.h"
#include "tests/differential/scenario.h"

namespace tests {
namespace {

using loop::create_task;
using loop::EventLoop;
using loop::Future;
using loop::get_running_loop;
using loop::sleep;

SCENARIO(call_soon_nested) {
  EventLoop& loop = get_running_loop();
  const auto outer = [log, &loop](std::string name) {
    log(name);
    loop.call_soon(log, name + ".inner");
  };
  loop.call_soon(outer, "a");
  loop.call_soon(outer, "b");
  create_task(ticks(log, 3));
  co_await sleep(ms(1));
}

SCENARIO(timers_by_deadline) {
  EventLoop& loop = get_running_loop();
  loop.call_later(ms(30), log, "c");
  loop.call_at(loop.time() + ms(10), log, "a");
  loop.call_later(ms(20), log, "b");
  co_await sleep(ms(40));
}

SCENARIO(timers_that_are_due_already) {
  EventLoop& loop = get_running_loop();
  loop.call_later(ms(-1000), log, "past");
  loop.call_later(ms(0), log, "now");
  loop.call_soon(log, "soon");
  create_task(ticks(log, 3));
  co_await sleep(ms(1));
}

SCENARIO(handles_can_be_cancelled) {
  EventLoop& loop = get_running_loop();
  auto soon = loop.call_soon(log, "never");
  auto later = loop.call_later(ms(10), log, "never");
  auto ran = loop.call_soon(log, "runs");
  loop.call_soon([later]() mutable { later.cancel(); });
  soon.cancel();
  co_await sleep(ms(20));
  ran.cancel();
  log(soon.cancelled(), later.cancelled());
}

SCENARIO(callback_that_fails_is_reported) {
  const auto fail = [log] {
    log("raises");
    throw std::invalid_argument("");
  };
  EventLoop& loop = get_running_loop();
  loop.call_soon(fail);
  loop.call_soon(log, "next");
  loop.call_later(ms(1), fail);
  co_await sleep(ms(2));
}

LOOP_SCENARIO(stop_ends_the_turn) {
  loop.call_soon(log, "a");
  loop.call_soon([&] { loop.stop(); });
  loop.call_soon(log, "b");
  loop.call_soon([&] { loop.call_soon(log, "next"); });
  loop.run_forever();
  log("stopped");
  loop.stop();
  loop.run_forever();
  log("one turn");
}

LOOP_SCENARIO(stopped_before_its_end) {
  const Future<std::string> task = loop.create_task(child(log, "a", 10));
  loop.call_soon([&] { loop.stop(); });
  attempt(log, [&] { return loop.run_until_complete(task); });
  attempt(log, [&] { return loop.run_until_complete(task); });
  attempt(log, [&] { return loop.run_until_complete(boom(log, "b", 1)); });
}

LOOP_SCENARIO(closed_loop_refuses) {
  loop.close();
  loop.close();
  attempt(log, [&] { loop.call_soon(log, "never"); });
  attempt(log, [&] { loop.call_later(ms(1000), log, "never"); });
  attempt(log, [&] { loop.run_forever(); });
  log(loop.is_closed());
}

SCENARIO(running_loop_cannot_be_run) {
  EventLoop& loop = get_running_loop();
  attempt(log, [&] { loop.run_forever(); });
  attempt(log, [&] { loop.close(); });
  log(loop.is_running());
  co_return;
}

SCENARIO(run_cancels_what_is_left) {
  create_task(tidy(log, "a", 1'000'000));
  co_await sleep(ms(1));
  log("main ends");
}

SCENARIO(run_reports_errors_of_what_is_left) {
  create_task(bad_clean_up(log, "a", 1'000'000));
  co_await sleep(ms(1));
  log("main ends");
}

SCENARIO(reader_as_long_as_there_is_something) {
  EventLoop& loop = get_running_loop();
  os::Pipe pipe = os::make_pipe();
  const int fd = pipe.reader.get();
  loop.add_reader(fd, [log, fd] {
    char byte;
    os::check(os::syscalls.read(fd, &byte, 1), "read");
    log(std::string(1, byte));
  });
  os::check(os::syscalls.write(pipe.writer.get(), "abc", 3), "write");
  create_task(ticks(log, 5));
  for (int i = 0; i < 5; ++i) {
    co_await sleep(ms(0));
  }
  log(loop.remove_reader(fd));
  log(loop.remove_reader(fd));
}

SCENARIO(reader_before_writer) {
  EventLoop& loop = get_running_loop();
  int fds[2];
  os::check(os::syscalls.socketpair(AF_UNIX, SOCK_STREAM, 0, fds),
            "socketpair");
  const os::UniqueFd here(fds[0]), there(fds[1]);
  const int fd = here.get();
  os::check(os::syscalls.write(there.get(), "a", 1), "write");
  const auto write = [log](std::string word) {
    return [log, word] { log(word); };
  };
  loop.add_writer(fd, write("writer"));
  loop.add_reader(fd, write("replaced"));
  loop.add_reader(fd, write("reader"));
  loop.call_soon(log, "soon");
  loop.call_later(ms(0), log, "timer");
  co_await sleep(ms(0));
  co_await sleep(ms(0));
  log(loop.remove_reader(fd));
  co_await sleep(ms(0));
  co_await sleep(ms(0));
  log(loop.remove_writer(fd));
}

SCENARIO(end_of_file_is_readable) {
  os::Pipe pipe = os::make_pipe();
  const int fd = pipe.reader.get();
  const Future<int> read;
  get_running_loop().add_reader(fd, [fd, read] {
    char byte;
    if (!read.done()) {
      read.set_result(static_cast<int>(os::syscalls.read(fd, &byte, 1)));
    }
  });
  pipe.writer.reset();
  log(co_await read);
  get_running_loop().remove_reader(fd);
}

SCENARIO(threadsafe_calls_in_its_own_thread) {
  EventLoop& loop = get_running_loop();
  loop.call_soon(log, "a");
  loop.call_soon_threadsafe(log, "b");
  loop.call_soon(log, "c");
  co_await sleep(ms(0));
}

SCENARIO(threadsafe_calls_of_another_thread) {
  EventLoop& loop = get_running_loop();
  loop::sync::Event done;
  std::thread thread([&] {
    for (int i = 0; i < 3; ++i) {
      loop.call_soon_threadsafe(log, i);
    }
    loop.call_soon_threadsafe([&] { done.set(); });
  });
  co_await done.wait();
  thread.join();
  log("main");
}

SCENARIO(jobs_in_another_thread) {
  const auto job = [](std::string text) { return text + "!"; };
  const auto fail = []() -> std::string { throw std::invalid_argument(""); };
  EventLoop& loop = get_running_loop();
  scheduler::Executor& executor = loop.default_executor();
  const std::thread::id main = std::this_thread::get_id();
  const auto here = loop::run_in_executor(
      executor, [main] { return std::this_thread::get_id() == main; });
  log(co_await here);
  co_await caught(log, loop::run_in_executor(executor, job, "a"));
  co_await caught(log, loop::run_in_executor(executor, fail));
  co_await caught(log, loop::to_thread(job, "b"));
  co_await caught(log, loop::wrap_future(loop::run_coroutine_threadsafe(
                           say(log, "c"), loop)));
}

SCENARIO(signals_are_callbacks) {
  EventLoop& loop = get_running_loop();
  loop::sync::Semaphore both(0);
  const auto handler = [log, &both](std::string name) {
    return [log, &both, name] {
      log(name);
      both.release();
    };
  };
  loop.add_signal_handler(SIGUSR1, handler("replaced"));
  loop.add_signal_handler(SIGUSR1, handler("usr1"));
  loop.add_signal_handler(SIGUSR2, handler("usr2"));
  raise(SIGUSR1);
  raise(SIGUSR2);
  log("killed");
  co_await both.acquire();
  co_await both.acquire();
  log(loop.remove_signal_handler(SIGUSR1));
  log(loop.remove_signal_handler(SIGUSR1));
  attempt(log, [&] { loop.add_signal_handler(SIGKILL, handler("never")); });
}

}  // namespace
}  // namespace tests

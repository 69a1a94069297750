// A message there and an answer back, between two processes on one processor.
//
//   bazel run --config=bench //bench:ipc_roundtrip_bench
//
// limit/raw_pipe   eight bytes by read and write, nothing else
// pipe             the same as a value through two one-way connections
// limit/futex      a word changed and a sleeper woken, by hand
// shm_event        the same by two ipc::Events
//
// On one processor, because that is the cost of the way itself: on two it is
// mostly the time that an idle processor needs to wake up. One iteration is
// one trip there and back. Targets: each at most 1.15 times its limit.
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "benchmark/benchmark.h"
#include "ipc/connection.h"
#include "ipc/event.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/shared.h"
#include "os/io.h"
#include "os/unique_fd.h"

namespace {

void limit_raw_pipe(benchmark::State& state) {
  os::Pipe there = os::make_pipe();
  os::Pipe back = os::make_pipe();
  ipc::Process echo(
      [](os::UniqueFd in, os::UniqueFd out) {
        uint64_t word;
        while (read(in.get(), &word, sizeof word) == sizeof word &&
               write(out.get(), &word, sizeof word) == sizeof word) {
        }
      },
      std::move(there.reader), std::move(back.writer));
  echo.start();
  uint64_t word = 1;
  for (auto _ : state) {
    if (write(there.writer.get(), &word, sizeof word) != sizeof word ||
        read(back.reader.get(), &word, sizeof word) != sizeof word) {
      abort();
    }
  }
}

void pipe_connection(benchmark::State& state) {
  auto [our_in, their_out] = ipc::make_pipe(false);
  auto [their_in, our_out] = ipc::make_pipe(false);
  ipc::Process echo(
      [](ipc::Connection in, ipc::Connection out) {
        for (;;) {
          out.send(in.recv<uint64_t>());
        }
      },
      std::move(their_in), std::move(their_out));
  echo.start();
  uint64_t word = 1;
  for (auto _ : state) {
    our_out.send(word);
    word = our_in.recv<uint64_t>();
  }
  echo.kill();
}

struct Words {
  std::atomic<uint32_t> there = 0;
  std::atomic<uint32_t> back = 0;
};

void raise_word(std::atomic<uint32_t>& word) {
  word.store(1);
  syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}
void await_word(std::atomic<uint32_t>& word) {
  while (word.load() == 0) {
    syscall(SYS_futex, &word, FUTEX_WAIT, 0, nullptr, nullptr, 0);
  }
  word.store(0);
}

void limit_futex(benchmark::State& state) {
  const ipc::Shared<Words> words;
  ipc::Process echo([&] {
    for (;;) {
      await_word(words->there);
      raise_word(words->back);
    }
  });
  echo.start();
  for (auto _ : state) {
    raise_word(words->there);
    await_word(words->back);
  }
  echo.kill();
}

struct Events {
  ipc::Event there;
  ipc::Event back;
};

void shm_event(benchmark::State& state) {
  const ipc::Shared<Events> events;
  ipc::Process echo([&] {
    for (;;) {
      events->there.wait();
      events->there.clear();
      events->back.set();
    }
  });
  echo.start();
  for (auto _ : state) {
    events->there.set();
    events->back.wait();
    events->back.clear();
  }
  echo.kill();
}

}  // namespace

int main(int argc, char** argv) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);  // the children inherit it
  for (const auto& [name, function] :
       {std::pair("limit/raw_pipe", &limit_raw_pipe),
        std::pair("pipe", &pipe_connection),
        std::pair("limit/futex", &limit_futex),
        std::pair("shm_event", &shm_event)}) {
    benchmark::RegisterBenchmark(name, function)->UseRealTime();
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

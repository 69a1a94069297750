// How many messages a second one process can hand to another.
//
//   bazel run --config=bench //bench:ipc_stream_bench
//
// limit/memcpy         into a ring and out again, in one process: the memory
// limit/spinning_ring  two processes that never sleep, 64 items published
//                      together (one of 64 KiB)
// spsc_ring            ipc::SpscRing, one at a time, and in batches of 64
// limit/futex_lock     one futex lock around a ring, without sleep or safety
// queue                ipc::Queue
//
// Targets: spsc_ring in batches at least 0.8 times the spinning ring, one at a
// time 0.4 times; queue at least 0.7 times its limit.
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ipc/process.h"
#include "ipc/queue.h"
#include "ipc/shared.h"
#include "ipc/spsc_ring.h"

namespace {

template <size_t size>
using Message = std::array<std::byte, size>;

// As many as fit into half a megabyte of second-level cache, but not fewer
// than sixteen.
template <size_t size>
constexpr size_t kSlots = std::max<size_t>(512 * 1024 / size, 16);
template <size_t size>
constexpr size_t kBatch = std::min<size_t>(64, kSlots<size> / 2);

template <size_t size>
void count(benchmark::State& state, uint64_t messages) {
  state.SetItemsProcessed(static_cast<int64_t>(messages));
  state.SetBytesProcessed(static_cast<int64_t>(messages * size));
}

// Reads for as long as the benchmark lasts what `produce` writes elsewhere.
// `consume` says how many messages it has got.
template <size_t size, class Produce, class Consume>
void stream(benchmark::State& state, Produce produce, Consume consume) {
  ipc::Process producer([&] {
    for (;;) {
      produce();
    }
  });
  producer.start();
  uint64_t messages = 0;
  for (auto _ : state) {
    messages += consume();
  }
  producer.kill();
  count<size>(state, messages);
}

template <size_t size>
void limit_memcpy(benchmark::State& state) {
  std::vector<Message<size>> ring(kSlots<size>);
  Message<size> message = {};
  uint64_t number = 0;
  for (auto _ : state) {
    Message<size>& slot = ring[number++ % kSlots<size>];
    benchmark::DoNotOptimize(message);
    slot = message;
    benchmark::DoNotOptimize(slot);
    message = slot;
  }
  count<size>(state, number);
}

template <size_t size>
struct SpinningRing {
  alignas(64) std::atomic<uint64_t> written = 0;
  alignas(64) std::atomic<uint64_t> read = 0;
  alignas(64) std::array<Message<size>, kSlots<size>> slots;
};

template <size_t size>
void limit_spinning_ring(benchmark::State& state) {
  const ipc::Shared<SpinningRing<size>> ring;
  uint64_t at = 0;
  std::vector<Message<size>> in(kBatch<size>);
  const std::vector<Message<size>> out(kBatch<size>);
  // Acquire and release: what is in a slot is seen with the number that tells
  // of it, and overwritten after the one that frees it.
  stream<size>(
      state,
      [&] {
        while (at + kBatch<size> - ring->read.load(std::memory_order_acquire) >
               kSlots<size>) {
        }
        for (const Message<size>& message : out) {
          ring->slots[at++ % kSlots<size>] = message;
        }
        ring->written.store(at, std::memory_order_release);
      },
      [&] {
        while (ring->written.load(std::memory_order_acquire) - at <
               kBatch<size>) {
        }
        for (Message<size>& message : in) {
          message = ring->slots[at++ % kSlots<size>];
        }
        ring->read.store(at, std::memory_order_release);
        return kBatch<size>;
      });
}

template <size_t size, size_t batch>
void spsc_ring(benchmark::State& state) {
  ipc::SpscRing<Message<size>> ring(kSlots<size>);
  std::vector<Message<size>> in(batch);
  const std::vector<Message<size>> out(batch);
  stream<size>(
      state, [&] { ring.write(out); }, [&] { return ring.read(in); });
}

// The well-known lock of three states: free, held, held and waited for.
struct FutexLock {
  std::atomic<uint32_t> word = 0;
  void lock() {
    uint32_t seen = 0;
    if (word.compare_exchange_strong(seen, 1)) {
      return;
    }
    while (word.exchange(2) != 0) {
      syscall(SYS_futex, &word, FUTEX_WAIT, 2, nullptr, nullptr, 0);
    }
  }
  void unlock() {
    if (word.exchange(0) == 2) {
      syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
    }
  }
};

template <size_t size>
struct LockedRing {
  FutexLock lock;
  uint64_t written = 0;
  uint64_t read = 0;
  std::array<Message<size>, kSlots<size>> slots;
};

template <size_t size>
void limit_futex_lock(benchmark::State& state) {
  const ipc::Shared<LockedRing<size>> ring;
  Message<size> message = {};
  // What is full or empty is asked again after a turn for the others.
  const auto attempt = [&](auto possible, auto act) {
    for (;;) {
      ring->lock.lock();
      const bool done = possible();
      if (done) {
        act();
      }
      ring->lock.unlock();
      if (done) {
        return;
      }
      sched_yield();
    }
  };
  stream<size>(
      state,
      [&] {
        attempt([&] { return ring->written - ring->read < kSlots<size>; },
                [&] { ring->slots[ring->written++ % kSlots<size>] = message; });
      },
      [&] {
        attempt([&] { return ring->written > ring->read; },
                [&] { message = ring->slots[ring->read++ % kSlots<size>]; });
        benchmark::DoNotOptimize(message);
        return 1;
      });
}

template <size_t size>
void queue(benchmark::State& state) {
  ipc::Queue<Message<size>> queue(kSlots<size>);
  const Message<size> message = {};
  stream<size>(
      state, [&] { queue.put(message); },
      [&] {
        benchmark::DoNotOptimize(queue.get());
        return 1;
      });
}

void add(const char* name, void (*function)(benchmark::State&)) {
  benchmark::RegisterBenchmark(name, function)->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  constexpr size_t kSmall = 64;
  constexpr size_t kLarge = 64 * 1024;
  add("limit/memcpy/64", &limit_memcpy<kSmall>);
  add("limit/spinning_ring/64", &limit_spinning_ring<kSmall>);
  add("spsc_ring/64/batches", &spsc_ring<kSmall, 64>);
  add("spsc_ring/64/one", &spsc_ring<kSmall, 1>);
  add("limit/memcpy/65536", &limit_memcpy<kLarge>);
  add("limit/spinning_ring/65536", &limit_spinning_ring<kLarge>);
  add("spsc_ring/65536/one", &spsc_ring<kLarge, 1>);
  add("limit/futex_lock/64", &limit_futex_lock<kSmall>);
  add("queue/64", &queue<kSmall>);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

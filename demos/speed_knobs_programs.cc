#include "demos/speed_knobs_programs.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <numeric>
#include <random>
#include <utility>

#include "demos/support/machine.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"

namespace demos {

namespace {

constexpr int kAdditions = 80'000'000;  // some turns of a CPU that is shared
constexpr int kFiles = 200;
constexpr size_t kFileSize = 64 << 10;

int64_t own_switches() {
  rusage usage{};
  os::check(getrusage(RUSAGE_THREAD, &usage), "getrusage");
  return usage.ru_nvcsw;
}

Took measured(const std::function<void()>& program) {
  auto& clock = scheduler::SteadyClock::instance();
  const int64_t switches = own_switches();
  const auto cpu = support::thread_cpu_time();
  const auto start = clock.now();
  program();
  return {.wall_s = scheduler::in_seconds(clock.now() - start),
          .cpu_s = scheduler::in_seconds(support::thread_cpu_time() - cpu),
          .own_switches = own_switches() - switches};
}

// Each depends on the one before, so neither the compiler nor the CPU can do
// them in another way or at once. A CPU that keeps such a sum in a register,
// and not in memory, takes a quarter of a nanosecond for each, others six times
// that.
void add(int count) {
  volatile uint64_t sum = 0;
  for (int i = 0; i < count; ++i) {
    sum = sum + static_cast<uint64_t>(i);
  }
}

}  // namespace

Took add_numbers() {
  return measured([] { add(kAdditions); });
}

Took wait_for_answers(int count, scheduler::Duration latency) {
  // By default the system may be 50 us late, to wake several at once.
  os::check(prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0), "prctl(TIMERSLACK)");
  return measured([&] {
    for (int i = 0; i < count; ++i) {
      scheduler::SteadyClock::instance().sleep_for(latency);
    }
  });
}

Walk::Walk(size_t bytes) : next_(bytes / sizeof(uint32_t)) {
  // One circle through all places, in an order that no prefetcher guesses
  // (Sattolo's shuffle), the same in each run.
  std::iota(next_.begin(), next_.end(), 0u);
  std::mt19937 random(1);
  for (size_t i = next_.size() - 1; i > 0; --i) {
    std::swap(next_[i], next_[random() % i]);
  }
}

Took Walk::run(int steps) const {
  return measured([&] {
    volatile uint32_t end = 0;
    uint32_t place = 0;
    for (int i = 0; i < steps; ++i) {
      place = next_[place];
    }
    end = place;  // somebody wants to know
    (void)end;
  });
}

Rivals::Rivals(int count) {
  for (int i = 0; i < count; ++i) {
    processes_.push_back(std::make_unique<support::ChildTree>([] {
      for (;;) {
        add(kAdditions);
      }
    }));
  }
}

Files::Files() {
  const std::vector<std::byte> content(kFileSize);
  for (int i = 0; i < kFiles; ++i) {
    const os::UniqueFd file(
        os::check(os::syscalls.open(path_of(i).c_str(),
                                    O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
                  "open"));
    os::write_all(file.get(), content);
  }
  sync();  // only what is on the disk can be forgotten
}

std::string Files::path_of(int file) const {
  return folder_.path() + "/" + std::to_string(file);
}

Took Files::read(bool cold) const {
  std::vector<os::UniqueFd> files;
  for (int i = 0; i < kFiles; ++i) {
    files.emplace_back(os::check(
        os::syscalls.open(path_of(i).c_str(), O_RDONLY | O_CLOEXEC, 0),
        "open"));
    // Each is to be waited for by itself, without reading ahead; and an advice
    // that is not followed shows in the times.
    posix_fadvise(files.back().get(), 0, 0, POSIX_FADV_RANDOM);
    if (cold) {
      posix_fadvise(files.back().get(), 0, 0, POSIX_FADV_DONTNEED);
    }
  }
  return measured([&] {
    std::array<std::byte, 4096> page;
    for (const os::UniqueFd& file : files) {
      while (os::read_some(file.get(), page).value_or(0) > 0) {
      }
    }
  });
}

}  // namespace demos

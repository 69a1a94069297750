// demos/measure_lies.cc - two rulers that the documents use, beside better
// ones.
//
// They take time by subtracting readings of the wall clock, which somebody may
// set in between; and memory from a tracer of allocations, which sees one
// process and slows it down. [C-189] [C-192]
//
//   bazel run //demos:measure_lies
//   bazel run //demos:measure_lies -- --clock
//   bazel run //demos:measure_lies -- --memory
//
// Predict: four workers hold 10 MB each, their parent 20 MB, made before they
// were forked. What do the tracer, the resident sizes and the proportional
// sizes say? Expected: a table for each ruler, and last
//   VERDICT C-192 wrong: ...
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <memory_resource>
#include <string>
#include <unordered_map>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "os/io.h"
#include "os/proc.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using scheduler::Duration;
using support::fixed;
using support::print;

// What the time of day is to a computer: a clock that only goes forward, plus
// an offset that an administrator, or a daemon, may change at any moment. (Ours
// is a model: to set the real one would be no demo but a nuisance.)
class WallClock {
 public:
  double now() const {
    return scheduler::in_seconds(steady_.now().time_since_epoch()) + offset_;
  }
  void set_back(double seconds) { offset_ -= seconds; }

 private:
  const scheduler::Clock& steady_ = scheduler::SteadyClock::instance();
  double offset_ = 1e9;  // 2001, as good as any
};

void compare_clocks(support::Verdicts& verdicts) {
  constexpr double kHour = 3600;
  constexpr Duration kHalf = std::chrono::milliseconds(25);
  auto& monotonic = scheduler::SteadyClock::instance();
  WallClock wall;
  const double wall_start = wall.now();
  const auto start = monotonic.now();
  monotonic.sleep_for(kHalf);
  wall.set_back(kHour);
  monotonic.sleep_for(kHalf);
  const double by_wall = wall.now() - wall_start;
  const double by_monotonic = scheduler::in_seconds(monotonic.now() - start);

  support::Table table({"clock", "says that the work took"});
  table.add(
      {"wall clock, set back by an hour meanwhile", fixed(by_wall, 2) + " s"});
  table.add({"monotonic clock", fixed(by_monotonic, 2) + " s"});
  print(table.text() + "\n");
  verdicts.add(
      "C-189",
      (by_wall < 0 && by_monotonic > 0 ? "imprecise: " : "not shown: ") +
          ("the wall clock says " + fixed(by_wall, 2) +
           " s, the monotonic one " + fixed(by_monotonic, 2) + " s"));
}

// As Python's tracemalloc: remembers the size of each block that it hands out,
// in this process.
class Tracer : public std::pmr::memory_resource {
 public:
  int64_t bytes() const { return bytes_; }

 private:
  void* do_allocate(size_t size, size_t alignment) override {
    void* const block = heap_->allocate(size, alignment);
    traces_[block] = size;
    bytes_ += static_cast<int64_t>(size);
    return block;
  }
  void do_deallocate(void* block, size_t size, size_t alignment) override {
    traces_.erase(block);
    bytes_ -= static_cast<int64_t>(size);
    heap_->deallocate(block, size, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::pmr::memory_resource* const heap_ = std::pmr::new_delete_resource();
  std::unordered_map<void*, size_t> traces_;
  int64_t bytes_ = 0;
};

constexpr int64_t kMegabyte = 1'000'000;
constexpr int kWorkers = 4;
constexpr int64_t kOfParent = 20 * kMegabyte;
constexpr int64_t kOfWorker = 10 * kMegabyte;

// Filled, or the system would not give a single page for it.
std::pmr::vector<char> list_of(int64_t bytes, Tracer& tracer) {
  return {static_cast<size_t>(bytes), 'x', &tracer};
}

// How long it takes to put together a list of small pieces.
double seconds_for_pieces(std::pmr::memory_resource* memory) {
  constexpr int kPieces = 200'000;
  const auto& clock = scheduler::SteadyClock::instance();
  const auto start = clock.now();
  std::pmr::list<int> pieces(memory);
  for (int i = 0; i < kPieces; ++i) {
    pieces.push_back(i);
  }
  return scheduler::in_seconds(clock.now() - start);
}

std::string megabytes(int64_t bytes) {
  return fixed(static_cast<double>(bytes) / kMegabyte, 1);
}

void compare_rulers(support::Verdicts& verdicts) {
  const support::InterruptScope ctrl_c;
  Tracer tracer;
  const auto of_parent = list_of(kOfParent, tracer);
  const os::Pipe ready = os::make_pipe();
  os::Pipe go = os::make_pipe();
  std::vector<std::unique_ptr<support::ChildTree>> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.push_back(std::make_unique<support::ChildTree>([&] {
      go.writer.reset();
      const auto own = list_of(kOfWorker, tracer);
      os::write_all(ready.writer.get(), os::bytes_of("r"));
      std::array<std::byte, 1> end;
      os::read_some(go.reader.get(), end);  // until the parent has measured
    }));
  }
  for (int i = 0; i < kWorkers; ++i) {
    std::array<std::byte, 1> one;
    os::read_some(ready.reader.get(), one);
    support::throw_if_interrupted();
  }
  int64_t resident = 0;
  int64_t proportional = 0;
  for (const pid_t pid : os::tree_of(getpid())) {
    const auto status = os::read_status(pid);
    resident += status ? status->rss_bytes : 0;
    proportional += os::read_pss(pid).value_or(0);
  }
  const int64_t traced = tracer.bytes();
  go.writer.reset();
  for (const auto& worker : workers) {
    worker->wait();
  }
  Tracer slow;
  const double plain_s = seconds_for_pieces(std::pmr::new_delete_resource());
  const double traced_s = seconds_for_pieces(&slow);

  const int64_t held = kOfParent + kWorkers * kOfWorker;
  support::Table table({"ruler", "MB", "what it counts"});
  table.add({"the lists, as written in the source", megabytes(held), ""});
  table.add({"tracer in the parent", megabytes(traced), "its own blocks"});
  table.add({"resident, all processes", megabytes(resident),
             "shared pages once for each"});
  table.add({"proportional, all processes", megabytes(proportional),
             "shared pages once"});
  print(table.text() + "\n");
  verdicts.add(
      "C-192",
      (traced < held / 2 && proportional > held && resident > proportional
           ? "wrong: "
           : "not shown: ") +
          ("of " + megabytes(held) + " MB in " + std::to_string(kWorkers + 1) +
           " processes the tracer sees " + megabytes(traced) +
           "; resident sizes add up to " + megabytes(resident) +
           ", proportional ones to " + megabytes(proportional) +
           "; small allocations take " + fixed(traced_s / plain_s, 1) +
           " times as long under the tracer"));
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("measure_lies", [&] {
    bool clock = false;
    bool memory = false;
    support::Flags flags("measure_lies", "wrong rulers beside better ones");
    flags.toggle("clock", &clock, "time only");
    flags.toggle("memory", &memory, "memory only");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::Verdicts verdicts;
    if (clock || !memory) {
      compare_clocks(verdicts);
    }
    if (memory || !clock) {
      compare_rulers(verdicts);
    }
    print(verdicts.text());
    return 0;
  });
}

// demos/release_io.cc - what lets go of the lock, and what that is worth.
//
// Four threads under one global lock sleep, read from a pipe whose other end
// takes its time, and hash a block of memory: once keeping the lock, once
// without it in their hands meanwhile. Waits then overlap; and work that needs
// no bytecode uses more than one CPU. [C-150] [C-156] [C-168] [C-173]
//
//   bazel run //demos:release_io
//   bazel run //demos:release_io -- --work=hash --threads=2
//
// Predict the time of four sleeps of 100 ms, and the CPU that four hashes use.
// Expected: a table, and last
//   VERDICT C-168 imprecise: ...
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/thread.h"
#include "os/io.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using support::fixed;
using support::print;

constexpr scheduler::Duration kDelay = std::chrono::milliseconds(100);

scheduler::Clock& the_clock() {
  return scheduler::SteadyClock::instance();
}

void sleep() {
  the_clock().sleep_for(kDelay);
}

// Answers a byte with a byte, after its delay; as a disk or a server would.
class Device {
 public:
  Device() : thread_([this] { serve(); }) { thread_.start(); }
  ~Device() { request_.writer.reset(); }  // the end for the thread

  void read() {
    std::array<std::byte, 1> byte{};
    os::write_all(request_.writer.get(), byte);
    os::read_all(answer_.reader.get(), byte);
  }

 private:
  void serve() {
    std::array<std::byte, 1> byte;
    while (os::read_all(request_.reader.get(), byte) == 1) {
      the_clock().sleep_for(kDelay);
      os::write_all(answer_.writer.get(), byte);
    }
  }

  os::Pipe request_ = os::make_pipe();
  os::Pipe answer_ = os::make_pipe();
  gil_sim::Thread thread_;
};

// FNV-1a, over and over: no object of the interpreter is touched, so the lock
// protects nothing here.
void hash() {
  static const std::vector<uint8_t> block(1 << 20, 42);
  volatile uint64_t result;
  for (int round = 0; round < 40; ++round) {
    uint64_t mixed = 14695981039346656037u;
    for (const uint8_t byte : block) {
      mixed = (mixed ^ byte) * 1099511628211u;
    }
    result = mixed;
  }
  static_cast<void>(result);
}

struct Row {
  std::string work;
  bool releases;
  int threads;
  double seconds;
  double cpu_seconds;

  double utilisation() const { return cpu_seconds / seconds; }
};

Row measure(const std::string& work, bool releases, int threads) {
  gil_sim::Gil gil;
  std::deque<Device> devices(work == "read" ? static_cast<size_t>(threads)
                                            : size_t{0});
  const auto begin = the_clock().now();
  const auto cpu = support::process_cpu_time();
  {
    std::deque<gil_sim::Thread> all;
    for (int i = 0; i < threads; ++i) {
      all.emplace_back([&, i] {
           const gil_sim::WithGil held(gil);
           std::optional<gil_sim::AllowThreads> allow;
           if (releases) {
             allow.emplace();
           }
           if (work == "sleep") {
             sleep();
           } else if (work == "read") {
             devices[static_cast<size_t>(i)].read();
           } else {
             hash();
           }
         })
          .start();
    }
  }
  return {
      .work = work,
      .releases = releases,
      .threads = threads,
      .seconds = scheduler::in_seconds(the_clock().now() - begin),
      .cpu_seconds = scheduler::in_seconds(support::process_cpu_time() - cpu)};
}

const Row* find(const std::vector<Row>& rows, const std::string& work,
                bool releases) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
        return row.work == work && row.releases == releases;
      });
  return found == rows.end() ? nullptr : &*found;
}

std::string percent(double share) {
  return fixed(100 * share, 0) + " %";
}

// [C-156]
void judge_waits(const std::vector<Row>& rows, support::Verdicts& verdicts) {
  const double delay = scheduler::in_seconds(kDelay);
  std::string text;
  bool shown = true;
  for (const char* const work : {"sleep", "read"}) {
    const Row* const keeps = find(rows, work, false);
    const Row* const releases = find(rows, work, true);
    if (keeps == nullptr || releases == nullptr) {
      continue;
    }
    text += (text.empty() ? "" : "; ") + std::string(work) + " " +
            fixed(releases->seconds, 2) + " s, keeping it " +
            fixed(keeps->seconds, 2) + " s";
    shown = shown && releases->seconds < 1.5 * delay &&
            keeps->seconds >= delay * keeps->threads;
  }
  if (!text.empty()) {
    verdicts.add("C-156", (shown ? "true: " : "not shown: ") +
                              std::to_string(rows.front().threads) +
                              " waits of " + fixed(delay, 2) +
                              " s that let go of the lock: " + text);
  }
}

// [C-150] [C-168] [C-173]
void judge_hashes(const Row& keeps, const Row& releases,
                  support::Verdicts& verdicts) {
  const bool shown = releases.utilisation() > 1.2 && keeps.utilisation() < 1.1;
  const auto word = [&](const char* if_shown) {
    return shown                         ? std::string(if_shown)
           : support::usable_cpus() == 1 ? "not shown on one processor: "
                                         : "not shown: ";
  };
  const std::string threads = std::to_string(keeps.threads) + " threads ";
  verdicts.add("C-150", word("true of bytecode only: ") + threads +
                            "that hash without the lock are " +
                            fixed(keeps.seconds / releases.seconds, 2) +
                            " times as fast as under it");
  verdicts.add("C-173", word("imprecise: ") + "bytecode takes turns, " +
                            percent(keeps.utilisation()) +
                            " of a CPU; what is outside of it does not, " +
                            percent(releases.utilisation()));
  verdicts.add("C-168", word("imprecise: ") + threads +
                            "of one process, with one lock, used " +
                            percent(releases.utilisation()) + " of a CPU");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("release_io", [&] {
    std::vector<std::string> works = {"sleep", "read", "hash"};
    int threads = 4;
    support::Flags flags("release_io", "what lets go of the lock");
    flags.choices("work", &works, works, "what each thread does");
    flags.number("threads", &threads, 2, 16, "how many do it");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    std::vector<Row> rows;
    support::Table table({"work", "the lock is", "threads", "time s", "cpu %"});
    for (const std::string& work : works) {
      for (const bool releases : {false, true}) {
        const Row& row = rows.emplace_back(measure(work, releases, threads));
        table.add({work, releases ? "dropped" : "kept", std::to_string(threads),
                   fixed(row.seconds, 3), fixed(100 * row.utilisation(), 0)});
      }
    }
    support::Verdicts verdicts;
    judge_waits(rows, verdicts);
    if (const Row* const keeps = find(rows, "hash", false)) {
      judge_hashes(*keeps, *find(rows, "hash", true), verdicts);
    }
    print(table.text() + "\n" + verdicts.text());
    return 0;
  });
}

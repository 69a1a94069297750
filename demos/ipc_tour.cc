// demos/ipc_tour.cc - six ways from one process to another.
//
// A message there and an answer back, then many messages one way; and how often
// the system was called for it, counted from outside. [C-131] [C-132] With
// --against=threads the same between two threads, which share their memory and
// hand over a pointer. [C-133]
//
//   bazel run //demos:ipc_tour
//   bazel run //demos:ipc_tour -- --against=threads --bytes=65536 --cpus=1
//
// Predict which is quickest, and which takes most in a second. Expected: a row
// for each, and last
//   VERDICT C-132 true: ...
#include <sched.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "demos/ipc_tour_calls.h"
#include "demos/ipc_tour_ways.h"
#include "demos/support/child_tree.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "ipc/event.h"
#include "ipc/shared.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using support::fixed;
using support::print;

struct Plan {
  size_t bytes = 0;
  int trips = 0;   // there and back
  int stream = 0;  // one way
};

struct Costs {
  double trip_us = 0;    // half of there and back
  double stream_us = 0;  // each of many
  std::optional<double> calls = {};
};

enum class Peer { kProcess, kThread };

// The other side.
void answer(Channel& there, Channel& back, const Plan& plan,
            ipc::Event& ready) {
  std::vector<std::byte> message(plan.bytes);
  there.begin_to_receive();
  ready.set();
  for (int i = 0; i < plan.trips; ++i) {
    there.receive(message);
    back.send(message);
  }
  for (int i = 0; i < plan.stream; ++i) {
    there.receive(message);
  }
  back.send(message);
}

// This side.
Costs ask(Channel& there, Channel& back, const Plan& plan, ipc::Event& ready) {
  const auto& clock = scheduler::SteadyClock::instance();
  std::vector<std::byte> message(plan.bytes);
  ready.wait();
  const auto begin = clock.now();
  for (int i = 0; i < plan.trips; ++i) {
    there.send(message);
    back.receive(message);
  }
  const auto middle = clock.now();
  for (int i = 0; i < plan.stream; ++i) {
    there.send(message);
  }
  back.receive(message);
  const auto end = clock.now();
  return {
      .trip_us = 1e6 * scheduler::in_seconds(middle - begin) /
                 std::max(2 * plan.trips, 1),
      .stream_us =
          1e6 * scheduler::in_seconds(end - middle) / std::max(plan.stream, 1),
  };
}

Costs exchange(const Way& way, const Plan& plan, Peer peer) {
  const auto there = way.make(plan.bytes);
  const auto back = way.make(plan.bytes);
  const ipc::Shared<ipc::Event> ready;
  back->begin_to_receive();
  const auto other_side = [&] { answer(*there, *back, plan, *ready); };
  if (peer == Peer::kThread) {
    const std::jthread thread(other_side);
    return ask(*there, *back, plan, *ready);
  }
  support::ChildTree process(other_side);
  const Costs costs = ask(*there, *back, plan, *ready);
  process.wait();
  return costs;
}

// By the difference of two runs, so that what comes before and after them does
// not count.
std::optional<double> calls_of(const Way& way, size_t bytes, Peer peer) {
  constexpr int kFew = 100;
  constexpr int kMany = 400;
  const auto count = [&](int trips) {
    return system_calls_of(
        [&, trips] { exchange(way, {.bytes = bytes, .trips = trips}, peer); });
  };
  const auto few = count(kFew);
  const auto many = count(kMany);
  if (!few || !many) {
    return std::nullopt;
  }
  return static_cast<double>(*many - *few) / (2 * (kMany - kFew));
}

Costs measure(const Way& way, const Plan& plan, Peer peer) {
  Costs costs = exchange(way, plan, peer);
  support::throw_if_interrupted();
  costs.calls = calls_of(way, plan.bytes, peer);
  return costs;
}

void use_cpus(int count) {
  cpu_set_t allowed;
  os::check(sched_getaffinity(0, sizeof allowed, &allowed),
            "sched_getaffinity");
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed) && --count < 0) {
      CPU_CLR(cpu, &allowed);
    }
  }
  os::check(sched_setaffinity(0, sizeof allowed, &allowed),
            "sched_setaffinity");
}

// The ways of a tour and what they cost, row by row.
struct Tour {
  explicit Tour(size_t message_size) : bytes(message_size) {}

  void add_row(const Way& way, const Costs& costs) {
    const bool carries = way.name != "signal";
    table.add(
        {way.name, fixed(costs.trip_us, 1), fixed(costs.stream_us, 2),
         carries ? fixed(static_cast<double>(bytes) / costs.stream_us, 0) : "-",
         std::to_string(way.copies),
         costs.calls ? fixed(*costs.calls, 1) : "?"},
        carries ? "" : "carries one number");
  }
  // One between processes, which competes.
  void add(const Way& way, const Costs& costs) {
    add_row(way, costs);
    if (costs.trip_us < quickest) {
      quickest = costs.trip_us;
      quickest_name = way.name;
    }
    if (way.name != "signal" && costs.stream_us < densest) {
      densest = costs.stream_us;
      densest_name = way.name;
    }
    if (costs.calls) {
      calls +=
          (calls.empty() ? "" : ", ") + way.name + " " + fixed(*costs.calls, 1);
      fewest_calls = std::min(fewest_calls, *costs.calls);
    }
    ++count;
  }

  const size_t bytes;
  support::Table table{
      {"way", "us one way", "us in a stream", "MB/s", "copies", "calls"}};
  int count = 0;
  double quickest = std::numeric_limits<double>::infinity();
  double densest = std::numeric_limits<double>::infinity();
  std::string quickest_name;
  std::string densest_name;
  std::string calls;
  double fewest_calls = std::numeric_limits<double>::infinity();
};

std::string lines_text() {
  std::string text = "threads " + std::to_string(lines_of(threads_way()));
  for (const Way& way : ways()) {
    text += ", " + way.name + " " + std::to_string(lines_of(way));
  }
  return text;
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("ipc_tour", [&] {
    Plan plan{.bytes = 4096, .trips = 2000, .stream = 10'000};
    int bytes = 4096;
    int cpus = support::usable_cpus();
    std::vector<std::string> against = {"none"};
    support::Flags flags("ipc_tour", "six ways from process to process");
    flags.number("bytes", &bytes, 1, 1 << 20, "of a message");
    flags.number("trips", &plan.trips, 1, 1'000'000, "there and back");
    flags.number("stream", &plan.stream, 1, 10'000'000, "messages one way");
    flags.number("cpus", &cpus, 1, 1024, "to be used at most",
                 "as many as there are");
    flags.choices("against", &against, {"none", "threads"},
                  "who else does the same");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    plan.bytes = static_cast<size_t>(bytes);
    const support::InterruptScope interruptible;
    use_cpus(cpus);
    print("messages of " + std::to_string(bytes) + " bytes\n\n");
    Tour tour(plan.bytes);
    for (const Way& way : ways()) {
      if (plan.bytes <= way.longest) {
        tour.add(way, measure(way, plan, Peer::kProcess));
      }
    }
    support::Verdicts verdicts;
    verdicts.add("C-131", "found: " + std::to_string(tour.count) +
                              " ways; quickest: " + tour.quickest_name + ", " +
                              fixed(tour.quickest, 1) +
                              " us; most in a stream: " + tour.densest_name +
                              ", one each " + fixed(tour.densest, 2) + " us");
    if (std::find(against.begin(), against.end(), "threads") != against.end()) {
      const Costs threads = measure(threads_way(), plan, Peer::kThread);
      tour.add_row(threads_way(), threads);
      verdicts.add(
          "C-133",
          (threads.stream_us < tour.densest ? "true: " : "not shown: ") +
              ("a message between threads takes " +
               fixed(threads.stream_us, 2) +
               " us in a stream, between processes " + fixed(tour.densest, 2) +
               " at best; lines of source: " + lines_text()));
    }
    print(tour.table.text() + "\n");
    if (!tour.calls.empty()) {
      verdicts.add("C-132", (tour.fewest_calls > 0 ? "true: " : "not shown: ") +
                                ("system calls for a message and its share of "
                                 "the answer: " +
                                 tour.calls));
    }
    print(verdicts.text());
    return 0;
  });
}

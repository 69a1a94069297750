// demos/pool_map.cc - one function over many values, by a pool of processes.
//
// The list is cut into chunks, and whoever is free takes the next one. The
// results come back in the order of the list, whatever the order in which they
// were ready, and the workers are gone with the scope. [C-141] [C-142] Large
// chunks save messages, small ones share out evenly: that is what the rule,
// length / (4 x workers), weighs up. [C-143] And work for the CPU gets done
// faster the more CPUs there are, up to as many. [C-126]
//
//   bazel run //demos:pool_map -- --workers=5 1 2 3
//   bazel run //demos:pool_map -- --work=sleep --workers=8 --chunks=auto,1,8
//
// Predict how many of five workers get something to do. Expected: [1, 4, 9],
// rows of workers, two tables, and last
//   VERDICT C-126 true: ...
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/pool_map_rows.h"
#include "demos/support/await_result.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "ipc/process_pool.h"
#include "os/proc.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using scheduler::Duration;
using scheduler::in_seconds;
using support::print;

scheduler::Clock& the_clock() {
  return scheduler::SteadyClock::instance();
}

template <class Work>
Done timed(Work work) {
  Done done{.worker = getpid(), .begin = the_clock().now()};
  done.value = work();
  done.end = the_clock().now();
  return done;
}

// The square; and a pause, so that it can be seen.
Done square(int value) {
  return timed([&] {
    the_clock().sleep_for(std::chrono::milliseconds(20));
    return int64_t{value} * value;
  });
}

Done wait_for(int64_t nanoseconds) {
  return timed([&] {
    the_clock().sleep_for(Duration(nanoseconds));
    return nanoseconds;
  });
}

Done burn(int64_t rounds) {
  return timed([&] {
    uint64_t state = 1;
    for (int64_t i = 0; i < rounds; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
    }
    return static_cast<int64_t>(state >> 1);
  });
}

void map_squares(const std::vector<int>& values, int workers,
                 support::Verdicts& verdicts) {
  std::vector<Done> squares;
  {
    ipc::ProcessPool pool(static_cast<size_t>(workers));
    squares = support::await_result(pool.map_async(square, values));
  }
  const size_t left = os::children_of(getpid()).size();
  std::vector<std::string> texts;
  for (const Done& done : squares) {
    texts.push_back(std::to_string(done.value));
  }
  const std::string list = "[" + support::joined(texts) + "]";
  print(list + "\n\n" + rows_of(squares, workers) + "\n");
  const size_t busy = workers_in(squares);
  verdicts.add("C-142", "found: " + list + "; of " + std::to_string(workers) +
                            " workers " + std::to_string(busy) +
                            " had something to do; left after the scope: " +
                            std::to_string(left));
}

// Zero stands for what the rule says.
size_t chunk_size(int chunk, size_t length, int workers) {
  return chunk > 0
             ? static_cast<size_t>(chunk)
             : ipc::default_chunksize(length, static_cast<size_t>(workers));
}

// How long it takes if whoever is free takes the next chunk, in units.
int makespan_of(const std::vector<int>& units, size_t chunk, int workers) {
  std::vector<int> free_at(static_cast<size_t>(workers));
  for (size_t i = 0; i < units.size(); i += chunk) {
    int& first = *std::min_element(free_at.begin(), free_at.end());
    for (size_t j = i; j < std::min(i + chunk, units.size()); ++j) {
      first += units[j];
    }
  }
  return *std::max_element(free_at.begin(), free_at.end());
}

// The waits of TEST 1.
void map_waits(int workers, const std::vector<int>& chunks, double unit_ms,
               support::Verdicts& verdicts) {
  std::vector<int> units;
  std::vector<int64_t> waits;
  for (int i = 0; i < bodies::sleeps().items; ++i) {
    units.push_back(bodies::delay_units(i));
    waits.push_back(static_cast<int64_t>(units.back() * unit_ms * 1e6));
  }
  ipc::ProcessPool pool(static_cast<size_t>(workers));
  support::Table table(
      {"chunks", "items in each", "units by the rule", "measured"});
  std::string found;
  size_t overtakers = 0;
  bool in_order = true;
  std::vector<Done> shown;
  for (const int chunk : chunks) {
    const size_t size = chunk_size(chunk, units.size(), workers);
    std::vector<Done> all =
        support::await_result(pool.map_async(wait_for, waits, size));
    const int expected = makespan_of(units, size, workers);
    const std::string measured =
        support::fixed(in_seconds(span_of(all)) * 1e3 / unit_ms, 1);
    const std::string name = chunk == 0 ? "auto" : std::to_string(chunk);
    table.add({name, std::to_string(size), std::to_string(expected), measured});
    found += (found.empty() ? "" : ", ") + name + " " +
             std::to_string(expected) + " (measured " + measured + ")";
    overtakers += overtakers_in(all);
    for (size_t i = 0; i < all.size(); ++i) {
      in_order = in_order && all[i].value == waits[i];
    }
    if (shown.empty()) {
      shown = std::move(all);
    }
  }
  print(rows_of(shown, workers) + "\n" + table.text() + "\n");
  verdicts.add("C-141", (!in_order        ? "false: "
                         : overtakers > 0 ? "true: "
                                          : "not shown: ") +
                            ("results in the order of the list: " +
                             std::string(in_order ? "yes" : "no") + "; " +
                             std::to_string(overtakers) +
                             " were ready before an earlier one"));
  verdicts.add("C-143", "found: " + std::to_string(units.size()) +
                            " uneven waits, " + std::to_string(workers) +
                            " workers, units by chunks: " + found);
}

void map_work(support::Verdicts& verdicts) {
  constexpr int64_t kRounds = 12'000'000;
  const std::vector<int64_t> items(16, kRounds);
  const int cpus = support::usable_cpus();
  support::Table table({"workers", "seconds", "times as fast as one"});
  double alone = 0;
  double most = 0;
  for (int workers = 1; workers <= std::min(cpus, 8); ++workers) {
    ipc::ProcessPool pool(static_cast<size_t>(workers));
    const double seconds =
        in_seconds(span_of(support::await_result(pool.map_async(burn, items))));
    alone = workers == 1 ? seconds : alone;
    most = std::max(most, alone / seconds);
    table.add({std::to_string(workers), support::fixed(seconds, 3),
               support::fixed(alone / seconds, 2)});
  }
  print(table.text() + "\n");
  verdicts.add("C-126",
               (most > 1.5 ? "true: " : "not shown: ") +
                   ("work for the CPU is done " + support::fixed(most, 2) +
                    " times as fast by more processes, on " +
                    std::to_string(cpus) + (cpus == 1 ? " CPU" : " CPUs")));
}

template <class Number>
Number number_in(std::string_view text, Number low, Number high) {
  Number number{};
  const auto end = std::from_chars(text.begin(), text.end(), number);
  if (end.ec != std::errc() || end.ptr != text.end() || number < low ||
      number > high) {
    throw std::invalid_argument("accepted: whole numbers from " +
                                std::to_string(low) + " to " +
                                std::to_string(high));
  }
  return number;
}

std::vector<int> chunks_in(std::string_view text) {
  std::vector<int> chunks;
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    chunks.push_back(word == "auto" ? 0 : number_in(word, 1, 26));
    if (comma == std::string_view::npos) {
      return chunks;
    }
    text.remove_prefix(comma + 1);
  }
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("pool_map", [&] {
    std::vector<int> values;
    int workers = 5;
    std::vector<int> chunks = {0, 1, 8};
    std::vector<std::string> work = {"square", "sleep", "burn"};
    double unit_ms = 5;
    support::Flags flags("pool_map", "one function over many values");
    flags.words(
        "VALUES",
        [&](std::string_view text) {
          values.push_back(number_in(text, -1'000'000, 1'000'000));
        },
        "what is squared", "1 2 3");
    flags.number("workers", &workers, 1, 64, "processes of the pool");
    flags.choices("work", &work, work, "what is done with the values");
    flags.parsed(
        "chunks", "A,B",
        [&](std::string_view text) { chunks = chunks_in(text); },
        "how many waits are handed out at once", "auto, 1 to 26", "auto,1,8");
    flags.decimal("unit", &unit_ms, 0.1, 1000,
                  "ms that a unit of waiting lasts");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    if (values.empty()) {
      values = {1, 2, 3};
    }
    const support::InterruptScope interruptible;
    support::Verdicts verdicts;
    for (const std::string& kind : work) {
      if (kind == "square") {
        map_squares(values, workers, verdicts);
      } else if (kind == "sleep") {
        map_waits(workers, chunks, unit_ms, verdicts);
      } else {
        map_work(verdicts);
      }
    }
    print(verdicts.text());
    return 0;
  });
}

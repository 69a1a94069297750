#include "demos/matrix/verdict.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/support/report.h"
#include "demos/support/statistics.h"
#include "scheduler/clock.h"

namespace demos::matrix {

namespace {

using support::fixed;

std::string in_seconds(double seconds) {
  return seconds >= 0.1 ? fixed(seconds, 2) + " s"
                        : fixed(seconds * 1e3, 1) + " ms";
}
std::string in_microseconds(double seconds) {
  return fixed(seconds * 1e6, 0) + " us";
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return text;
}

// Those of the given models that were chosen, in the order of the table.
std::vector<const Row*> rows_of(const MeasuredTest& test,
                                std::initializer_list<std::string_view> names) {
  std::vector<const Row*> rows;
  for (const std::string_view name : names) {
    if (const Row* const row = test.find(name)) {
      rows.push_back(row);
    }
  }
  return rows;
}

// The winner, and who cannot be told from it.
std::string winner_of(const MeasuredTest& test) {
  const Row& best = test.best();
  const auto equals_best = [&](const Row& row) {
    return test.runs > 1 && support::within_noise(row.seconds, best.seconds);
  };
  const std::string gain =
      fixed(best.speed_up, best.speed_up < 10 ? 2 : 1) + " times as fast";
  if (&best != &test.single() && equals_best(test.single())) {
    return "nobody wins, the best (" + best.model + ", " + gain +
           ") is within the noise of single";
  }
  std::vector<std::string> equals;
  for (const Row& row : test.rows) {
    if (&row != &best && equals_best(row)) {
      equals.push_back(row.model);
    }
  }
  std::string text = "best is " + best.model;
  if (&best != &test.single()) {
    text += ", " + gain + " as single";
  }
  return equals.empty() ? text
                        : text + " (" + joined(equals) + ": within noise)";
}

// TEST 1 and 2, 6: waits that overlap cost no more than the longest of them.
std::string overlap_of_waits(const MeasuredTest& test, double sum,
                             double longest) {
  std::string text = "one after another the waits cost " +
                     in_seconds(test.single().seconds.median) +
                     " (their sum is " + in_seconds(sum) + ")";
  const auto together = rows_of(test, {"threads", "threads_gil", "async"});
  for (const Row* const row : together) {
    text += (row == together.front() ? ", together " : ", ") +
            in_seconds(row->seconds.median) + " in " + row->model;
  }
  return together.empty()
             ? text
             : text + " (the longest is " + in_seconds(longest) + ")";
}

std::string why_sleep(const MeasuredTest& test) {
  int sum = 0;
  int longest = 0;
  for (int i = 0; i < test.world.items; ++i) {
    sum += bodies::delay_units(i);
    longest = std::max(longest, bodies::delay_units(i));
  }
  const double unit = scheduler::in_seconds(test.world.sizes.sleep_unit);
  return overlap_of_waits(test, sum * unit, longest * unit);
}

std::string why_fetch(const MeasuredTest& test) {
  const double latency = test.world.sizes.fetch_ms / 1000;
  return overlap_of_waits(test, test.world.items * latency, latency);
}

// A machine that is busy elsewhere may make the plain run the slower one.
constexpr const char* kLostInNoise =
    "; what helpers cost is lost in the noise of this run";

// What each hop to a helper thread has cost, if the work itself costs what it
// costs in `single`.
std::string cost_of_hops(const MeasuredTest& test, int hops) {
  const Row* const async = test.find("async");
  if (async == nullptr) {
    return "";
  }
  const double extra = async->seconds.median - test.single().seconds.median;
  if (extra <= 0) {
    return kLostInNoise;
  }
  return "; async pays for " + std::to_string(hops) +
         " hops to a helper thread, " + in_microseconds(extra / hops) + " each";
}

std::string why_one_file(const MeasuredTest& test) {
  int hops = 2 * test.world.items;  // open and close
  for (int i = 0; i < test.world.items; ++i) {
    hops += bodies::delay_units(i) * test.world.sizes.letters;
  }
  return "a letter goes into a buffer, and nobody waits" +
         cost_of_hops(test, hops);
}

std::string why_heavy(const MeasuredTest& test) {
  const Row* const threads = test.find("threads");
  const Row* const locked = test.find("threads_gil");
  if (threads == nullptr || locked == nullptr) {
    return "work for the CPU gains only from more CPUs";
  }
  const double ratio = locked->seconds.median / threads->seconds.median;
  return ratio >= 1.3
             ? "threads and threads_gil differ by " + fixed(ratio, 2) +
                   ": the flat column is the lock, not threads"
             : "not seen in this run: threads and threads_gil differ by " +
                   fixed(ratio, 2) + " only";
}

std::string why_many_files(const MeasuredTest& test) {
  constexpr int kStepsOfAFile = 6;
  std::string text = "local files make nobody wait";
  if (const Row* const threads = test.find("threads")) {
    const double extra =
        std::max(0.0, threads->seconds.median - test.single().seconds.median);
    text += "; a thread for each costs " +
            in_microseconds(extra / test.world.items);
  }
  return text + cost_of_hops(test, kStepsOfAFile * test.world.items);
}

std::string why_api(const MeasuredTest& test) {
  const double latency = test.world.sizes.api_ms / 1000;
  const double rate = test.world.sizes.api_rate;
  // With a limited server the last answer cannot come before its slot.
  const double slots = rate > 0 ? (test.world.items - 1) / rate : 0;
  return overlap_of_waits(test, test.world.items * latency, latency + slots) +
         (rate > 0 ? ": the server's limit is where they meet" : "");
}

std::string why_csv(const MeasuredTest& test) {
  std::string text = "reading CSV is work for the CPU";
  const Row* const threads = test.find("threads");
  const Row* const locked = test.find("threads_gil");
  if (threads != nullptr && locked != nullptr &&
      threads->speed_up < 1.3 * locked->speed_up) {
    text = "not seen in this run: that it is work for the CPU";
  }
  for (const Row* const row :
       rows_of(test, {"processes", "threads", "threads_gil", "async"})) {
    text += ", " + row->model + " " + fixed(row->speed_up, 2);
  }
  return text;
}

std::string why(const MeasuredTest& test) {
  switch (test.experiment.number) {
    case 1:
      return why_sleep(test);
    case 2:
      return why_fetch(test);
    case 3:
      return why_one_file(test);
    case 4:
      return why_heavy(test);
    case 5:
      return why_many_files(test);
    case 6:
      return why_api(test);
    default:
      return why_csv(test);
  }
}

}  // namespace

std::string verdict_of(const MeasuredTest& test) {
  return support::verdict(test.experiment.concept_id,
                          winner_of(test) + "; " + why(test));
}

}  // namespace demos::matrix

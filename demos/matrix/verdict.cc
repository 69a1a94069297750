#include "demos/matrix/verdict.h"

#include <algorithm>
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
// At least two digits that count.
std::string in_microseconds(double seconds) {
  const double us = seconds * 1e6;
  return fixed(us, us >= 10 ? 0 : us >= 1 ? 1 : 2) + " us";
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return text;
}

// The models under which all items wait at the same time, that were chosen.
std::vector<const Row*> rows_that_overlap(const MeasuredTest& test) {
  std::vector<const Row*> rows;
  for (const Row& row : test.rows) {
    if (row.model != "single" && row.model != "processes") {
      rows.push_back(&row);
    }
  }
  return rows;
}

// Why two rows are not told apart, or nothing if they are. [I2]
std::string doubt_of(const MeasuredTest& test, const Row& a, const Row& b) {
  return test.told_apart(a, b) ? ""
         : test.runs == 1      ? "one run"
                               : "within noise";
}

// The winner, and who cannot be told from it.
std::string winner_of(const MeasuredTest& test) {
  const Row& best = test.best();
  if (test.runs == 1) {
    return "one run names no winner";
  }
  if (&best != &test.single() && !test.told_apart(best, test.single())) {
    return "nobody wins: " + best.model +
           ", whose median is shortest, is within noise of single";
  }
  std::vector<std::string> equals;
  for (const Row& row : test.rows) {
    if (&row != &best && !test.told_apart(row, best)) {
      equals.push_back(row.model);
    }
  }
  std::string text = "best is " + best.model;
  if (&best != &test.single()) {
    text += ", " + fixed(best.speed_up, best.speed_up < 10 ? 2 : 1) +
            " times as fast as single";
  }
  return equals.empty() ? text
                        : text + " (" + joined(equals) + ": within noise)";
}

// " (5 at a time)", where --pool or --limit says so.
std::string width_of(const MeasuredTest& test, const Row& row,
                     const std::string& and_so = "") {
  const int width = test.at_a_time(row);
  return width == 0
             ? ""
             : " (" + std::to_string(width) + " at a time" + and_so + ")";
}

// TEST 1 and 2, 6: waits that overlap cost no more than the longest of them.
std::string overlap_of_waits(const MeasuredTest& test, double sum,
                             double longest) {
  std::string text = "one after another the waits cost " +
                     in_seconds(test.single().seconds.median) +
                     " (their sum is " + in_seconds(sum) + ")";
  const auto together = rows_that_overlap(test);
  for (const Row* const row : together) {
    text += (row == together.front() ? ", together " : ", ") +
            in_seconds(row->seconds.median) + " in " + row->model;
    if (const int width = test.at_a_time(*row)) {
      text +=
          width_of(test, *row,
                   ": at least " + in_seconds(std::max(longest, sum / width)));
    }
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

// Whether a model has paid for its help. Where the runs overlap, or a busy
// machine made the plain run the slower one, nothing can be said.
bool costs_more(const MeasuredTest& test, const Row& row) {
  return row.seconds.median > test.single().seconds.median &&
         test.told_apart(row, test.single());
}

std::string unknown(const MeasuredTest& test) {
  return test.runs == 1 ? " cannot be told from one run"
                        : " is lost in the noise of this run";
}

// A claim that holds if the CPU was what everything took its time from. On a
// busy machine others have it, and nothing can be said. [I2]
std::string judged_by_cpu(const MeasuredTest& test, const std::string& claim) {
  constexpr double kNearlyAlways = 90;
  const double percent = test.single().cpu_percent;
  return (percent >= kNearlyAlways ? "" : "not judged: that ") + claim +
         " (single used " + fixed(percent, 0) + " % of a CPU)";
}

// What each hop to a helper thread has cost, if the work itself costs what it
// costs in `single`.
std::string cost_of_hops(const MeasuredTest& test, int hops) {
  const Row* const async = test.find("async");
  if (async == nullptr) {
    return "";
  }
  if (!costs_more(test, *async)) {
    return "; what helpers cost" + unknown(test);
  }
  const double extra = async->seconds.median - test.single().seconds.median;
  return "; async pays for " + std::to_string(hops) +
         " hops to a helper thread, " + in_microseconds(extra / hops) + " each";
}

std::string why_one_file(const MeasuredTest& test) {
  int hops = 2 * test.world.items;  // open and close
  for (int i = 0; i < test.world.items; ++i) {
    hops += bodies::delay_units(i) * test.world.sizes.letters;
  }
  return "a letter goes into a buffer; " + judged_by_cpu(test, "nobody waits") +
         cost_of_hops(test, hops);
}

std::string why_heavy(const MeasuredTest& test) {
  const Row* const threads = test.find("threads");
  const Row* const locked = test.find("threads_gil");
  if (threads == nullptr || locked == nullptr) {
    return judged_by_cpu(test, "this is work for the CPU");
  }
  const double ratio = locked->seconds.median / threads->seconds.median;
  const std::string doubt =
      ratio < kClear ? "only" : doubt_of(test, *threads, *locked);
  const std::string differ =
      "threads and threads_gil differ by " + fixed(ratio, 2);
  return doubt.empty() ? differ + width_of(test, *threads) +
                             ": the flat column is the lock, not threads"
                       : "not seen in this run: " + differ +
                             (doubt == "only" ? " " : ", ") + doubt +
                             width_of(test, *threads);
}

std::string why_many_files(const MeasuredTest& test) {
  constexpr int kStepsOfAFile = 6;
  std::string text = judged_by_cpu(test, "local files make nobody wait");
  if (const Row* const threads = test.find("threads")) {
    const std::string helpers =
        test.pool == 0 ? "a thread for each"
                       : "a pool of " + std::to_string(test.pool) + " threads";
    const double extra = threads->seconds.median - test.single().seconds.median;
    text += costs_more(test, *threads)
                ? "; " + helpers + " costs " +
                      in_microseconds(extra / test.world.items) + " a file"
                : "; what " + helpers + " costs" + unknown(test);
  }
  return text + cost_of_hops(test, kStepsOfAFile * test.world.items);
}

// Whether all models that wait together have ended together.
bool meet(const MeasuredTest& test) {
  const auto together = rows_that_overlap(test);
  return test.runs > 1 && together.size() > 1 &&
         std::none_of(together.begin(), together.end(), [&](const Row* row) {
           return test.told_apart(*row, *together.front());
         });
}

std::string why_api(const MeasuredTest& test) {
  const double latency = test.world.sizes.api_ms / 1000;
  const double rate = test.world.sizes.api_rate;
  // With a limited server the last answer cannot come before its slot.
  const double slots = rate > 0 ? (test.world.items - 1) / rate : 0;
  return overlap_of_waits(test, test.world.items * latency, latency + slots) +
         (rate > 0 && meet(test) ? ": the server's limit is where they meet"
                                 : "");
}

std::string why_csv(const MeasuredTest& test) {
  std::string text = judged_by_cpu(test, "reading CSV is work for the CPU");
  for (size_t i = 1; i < test.rows.size(); ++i) {
    const Row& row = test.rows[i];
    const std::string doubt = doubt_of(test, row, test.single());
    text += (i == 1 ? "; times as fast as single: " : ", ") + row.model + " " +
            fixed(row.speed_up, 2) + width_of(test, row) +
            (doubt.empty() ? "" : " (" + doubt + ")");
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

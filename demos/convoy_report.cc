#include "demos/convoy_report.h"

#include <algorithm>
#include <iterator>

#include "demos/support/report.h"

namespace demos {

namespace {

using support::fixed;
using support::plain;
using Rows = std::vector<ConvoyRow>;

template <class Wanted>
Rows those(const Rows& rows, Wanted wanted) {
  Rows some;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(some), wanted);
  return some;
}

template <class TextOf>
std::string listed(const Rows& rows, TextOf text_of) {
  std::string text;
  for (const ConvoyRow& row : rows) {
    text += (text.empty() ? "" : ", ") + text_of(row);
  }
  return text;
}

std::string median_text(const ConvoyRow& row) {
  return fixed(row.median(), 2);
}

// Beside nobody a return waits for nothing, beside one hog for an interval. Of
// several hogs one may have begun to wait before, and its ask serves both.
bool waits_an_interval(const ConvoyRow& row) {
  return row.hogs == 0   ? row.median() < row.interval_ms / 10
         : row.hogs == 1 ? row.median() >= 0.95 * row.interval_ms
                         : row.median() >= 0.5 * row.interval_ms;
}

// The same, and little more: beside one hog.
bool follows_the_interval(const ConvoyRow& row) {
  return waits_an_interval(row) && row.median() < 1.5 * row.interval_ms + 0.5;
}

// One interval, several numbers of hogs.
void judge_hogs(const Rows& rows, support::Verdicts& verdicts) {
  if (rows.size() < 2) {
    return;
  }
  verdicts.add(
      "C-174",
      (std::all_of(rows.begin(), rows.end(), waits_an_interval)
           ? "true: "
           : "not shown: ") +
          ("beside " +
           listed(rows,
                  [](const auto& row) { return std::to_string(row.hogs); }) +
           " threads that compute the median return takes " +
           listed(rows, median_text) + " ms, at an interval of " +
           plain(rows.front().interval_ms) + " ms"));
}

// One number of hogs, several intervals.
void judge_intervals(const Rows& rows, support::Verdicts& verdicts) {
  if (rows.size() < 2) {
    return;
  }
  verdicts.add(
      "C-163",
      (std::all_of(rows.begin(), rows.end(), follows_the_interval)
           ? "true: "
           : "not shown: ") +
          ("at intervals of " +
           listed(rows,
                  [](const auto& row) { return plain(row.interval_ms); }) +
           " ms the median return takes " + listed(rows, median_text) + " ms"));
}

void judge_locks(const ConvoyRow& ticks, const ConvoyRow& interval,
                 support::Verdicts& verdicts) {
  const auto text_of = [](const ConvoyRow& row) {
    return std::to_string(row.drops) + " drops, " +
           std::to_string(row.switches) + " switches, median return " +
           median_text(row) + " ms";
  };
  verdicts.add(
      "C-162",
      (ticks.drops > interval.drops && ticks.median() < interval.median()
           ? "wrong: "
           : "not shown: ") +
          ("counting 100 instructions is another lock: " + text_of(ticks) +
           "; asking after " + plain(interval.interval_ms) +
           " ms: " + text_of(interval)));
}

}  // namespace

std::string table_of(const Rows& rows) {
  support::Table table({"lock", "interval ms", "hogs", "p50 ms", "p90", "p99",
                        "max", "drops", "switches"});
  for (const ConvoyRow& row : rows) {
    table.add({row.lock, row.interval_ms > 0 ? plain(row.interval_ms) : "-",
               std::to_string(row.hogs), fixed(row.median(), 3),
               fixed(row.at(0.9), 3), fixed(row.at(0.99), 3),
               fixed(row.at(1), 3), std::to_string(row.drops),
               std::to_string(row.switches)});
  }
  return table.text();
}

std::string judge(const Rows& rows) {
  const Rows asking =
      those(rows, [](const auto& row) { return row.lock == "interval"; });
  int fewest = 0;  // hogs, of those rows that have any
  for (const ConvoyRow& row : rows) {
    if (row.hogs > 0 && (fewest == 0 || row.hogs < fewest)) {
      fewest = row.hogs;
    }
  }
  if (fewest == 0) {
    return "";  // nobody computes, so there is nothing to see
  }
  support::Verdicts verdicts;
  const Rows of_fewest =
      those(asking, [=](const auto& row) { return row.hogs == fewest; });
  const Rows ticks = those(rows, [=](const auto& row) {
    return row.lock == "ticks" && row.hogs == fewest;
  });
  if (!ticks.empty() && !of_fewest.empty()) {
    judge_locks(ticks.front(), of_fewest.front(), verdicts);
  }
  judge_intervals(of_fewest, verdicts);
  judge_hogs(those(asking,
                   [&](const auto& row) {
                     return row.interval_ms == asking.front().interval_ms;
                   }),
             verdicts);
  return verdicts.text();
}

}  // namespace demos

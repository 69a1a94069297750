#include "demos/gil_race_report.h"

#include <algorithm>

#include "demos/support/report.h"

namespace demos {

namespace {

using support::fixed;

const RaceRun& best(const RaceRow& row) {
  return *std::min_element(
      row.runs.begin(), row.runs.end(),
      [](const auto& a, const auto& b) { return a.seconds < b.seconds; });
}

const RaceRow* find(const Race& race, int processes, int threads,
                    bool under_gil) {
  for (const RaceRow& row : race.rows) {
    if (row.processes == processes && row.threads == threads &&
        row.under_gil == under_gil) {
      return &row;
    }
  }
  return nullptr;
}

// Against one thread of one process under the same lock; 0 if there is none.
double speed_up(const Race& race, const RaceRow& row) {
  const RaceRow* const one = find(race, 1, 1, row.under_gil);
  return one == nullptr ? 0 : one->seconds() / row.seconds();
}

std::string percent(double share) {
  return fixed(100 * share, 0) + " %";
}

// Nearly as fast as that many CPUs could make it.
bool scales(const Race& race, double speed, int workers) {
  return race.cpus > 1 && speed > 0.65 * std::min(workers, race.cpus);
}

std::string hedged(bool shown, const Race& race, const std::string& word) {
  return shown            ? word + ": "
         : race.cpus == 1 ? "not shown on one processor: "
                          : "not shown: ";
}

void judge_processes(const Race& race, support::Verdicts& verdicts) {
  if (race.locks > 1) {
    verdicts.add("C-134",
                 (race.holders_met ? "true: " : "false: ") +
                     std::to_string(race.locks) +
                     " processes, each with a lock: " +
                     (race.holders_met ? "their holders stood at one barrier "
                                         "at the same time"
                                       : "their holders could not meet"));
  }
  const RaceRow* const one = find(race, 1, 1, true);
  const RaceRow* const threads = find(race, 1, 2, true);
  const RaceRow* const processes = find(race, 2, 1, true);
  if (one != nullptr && threads != nullptr && processes != nullptr) {
    const double of_threads = speed_up(race, *threads);
    const double of_processes = speed_up(race, *processes);
    verdicts.add("C-135",
                 hedged(scales(race, of_processes, 2) && of_threads < 1.15,
                        race, "true") +
                     "under the lock two threads are " + fixed(of_threads, 2) +
                     " times as fast as one, two processes " +
                     fixed(of_processes, 2) + " times");
  }
  if (race.locks > 1) {
    const RaceRow* const most = find(race, race.locks, 1, true);
    if (most != nullptr) {
      verdicts.add("C-149",
                   hedged(scales(race, most->utilisation(), most->processes),
                          race, "found") +
                       std::to_string(most->processes) + " interpreters on " +
                       std::to_string(race.cpus) + " CPUs used " +
                       percent(most->utilisation()) + " of a CPU");
    }
  }
}

void judge_check_points(const Race& race, support::Verdicts& verdicts) {
  const RaceRow* const on = find(race, 1, 1, true);
  const RaceRow* const off = find(race, 1, 1, false);
  if (on == nullptr || off == nullptr) {
    return;
  }
  // By CPU time: a neighbour can take the CPU away, but hardly use ours up.
  const double ratio = on->cpu_seconds() / off->cpu_seconds();
  // A difference below it is the machine's, not the check points'.
  constexpr double kNoise = 1.05;
  verdicts.add("C-155", (ratio > kNoise ? "imprecise: " : "not shown: ") +
                            ("one thread that only counts, and never waits "
                             "for the lock, uses " +
                             percent(ratio) +
                             " of the CPU time that it uses without check "
                             "points"));
}

void judge_threads(const Race& race, support::Verdicts& verdicts) {
  std::string with;
  std::string without;
  bool serial = true;
  bool scaled = true;
  int compared = 0;
  for (const RaceRow& row : race.rows) {
    const RaceRow* const off = find(race, 1, row.threads, false);
    const double on_speed = speed_up(race, row);
    if (row.processes != 1 || row.threads == 1 || !row.under_gil ||
        on_speed == 0 || off == nullptr || speed_up(race, *off) == 0) {
      continue;
    }
    ++compared;
    const std::string sign = with.empty() ? "" : ", ";
    with += sign + std::to_string(row.threads) + " threads " +
            fixed(on_speed, 2) + " times";
    without += sign + fixed(speed_up(race, *off), 2);
    serial = serial && on_speed < 1.15;
    scaled = scaled && scales(race, speed_up(race, *off), row.threads);
  }
  if (compared > 0) {
    verdicts.add("C-157", hedged(serial && scaled, race, "true") +
                              "as fast as one thread: " + with +
                              " with the lock, " + without + " without");
  }
}

}  // namespace

double RaceRow::seconds() const {
  return best(*this).seconds;
}

double RaceRow::cpu_seconds() const {
  return std::min_element(runs.begin(), runs.end(),
                          [](const auto& a, const auto& b) {
                            return a.cpu_seconds < b.cpu_seconds;
                          })
      ->cpu_seconds;
}

double RaceRow::utilisation() const {
  return best(*this).cpu_seconds / best(*this).seconds;
}

std::string table_of(const Race& race) {
  support::Table table(
      {"lock", "processes", "threads each", "time s", "speed-up", "cpu %"});
  for (const RaceRow& row : race.rows) {
    const double speed = speed_up(race, row);
    table.add({row.under_gil ? "one each" : "none",
               std::to_string(row.processes), std::to_string(row.threads),
               fixed(row.seconds(), 3), speed > 0 ? fixed(speed, 2) : "-",
               fixed(100 * row.utilisation(), 0)});
  }
  return table.text();
}

std::string judge(const Race& race) {
  support::Verdicts verdicts;
  judge_processes(race, verdicts);
  judge_check_points(race, verdicts);
  judge_threads(race, verdicts);
  return verdicts.text();
}

}  // namespace demos

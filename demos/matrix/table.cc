#include "demos/matrix/table.h"

#include "demos/matrix/cell_picture.h"
#include "demos/matrix/verdict.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/statistics.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos::matrix {

namespace {

using support::fixed;
using support::Json;

std::string picture_of(const Row& row) {
  const CellLanes lanes = lanes_of(row);
  const scheduler::Overlap overlap = scheduler::overlap_of(lanes.slices);
  return scheduler::draw_gantt(lanes.names, lanes.slices) +
         "overlap of lifetimes " + fixed(overlap.lifetimes, 2) +
         ", of running " + fixed(overlap.running, 2) + "\n";
}

}  // namespace

int digits_for(const MeasuredTest& test) {
  const double fastest = test.best().seconds.median;
  return fastest >= 0.1 ? 2 : fastest >= 0.01 ? 3 : 4;
}

std::string mark_of(const MeasuredTest& test, const Row& row) {
  const Row& best = test.best();
  if (test.runs == 1) {
    return "";  // one run names no winner
  }
  if (&row == &best) {
    return "best";
  }
  return test.told_apart(row, best) ? "" : "best as well, within noise";
}

std::string title_of(const MeasuredTest& test) {
  const int cpus = support::usable_cpus();
  return "TEST " + std::to_string(test.experiment.number) + " " +
         std::string(test.experiment.title) + ": " +
         test.experiment.describe(test.world) + "; " + std::to_string(cpus) +
         (cpus == 1 ? " CPU, " : " CPUs, ") +
         (test.pool != 0 ? "--pool=" + std::to_string(test.pool) + ", " : "") +
         (test.limit != 0 ? "--limit=" + std::to_string(test.limit) + ", "
                          : "") +
         std::to_string(test.runs) +
         (test.runs == 1 ? " run" : " runs, median (range)");
}

std::string table_of(const MeasuredTest& test) {
  support::Table table({"model", "time s", "cpu %", "peak MB", "vol/invol",
                        "threads", "procs", "vs single"});
  const int digits = digits_for(test);
  for (const Row& row : test.rows) {
    std::string remark = mark_of(test, row);
    remark.insert(0, remark.empty() ? "" : "<- ");
    remark += (remark.empty() || row.remark.empty() ? "" : "; ") + row.remark;
    table.add({row.model, support::median_and_range(row.seconds, digits),
               fixed(row.cpu_percent, 0), fixed(row.peak_mb, 1),
               fixed(row.voluntary_switches, 0) + "/" +
                   fixed(row.involuntary_switches, 0),
               std::to_string(row.threads), std::to_string(row.processes),
               fixed(row.speed_up, 2)},
              remark);
  }
  return title_of(test) + "\n" + table.text();
}

Json json_of(const MeasuredTest& test) {
  Json::Array rows;
  for (const Row& row : test.rows) {
    rows.push_back(Json::Object{
        {"model", row.model},
        {"seconds", Json::Object{{"median", row.seconds.median},
                                 {"low", row.seconds.low},
                                 {"high", row.seconds.high}}},
        {"cpu_percent", row.cpu_percent},
        {"peak_mb", row.peak_mb},
        {"voluntary_switches", row.voluntary_switches},
        {"involuntary_switches", row.involuntary_switches},
        {"threads", row.threads},
        {"processes", row.processes},
        {"sockets", row.sockets},
        {"speed_up", row.speed_up},
        {"remark", row.remark},
    });
  }
  return Json::Object{
      {"test", test.experiment.number},
      {"title", std::string(test.experiment.title)},
      {"concept", std::string(test.experiment.concept_id)},
      {"items", test.world.items},
      {"runs", test.runs},
      {"cpus", support::usable_cpus()},
      {"workers", test.workers},
      {"pool", test.pool},
      {"limit", test.limit},
      {"rows", std::move(rows)},
      {"verdict", verdict_of(test)},
  };
}

std::string pictures_of(const MeasuredTest& test) {
  std::string text;
  for (const Row& row : test.rows) {
    if (has_events(row)) {
      text += "\n" + caption_of(test, row) + "\n" + picture_of(row);
    }
  }
  return text.empty() ? text
                      : text + "\n" + sources_of_bars() +
                            scheduler::gantt_legend() + "\n";
}

}  // namespace demos::matrix

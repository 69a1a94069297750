#include "demos/matrix/measured_test.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "demos/matrix/cell.h"
#include "demos/runners/runner.h"
#include "demos/support/http_server.h"

namespace demos::matrix {

namespace {

// Three runs can lie close together by chance, and beside three others: a gap
// this small may be the next minute's noise.
constexpr double kSmallestGap = 1.05;

support::ServerSettings settings_for(const MeasuredTest& test) {
  const bodies::Sizes& sizes = test.world.sizes;
  if (test.experiment.number == 6) {
    return {.latency_ms = sizes.api_ms, .rate = sizes.api_rate};
  }
  return {.latency_ms = sizes.fetch_ms};
}

template <class Get>
support::Spread spread_of_all(const std::vector<Cell>& cells, Get get) {
  std::vector<double> samples;
  for (const Cell& cell : cells) {
    samples.push_back(static_cast<double>(get(cell)));
  }
  return support::spread_of(std::move(samples));
}

Row row_of(std::string_view model, std::vector<Cell>& cells,
           const support::Usage& empty) {
  Row row;
  row.model = model;
  row.seconds =
      spread_of_all(cells, [](const Cell& cell) { return cell.seconds; });
  row.cpu_percent = spread_of_all(cells, [](const Cell& cell) {
                      return 100 * cell.cpu_seconds / cell.seconds;
                    }).median;
  row.voluntary_switches = spread_of_all(cells, [](const Cell& cell) {
                             return cell.usage.voluntary_switches;
                           }).median;
  row.involuntary_switches = spread_of_all(cells, [](const Cell& cell) {
                               return cell.usage.involuntary_switches;
                             }).median;
  for (const Cell& cell : cells) {
    const auto above =
        static_cast<double>(cell.usage.memory_bytes - empty.memory_bytes);
    row.peak_mb = std::max(row.peak_mb, above / (1 << 20));
    row.threads = std::max(row.threads, cell.usage.threads);
    row.processes = std::max(row.processes, cell.usage.processes);
    row.sockets = std::max(row.sockets, cell.usage.sockets);
  }
  row.remark = cells.back().remark;
  return row;
}

std::string name_of(const MeasuredTest& test) {
  return "TEST " + std::to_string(test.experiment.number);
}

void require_equal(const MeasuredTest& test, const runners::Model& model,
                   const Cell& cell,
                   const std::vector<bodies::Value>& expected) {
  if (cell.outcome.values != expected) {
    throw std::runtime_error(name_of(test) + ": " + std::string(model.name) +
                             " computed something else than single");
  }
}

}  // namespace

const Row* MeasuredTest::find(std::string_view model) const {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const Row& r) { return r.model == model; });
  return row == rows.end() ? nullptr : &*row;
}

const Row& MeasuredTest::best() const {
  return *std::min_element(rows.begin(), rows.end(),
                           [](const Row& a, const Row& b) {
                             return a.seconds.median < b.seconds.median;
                           });
}

bool MeasuredTest::told_apart(const Row& a, const Row& b) const {
  const auto [shorter, longer] =
      std::minmax(a.seconds.median, b.seconds.median);
  return runs > 1 && !support::within_noise(a.seconds, b.seconds) &&
         longer >= kSmallestGap * shorter;
}

int MeasuredTest::at_a_time(const Row& row) const {
  const auto named = [&](const char* part) {
    return row.model.find(part) != std::string::npos;
  };
  const bool waits_in_threads = named("threads");
  const bool waits_in_loop =
      named("async") || named("loops") || named("nonblocking");
  const bool in_shares = named("loops") || row.model == "processes_x_threads";
  const int limited = (waits_in_threads ? pool
                       : waits_in_loop  ? limit
                                        : 0) *
                      (in_shares ? workers : 1);
  return limited < world.items ? limited : 0;
}

MeasuredTest run_test(const Options& options,
                      const bodies::Experiment& experiment,
                      const bodies::World& world, const std::string& folder,
                      const support::Usage& empty,
                      support::Progress& progress) {
  MeasuredTest test = {.experiment = experiment,
                       .world = world,
                       .workers = options.workers,
                       .runs = options.runs,
                       .pool = options.pool,
                       .limit = options.limit,
                       .rows = {}};
  std::optional<support::HttpServer> server;
  if (experiment.needs_server) {
    server.emplace(settings_for(test));
    test.world.port = server->port();
  }
  runners::Job job = {.experiment = &experiment,
                      .world = test.world,
                      .workers = options.workers,
                      .pool = options.pool,
                      .limit = options.limit};
  const std::vector<runners::Model> models = chosen_models(options);
  std::vector<std::vector<Cell>> cells(models.size());
  for (int run = 0; run < options.runs; ++run) {
    for (size_t turn = 0; turn < models.size(); ++turn) {
      const size_t i = (turn + static_cast<size_t>(run) + 1) % models.size();
      progress.show(name_of(test) + ", run " + std::to_string(run + 1) +
                    " of " + std::to_string(options.runs) + ": " +
                    std::string(models[i].name));
      cells[i].push_back(run_cell(models[i], job, folder));
    }
  }
  progress.clear();

  const std::vector<bodies::Value>& expected =
      cells.front().front().outcome.values;
  for (size_t i = 0; i < models.size(); ++i) {
    for (const Cell& cell : cells[i]) {
      require_equal(test, models[i], cell, expected);
    }
    test.rows.push_back(row_of(models[i].name, cells[i], empty));
  }
  for (Row& row : test.rows) {
    row.speed_up = test.single().seconds.median / row.seconds.median;
  }
  if (options.records()) {
    job.records = true;
    for (size_t i = 0; i < models.size(); ++i) {
      progress.show(name_of(test) +
                    ", recording: " + std::string(models[i].name));
      Cell cell = run_cell(models[i], job, folder);
      require_equal(test, models[i], cell, expected);
      test.rows[i].events = std::move(cell.outcome.events);
    }
    progress.clear();
  }
  return test;
}

}  // namespace demos::matrix

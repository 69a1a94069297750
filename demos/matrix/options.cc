#include "demos/matrix/options.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "demos/support/flags.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"

namespace demos::matrix {

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// By whatever path; it need not exist. A device takes both.
bool same_file(const std::string& one, const std::string& other) {
  namespace fs = std::filesystem;
  if (one.empty() || other.empty()) {
    return false;
  }
  std::error_code unresolved;
  const fs::path path = fs::weakly_canonical(one, unresolved);
  const bool replaced =
      !fs::exists(path, unresolved) || fs::is_regular_file(path, unresolved);
  return replaced && path == fs::weakly_canonical(other, unresolved);
}

}  // namespace

std::optional<int> parse_options(int argc, char** argv, Options& options) {
  for (const bodies::Experiment& experiment : bodies::experiments()) {
    options.tests.push_back(std::to_string(experiment.number));
  }
  for (const runners::Model& model : runners::models()) {
    options.models.emplace_back(model.name);
  }
  std::vector<std::string> all_models;
  for (const runners::Model& model : runners::all_models()) {
    all_models.emplace_back(model.name);
  }
  constexpr int kMostWorkers = 64;
  options.workers = std::min(support::usable_cpus(), kMostWorkers);
  const bodies::Sizes sizes = bodies::default_sizes();
  const bodies::Sizes full = bodies::full_sizes();

  support::Flags flags("concurrency_matrix",
                       "TEST 1 to 7 under five models, or ten, measured");
  flags.choices("test", &options.tests, options.tests, "which tests");
  flags.choices("models", &options.models, all_models,
                "which models; single runs with any of them");
  flags.number("runs", &options.runs, 1, 99, "of every cell");
  flags.number("n", &options.items, 1, 10000, "items of each test",
               "each test's own number");
  flags.decimal("latency", &options.latency_ms, 0, 10000, "of the server in ms",
                support::plain(sizes.fetch_ms) + ", or with --full " +
                    support::plain(full.fetch_ms) + " in TEST 2 and " +
                    support::plain(full.api_ms) + " in TEST 6,");
  flags.number("workers", &options.workers, 1, kMostWorkers,
               "processes of the pool, or loops", "one for each CPU");
  flags.number("pool", &options.pool, 1, 1000, "threads at a time",
               "one for each item");
  flags.number("limit", &options.limit, 1, 10000, "tasks at a time in a loop",
               "all");
  flags.toggle("full", &options.full,
               "the documents' own sizes, TEST 2 as a series: this takes "
               "hours");
  flags.toggle("timeline", &options.timeline, "draw one chart for each cell");
  flags.toggle("explain", &options.explain,
               "what an empty cell costs; the documents' figures beside ours "
               "and what they follow from");
  flags.file("json", &options.json, "all numbers, instead of or beside tables");
  flags.file(
      "html", &options.html,
      "one page with tables, bars, timelines and the documents' figures");
  auto code = flags.parse(argc, argv);
  if (!code && options.json == "-" && options.html == "-") {
    std::cerr << "concurrency_matrix: --json, --html: both to the standard "
                 "output; accepted: a file for one of them\n";
    code = 2;
  }
  if (!code && same_file(options.json, options.html)) {
    std::cerr << "concurrency_matrix: --json, --html: both to " + options.json +
                     "; accepted: a file for each\n";
    code = 2;
  }
  if (!contains(options.models, "single")) {
    options.models.emplace_back("single");  // [I1]
  }
  return code;
}

std::vector<bodies::Experiment> chosen_experiments(const Options& options) {
  std::vector<bodies::Experiment> chosen;
  for (const bodies::Experiment& experiment : bodies::experiments()) {
    if (contains(options.tests, std::to_string(experiment.number))) {
      chosen.push_back(experiment);
    }
  }
  return chosen;
}

std::vector<runners::Model> chosen_models(const Options& options) {
  std::vector<runners::Model> chosen;
  for (const runners::Model& model : runners::all_models()) {
    if (contains(options.models, model.name)) {
      chosen.push_back(model);
    }
  }
  return chosen;
}

std::vector<bodies::World> worlds_of(const Options& options,
                                     const bodies::Experiment& experiment) {
  bodies::World world;
  world.sizes = options.full ? bodies::full_sizes() : bodies::default_sizes();
  if (options.latency_ms >= 0) {
    world.sizes.fetch_ms = options.latency_ms;
    world.sizes.api_ms = options.latency_ms;
  }
  std::vector<int> series = {experiment.items};
  if (options.items != 0) {
    series = {options.items};
  } else if (options.full) {
    series = experiment.full_items;
  }
  std::vector<bodies::World> worlds;
  for (const int items : series) {
    worlds.push_back(world);
    worlds.back().items = items;
  }
  return worlds;
}

}  // namespace demos::matrix

#include "demos/matrix/options.h"

#include <algorithm>

#include "demos/support/flags.h"
#include "demos/support/machine.h"

namespace demos::matrix {

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<int> parse_options(int argc, char** argv, Options& options) {
  for (const bodies::Experiment& experiment : bodies::experiments()) {
    options.tests.push_back(std::to_string(experiment.number));
  }
  for (const runners::Model& model : runners::models()) {
    options.models.emplace_back(model.name);
  }
  options.workers = support::usable_cpus();

  support::Flags flags("concurrency_matrix",
                       "TEST 1 to 7 under five models, measured");
  flags.choices("test", &options.tests, options.tests, "which tests");
  flags.choices("models", &options.models, options.models,
                "which models, besides single");
  flags.number("runs", &options.runs, 1, 99, "of every cell; 3 unless given");
  flags.number("n", &options.items, 1, 10000, "items of each test");
  flags.decimal("latency", &options.latency_ms, 0, 10000,
                "of the server in ms; 20 unless given");
  flags.number("workers", &options.workers, 1, 64,
               "processes of the pool; one per CPU unless given");
  flags.number("pool", &options.pool, 1, 1000,
               "threads at a time; one per item unless given");
  flags.number("limit", &options.limit, 1, 10000,
               "async tasks at a time; all unless given");
  flags.toggle("full", &options.full,
               "the documents' own sizes: this takes hours");
  flags.toggle("timeline", &options.timeline, "draw one chart for each cell");
  flags.file("json", &options.json, "all numbers, instead of or beside tables");
  const auto code = flags.parse(argc, argv);
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
  for (const runners::Model& model : runners::models()) {
    if (contains(options.models, model.name)) {
      chosen.push_back(model);
    }
  }
  return chosen;
}

bodies::World world_of(const Options& options,
                       const bodies::Experiment& experiment) {
  bodies::World world;
  world.sizes = options.full ? bodies::full_sizes() : bodies::default_sizes();
  if (options.latency_ms >= 0) {
    world.sizes.fetch_ms = options.latency_ms;
    world.sizes.api_ms = options.latency_ms;
  }
  world.items = options.items != 0 ? options.items
                : options.full     ? experiment.full_items
                                   : experiment.items;
  return world;
}

}  // namespace demos::matrix

#include "demos/timeline_scene.h"

#include <optional>
#include <span>
#include <utility>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "demos/matrix/cell.h"
#include "demos/support/http_server.h"
#include "demos/support/machine.h"
#include "demos/support/scratch_folder.h"
#include "scheduler/clock.h"

namespace demos {

namespace {

using bodies::Body;
using bodies::Value;
using bodies::World;

// An experiment is made of plain functions, and its bodies run in processes
// that are forked later: they inherit this. Set by record(), one at a time.
const Scene* current = nullptr;

// Between two looks at the clocks: so exact are the borders of the bars.
constexpr auto kLook = scheduler::seconds(20e-6);

void compute(scheduler::Duration cpu_time) {
  const auto until = support::thread_cpu_time() + cpu_time;
  while (support::thread_cpu_time() < until) {
  }
}

Body body(World, int item) {
  for (const Part& part : current->tasks[static_cast<size_t>(item)]) {
    const auto work = scheduler::seconds(part.work_ms * 1e-3);
    for (scheduler::Duration done{}; done < work; done += kLook) {
      compute(kLook);
      co_yield bodies::check_point();
    }
    if (part.wait_ms > 0) {
      co_yield bodies::sleep(scheduler::seconds(part.wait_ms * 1e-3));
    }
  }
  co_return 1;
}

bodies::Experiment experiment_for(const Scene& scene) {
  if (scene.test != 0) {
    return bodies::experiments()[static_cast<size_t>(scene.test) - 1];
  }
  return {.number = 0,
          .title = "scene",
          .concept_id = "",
          .items = static_cast<int>(scene.tasks.size()),
          .full_items = {},
          .describe = [](const World&) { return current->title; },
          .body = body,
          .check = [](const World&,
                      std::span<const Value>) { return std::string(); }};
}

}  // namespace

Recorded record(const Scene& scene, const runners::Model& model, int workers) {
  current = &scene;
  const bodies::Experiment experiment = experiment_for(scene);
  runners::Job job = {.experiment = &experiment, .world = {}, .records = true};
  job.world.items = static_cast<int>(scene.names.size());
  Recorded recorded = {
      .model = std::string(model.name), .names = scene.names, .slices = {}};
  job.workers = workers == 0 ? support::usable_cpus() : workers;
  if (model.name == "processes") {
    recorded.model += ", " + std::to_string(job.workers) + " workers";
  } else if (workers != 0 && model.name.starts_with("threads")) {
    job.pool = workers;
    recorded.model += ", a pool of " + std::to_string(workers);
  }
  std::optional<support::HttpServer> server;
  if (experiment.needs_server) {
    server.emplace(
        support::ServerSettings{.latency_ms = job.world.sizes.fetch_ms});
    job.world.port = server->port();
  }
  const support::ScratchFolder folder;
  const matrix::Cell cell = matrix::run_cell(model, job, folder.path());
  scheduler::Timeline timeline(scheduler::SteadyClock::instance());
  for (size_t i = 0; i < scene.names.size(); ++i) {
    timeline.merge({scene.names[i]}, cell.outcome.events[i]);
  }
  recorded.slices = timeline.slices();
  return recorded;
}

}  // namespace demos

// demos/runners/models.cc - the models by name, in the order of the table.
//
// The first five are the documents' columns and run unless others are asked
// for; the rest take one of them apart, or put two together.
#include <array>

#include "demos/runners/runner.h"

namespace demos::runners {

namespace {

constexpr size_t kOfTheTable = 5;

}  // namespace

std::span<const Model> all_models() {
  static constexpr std::array kModels = {
      Model{"single", run_single},
      Model{"processes", run_processes},
      Model{"threads", run_threads},
      Model{"threads_gil", run_threads_gil},
      Model{"async", run_async},
      Model{"loops", run_loops},
      Model{"nonblocking", run_nonblocking},
      Model{"async_offload", run_async_offload},
      Model{"processes_x_threads", run_processes_x_threads},
      Model{"loops_in_processes", run_loops_in_processes},
  };
  return kModels;
}

std::span<const Model> models() {
  return all_models().first(kOfTheTable);
}

std::vector<int> items_of(const Job& job) {
  std::vector<int> items;
  for (int item = job.share.first; item < job.world.items;
       item += job.share.of) {
    items.push_back(item);
  }
  return items;
}

}  // namespace demos::runners

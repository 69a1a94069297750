#include <array>

#include "demos/runners/runner.h"

namespace demos::runners {

std::span<const Model> models() {
  static constexpr std::array kModels = {
      Model{"single", run_single},   Model{"processes", run_processes},
      Model{"threads", run_threads}, Model{"threads_gil", run_threads_gil},
      Model{"async", run_async},
  };
  return kModels;
}

}  // namespace demos::runners

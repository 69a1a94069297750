#include "demos/bodies/experiment.h"

#include <array>

namespace demos::bodies {

Sizes default_sizes() {
  return {};
}

Sizes full_sizes() {
  return {.sleep_unit = scheduler::seconds(1),
          .letters = 1000,
          .base = 1000000,
          .rows = 30001,
          .fetch_ms = 240,
          .api_ms = 440,
          .api_rate = 10.6};
}

std::span<const Experiment> experiments() {
  static const std::array all = {sleeps(),  pages(),      one_file(),
                                 heavy(),   many_files(), api_to_file(),
                                 csv_file()};
  return all;
}

}  // namespace demos::bodies

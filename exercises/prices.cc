#include "exercises/prices.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace exercises {

namespace {

constexpr double kProcessMs = 1.0;
constexpr double kThreadMs = 0.05;
constexpr double kThreadWaitMs = 0.010;
constexpr double kTaskWaitMs = 0.015;

// One computes at a time, and all wait at once.
double overlapped_ms(const Program& program, double price_of_a_wait) {
  const double busy_ms = program.compute_ms + price_of_a_wait;
  return program.rounds *
         std::max(program.tasks * busy_ms, busy_ms + program.wait_ms);
}

double row_ms(const Program& program, int tasks) {
  return tasks * program.rounds * (program.compute_ms + program.wait_ms);
}

}  // namespace

double ms_under(std::string_view model, const Program& program, int cpus) {
  if (model == "single") {
    return row_ms(program, program.tasks);
  }
  if (model == "processes") {
    const int longest_row = (program.tasks + cpus - 1) / cpus;
    return cpus * kProcessMs + row_ms(program, longest_row);
  }
  if (model == "threads") {
    return program.tasks * kThreadMs + overlapped_ms(program, kThreadWaitMs);
  }
  if (model == "async") {
    return overlapped_ms(program, kTaskWaitMs);
  }
  throw std::invalid_argument("no model: " + std::string(model));
}

double least_ms(const Program& program, int cpus) {
  double least = ms_under(kModels[0], program, cpus);
  for (const std::string_view model : kModels) {
    least = std::min(least, ms_under(model, program, cpus));
  }
  return least;
}

scheduler::Facts facts_of(const Program& program) {
  const double share =
      program.compute_ms / (program.compute_ms + program.wait_ms);
  return {.user_share = share,
          .cpu_share = share,
          .mean_wait_ms = program.wait_ms,
          .connections = static_cast<double>(program.tasks)};
}

}  // namespace exercises

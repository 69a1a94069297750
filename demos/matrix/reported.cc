#include "demos/matrix/reported.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "demos/bodies/experiment.h"
#include "demos/matrix/virtual_pool.h"
#include "demos/support/report.h"
#include "ipc/process_pool.h"

namespace demos::matrix {

namespace {

using support::fixed;

struct Figures {
  double single;
  double processes;
  double threads;
  double async;
};

// Seconds, as the documents give them, TEST 1 to 6. [C-178] [C-179] [C-180]
// [C-181] [C-182] [C-183]
constexpr std::array kFigures = {
    Figures{178.100, 27.143, 10.009, 10.002},
    Figures{243.564, 81.555, 6.852, 9.241},
    Figures{0.04592, 0.11202, 0.05333, 8.34945},
    Figures{78.158, 14.848, 77.259, 78.719},
    Figures{1.01736, 0.83020, 1.43019, 5.76432},
    Figures{43.940, 11.277, 9.836, 9.256},
};

constexpr const Figures& figures(int test) {
  return kFigures[static_cast<size_t>(test) - 1];
}

constexpr int kSleeps = 26;
constexpr int kPages = 1000;
constexpr int kMostPagesOfAsync = 100;  // their client's own limit
constexpr int kPowers = 16;
constexpr int kFiles = 10'000;
constexpr int kStepsOfAFile = 6;
constexpr int kAnswers = 99;  // not 100 [C-185]

// A letter each, and the opening and closing of every writer.
constexpr int kHops = 178'000 + 2 * kSleeps;

std::vector<double> sleeps() {
  std::vector<double> waits;
  for (int i = 0; i < kSleeps; ++i) {
    waits.push_back(bodies::delay_units(i));
  }
  return waits;
}

// As many equal items as there are, of which `single` needed this for all.
std::vector<double> equal_parts(double single, int items) {
  return std::vector<double>(static_cast<size_t>(items), single / items);
}

// A pool as theirs cuts the list. [C-143]
double in_processes(int workers, std::vector<double> waits, double rate = 0) {
  const auto count = static_cast<size_t>(workers);
  const size_t chunk = ipc::default_chunksize(waits.size(), count);
  return seconds_in_pool({.workers = count, .chunk = chunk, .rate = rate},
                         std::move(waits));
}

// All of them at once, or `most`.
double together(std::vector<double> waits, double rate, int most) {
  return seconds_in_pool(
      {.workers = static_cast<size_t>(most), .chunk = 1, .rate = rate},
      std::move(waits));
}

// The number of workers with which the first test ends nearest to the figure.
int fitted_workers() {
  constexpr int kMost = 64;
  int best = 1;
  double nearest = INFINITY;
  for (int workers = 1; workers <= kMost; ++workers) {
    const double off =
        std::abs(in_processes(workers, sleeps()) - figures(1).processes);
    if (off < nearest) {
      nearest = off;
      best = workers;
    }
  }
  return best;
}

// The rate at which `items` questions, asked at once, are all answered after
// `total` seconds: the first after the latency, the others in its step.
double fitted_rate(double total, double single, int items) {
  return (items - 1) / (total - single / items);
}

std::string workers_text() {
  return std::to_string(fit().workers) + " workers";
}

std::optional<Prediction> predict_sleeps(std::string_view model) {
  const std::vector<double> waits = sleeps();
  if (model == "single") {
    return Prediction{std::accumulate(waits.begin(), waits.end(), 0.0),
                      "the sum of the waits"};
  }
  if (model == "processes") {
    const auto with = [&](int workers) {
      return std::to_string(workers) + ": " +
             fixed(in_processes(workers, waits), 2) + " s";
    };
    const int workers = fit().workers;
    return Prediction{in_processes(workers, waits),
                      "list scheduling; " + workers_text() + ", fitted here (" +
                          with(workers - 1) + ", " + with(workers + 1) + ")",
                      true};
  }
  return Prediction{together(waits, 0, kSleeps), "the longest of the waits"};
}

std::optional<Prediction> predict_pages(std::string_view model) {
  const std::vector<double> waits = equal_parts(figures(2).single, kPages);
  if (model == "processes") {
    return Prediction{in_processes(fit().workers, waits),
                      workers_text() + " from TEST 1, " +
                          fixed(waits.front(), 3) + " s a page from single"};
  }
  const std::string rate = fixed(fit().page_rate, 0) + " pages/s";
  if (model == "threads_gil") {
    return Prediction{together(waits, fit().page_rate, kPages),
                      rate + ", fitted here", true};
  }
  if (model == "async") {
    return Prediction{together(waits, fit().page_rate, kMostPagesOfAsync),
                      rate + " from threads, 100 at a time"};
  }
  return std::nullopt;
}

std::string hop_text() {
  return fixed(fit().hop * 1e6, 1) + " us a hop";
}

std::optional<Prediction> predict_one_file(std::string_view model) {
  if (model != "async") {
    return std::nullopt;
  }
  return Prediction{figures(3).single + kHops * fit().hop,
                    hop_text() + ", fitted here", true};
}

std::optional<Prediction> predict_heavy(std::string_view model) {
  if (model == "single") {
    return std::nullopt;
  }
  const std::vector<double> powers = equal_parts(figures(4).single, kPowers);
  if (model == "processes") {
    return Prediction{in_processes(fit().workers, powers),
                      workers_text() + " from TEST 1, each with a CPU"};
  }
  return Prediction{figures(4).single, "one computes at a time, as in single"};
}

std::optional<Prediction> predict_many_files(std::string_view model) {
  if (model != "async") {
    return std::nullopt;
  }
  return Prediction{figures(5).single + kFiles * kStepsOfAFile * fit().hop,
                    hop_text() + " from TEST 3, " +
                        std::to_string(kStepsOfAFile) + " hops a file"};
}

std::optional<Prediction> predict_api(std::string_view model) {
  const std::vector<double> waits = equal_parts(figures(6).single, kAnswers);
  const std::string rate = fixed(fit().api_rate, 1) + " answers/s";
  if (model == "processes") {
    return Prediction{in_processes(fit().workers, waits, fit().api_rate),
                      workers_text() + " from TEST 1, " + rate + " from async"};
  }
  if (model == "threads_gil") {
    return Prediction{together(waits, fit().api_rate, kAnswers),
                      rate + " from async"};
  }
  if (model == "async") {
    return Prediction{together(waits, fit().api_rate, kAnswers),
                      rate + ", fitted here", true};
  }
  return std::nullopt;
}

std::optional<Prediction> predict(int test, std::string_view model) {
  switch (test) {
    case 1:
      return predict_sleeps(model);
    case 2:
      return predict_pages(model);
    case 3:
      return predict_one_file(model);
    case 4:
      return predict_heavy(model);
    case 5:
      return predict_many_files(model);
    default:
      return predict_api(model);
  }
}

}  // namespace

const Fit& fit() {
  static const Fit fitted = {
      .workers = fitted_workers(),
      .hop = (figures(3).async - figures(3).single) / kHops,
      .page_rate = fitted_rate(figures(2).threads, figures(2).single, kPages),
      .api_rate = fitted_rate(figures(6).async, figures(6).single, kAnswers)};
  return fitted;
}

std::vector<Reported> reported_for(int test) {
  if (test < 1 || test > static_cast<int>(kFigures.size())) {
    return {};
  }
  const Figures& row = figures(test);
  std::vector<Reported> reported = {
      {.model = "single", .seconds = row.single},
      {.model = "processes", .seconds = row.processes},
      {.model = "threads_gil", .seconds = row.threads},
      {.model = "async", .seconds = row.async}};
  for (Reported& cell : reported) {
    cell.vs_single = row.single / cell.seconds;
    cell.prediction = predict(test, cell.model);
  }
  return reported;
}

}  // namespace demos::matrix

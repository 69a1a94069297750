#include "demos/runners/share.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>

#include "demos/bodies/step.h"
#include "ipc/process_pool.h"
#include "scheduler/timeline.h"

namespace demos::runners {

namespace {

// Set before the pool forks its workers, which inherit them.
const std::vector<Job>* inherited_shares = nullptr;
Outcome (*inherited_run)(const Job&) = nullptr;

struct Report {
  std::vector<bodies::Value> values;
  std::vector<std::vector<scheduler::Event>> events;
  static constexpr auto kFields = std::tuple(&Report::values, &Report::events);
};

Report run_share(int number) {
  Outcome outcome =
      inherited_run((*inherited_shares)[static_cast<size_t>(number)]);
  return {.values = std::move(outcome.values),
          .events = std::move(outcome.events)};
}

}  // namespace

std::vector<Job> shares_of(const Job& job) {
  assert(job.share.of == 1 && "a share is not dealt out again");
  const int number = std::min(job.workers, job.world.items);
  std::vector<Job> shares(static_cast<size_t>(number), job);
  for (int i = 0; i < number; ++i) {
    shares[static_cast<size_t>(i)].share = {.first = i, .of = number};
  }
  return shares;
}

Outcome join_shares(std::vector<Outcome> shares) {
  assert(!shares.empty() && "without a share nothing says where to stop");
  Outcome all;
  for (size_t turn = 0;; ++turn) {
    for (Outcome& share : shares) {
      if (turn == share.values.size()) {
        return all;  // no later share is longer than an earlier one
      }
      all.values.push_back(share.values[turn]);
      all.events.push_back(std::move(share.events[turn]));
    }
  }
}

Outcome run_in_processes(const Job& job, Outcome (*run)(const Job& share)) {
  const std::vector<Job> shares = shares_of(job);
  inherited_shares = &shares;
  inherited_run = run;
  std::vector<int> numbers(shares.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  ipc::ProcessPool pool(shares.size());
  std::vector<Outcome> outcomes;
  for (Report& report : pool.map(&run_share, numbers, 1)) {
    outcomes.push_back({.values = std::move(report.values),
                        .events = std::move(report.events)});
  }
  pool.close();
  pool.join();
  return join_shares(std::move(outcomes));
}

}  // namespace demos::runners

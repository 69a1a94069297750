// demos/bodies/sleeps.cc - TEST 1: wait, and do nothing else. [C-178]
//
// 26 waits of 2 to 10 units. One after another they last as long as their sum,
// 178; all at once as long as the longest, 10; and a pool of w processes gives
// the 27 of the documents for w = 8, because that is what handing out a list
// of 26 jobs one by one to 8 workers comes to.
#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "scheduler/clock.h"

namespace demos::bodies {

namespace {

constexpr Value kWokeInTime = 1;
constexpr Value kWokeEarly = 2;

std::string describe(const World& world) {
  int sum = 0;
  int longest = 0;
  for (int i = 0; i < world.items; ++i) {
    sum += delay_units(i);
    longest = std::max(longest, delay_units(i));
  }
  return std::to_string(world.items) + " waits, sum " + std::to_string(sum) +
         " units, longest " + std::to_string(longest);
}

Body body(World world, int item) {
  auto& clock = scheduler::SteadyClock::instance();
  const scheduler::Duration delay = world.sizes.sleep_unit * delay_units(item);
  const auto start = clock.now();
  co_yield sleep(delay);
  co_return clock.now() - start >= delay ? kWokeInTime : kWokeEarly;
}

std::string check(const World&, std::span<const Value> values) {
  for (const Value value : values) {
    if (value != kWokeInTime) {
      throw std::runtime_error("a sleeper woke early");
    }
  }
  return "";
}

}  // namespace

int delay_units(int item) {
  const int i =
      item % 31;  // the formula repeats; squares of large ones would not fit
  return 2 + ((13 * i * i + 2 * i + 14) % 31) % 9;
}

Experiment sleeps() {
  return {.number = 1,
          .title = "sleep",
          .concept_id = "C-178",
          .items = 26,
          .full_items = {26},
          .describe = describe,
          .body = body,
          .check = check};
}

}  // namespace demos::bodies

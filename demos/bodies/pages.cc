// demos/bodies/pages.cc - TEST 2: fetch pages. [C-179]
//
// The server takes its time for each answer and serves any number at once. One
// after another the waits add up; together they cost one latency and what it
// takes to start so many. The documents' sources grow the number step by step:
// --full prints a table for each. [C-186]
#include <span>
#include <stdexcept>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "scheduler/clock.h"

namespace demos::bodies {

namespace {

std::string describe(const World& world) {
  return std::to_string(world.items) + " requests, latency " +
         support::plain(world.sizes.fetch_ms) + " ms" +
         (world.sizes.fetch_cpu_us > 0
              ? ", CPU " + support::plain(world.sizes.fetch_cpu_us) + " us each"
              : "");
}

// Uses up CPU time, as the handshake of an encrypted connection does.
void compute(double microseconds) {
  const auto until =
      support::thread_cpu_time() + scheduler::seconds(microseconds * 1e-6);
  while (support::thread_cpu_time() < until) {
  }
}

Body body(World world, int item) {
  if (world.sizes.fetch_cpu_us > 0) {
    compute(world.sizes.fetch_cpu_us);
    co_yield check_point();
  }
  const std::string target = "/item/" + std::to_string(item);
  const Answer page = (co_yield fetch(target)).value_or("");
  co_return page.starts_with(target) ? checksum(page) : 0;
}

std::string check(const World&, std::span<const Value> values) {
  for (const Value value : values) {
    if (value == 0) {
      throw std::runtime_error("an answer was that to another question");
    }
  }
  return "";
}

}  // namespace

Experiment pages() {
  return {.number = 2,
          .title = "fetch",
          .concept_id = "C-179",
          .items = 100,
          .full_items = {1, 10, 100, 500, 1000},
          .needs_server = true,
          .describe = describe,
          .body = body,
          .check = check};
}

}  // namespace demos::bodies

// demos/bodies/pages.cc - TEST 2: fetch pages. [C-179]
//
// The server takes its time for each answer and serves any number at once. One
// after another the waits add up; together they cost one latency and what it
// takes to start so many.
#include <span>
#include <stdexcept>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"

namespace demos::bodies {

namespace {

std::string describe(const World& world) {
  return std::to_string(world.items) + " requests, latency " +
         std::to_string(static_cast<int>(world.sizes.fetch_ms)) + " ms";
}

Body body(World, int item) {
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
          .full_items = 1000,
          .needs_server = true,
          .describe = describe,
          .body = body,
          .check = check};
}

}  // namespace demos::bodies

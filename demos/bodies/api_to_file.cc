// demos/bodies/api_to_file.cc - TEST 6: ask an API, keep the answer. [C-183]
//
// Each item gets a JSON text, reads it, and appends one line to a file that all
// share. The waits add up as in TEST 2; with a server that gives only so many
// answers a second (--full) all models that wait together end together. The
// documents speak of 100 requests and made 99. [C-185]
#include <charconv>
#include <filesystem>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/bodies/file.h"
#include "demos/bodies/step.h"
#include "demos/support/json.h"
#include "demos/support/report.h"

namespace demos::bodies {

namespace {

std::string path_in(const World& world) {
  return world.folder + "/lines";
}

std::string describe(const World& world) {
  return std::to_string(world.items) + " requests, latency " +
         support::plain(world.sizes.api_ms) + " ms, a line each";
}

Body body(World world, int item) {
  const std::string target = "/json/" + std::to_string(item);
  const Answer page = (co_yield fetch(target)).value_or("");
  const support::Json answer = support::Json::parse(page);
  const std::string line =
      answer.at("id").string() + " " + answer.at("text").string() + "\n";
  File file;
  co_yield open_to_append(file, path_in(world));
  co_yield write(file, line);
  co_yield close(file);
  co_return checksum(line);
}

// Every item's line must be there once, whole, whatever the order.
std::string check(const World& world, std::span<const Value> values) {
  File file;
  file.open(path_in(world), File::Mode::kRead);
  std::istringstream text(file.read());
  file.close();
  std::filesystem::remove(path_in(world));
  std::vector<bool> seen(values.size());
  size_t lines = 0;
  for (std::string line; std::getline(text, line); ++lines) {
    size_t item = 0;
    const auto number =
        std::from_chars(line.data(), line.data() + line.size(), item);
    if (number.ec != std::errc() || item >= seen.size() || seen[item] ||
        checksum(line + "\n") != values[item]) {
      throw std::runtime_error("a line is torn or there twice: " + line);
    }
    seen[item] = true;
  }
  if (lines != values.size()) {
    throw std::runtime_error("lines are missing");
  }
  return "";
}

}  // namespace

Experiment api_to_file() {
  return {.number = 6,
          .title = "API and file",
          .concept_id = "C-183",
          .items = 50,
          .full_items = {100},
          .needs_server = true,
          .describe = describe,
          .body = body,
          .check = check};
}

}  // namespace demos::bodies

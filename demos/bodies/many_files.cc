// demos/bodies/many_files.cc - TEST 5: many small files. [C-182]
//
// Create, write four bytes, close; open, read, close. Local files hardly ever
// make anybody wait, so what is measured is what each model adds: a thread for
// every file, or a helper thread's help for every step.
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/bodies/file.h"
#include "demos/bodies/step.h"

namespace demos::bodies {

namespace {

constexpr std::string_view kContent = "text";

std::string path_of(const World& world, int item) {
  return world.folder + "/" + std::to_string(item);
}

std::string describe(const World& world) {
  return std::to_string(world.items) + " files of 4 bytes, written and read";
}

Body body(World world, int item) {
  File file;
  co_yield open_to_append(file, path_of(world, item));
  co_yield write(file, std::string(kContent));
  co_yield close(file);
  co_yield open_to_read(file, path_of(world, item));
  const Answer content = (co_yield read(file)).value_or("");
  co_yield close(file);
  co_return checksum(content);
}

std::string check(const World& world, std::span<const Value> values) {
  for (int i = 0; i < world.items; ++i) {
    if (values[static_cast<size_t>(i)] != checksum(kContent) ||
        !std::filesystem::remove(path_of(world, i))) {
      throw std::runtime_error("a file is missing or has another content");
    }
  }
  if (!std::filesystem::is_empty(world.folder)) {
    throw std::runtime_error("there is a file that no item has written");
  }
  return "";
}

}  // namespace

Experiment many_files() {
  return {.number = 5,
          .title = "many files",
          .concept_id = "C-182",
          .items = 1000,
          .full_items = {10000},
          .describe = describe,
          .body = body,
          .check = check};
}

}  // namespace demos::bodies

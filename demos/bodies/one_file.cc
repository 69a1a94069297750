// demos/bodies/one_file.cc - TEST 3: many writers, one file. [C-180]
//
// Writer i appends its letter a number of times, one at a time, through a
// buffer of its own. No letter may be lost. How they lie in the file depends
// on when each buffer was emptied, so it is a remark and no result.
#include <array>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/bodies/file.h"
#include "demos/bodies/step.h"

namespace demos::bodies {

namespace {

constexpr int kLetters = 26;

int letters_of(const World& world, int item) {
  return delay_units(item) * world.sizes.letters;
}

std::string path_in(const World& world) {
  return world.folder + "/letters";
}

std::string describe(const World& world) {
  int letters = 0;
  for (int i = 0; i < world.items; ++i) {
    letters += letters_of(world, i);
  }
  return std::to_string(world.items) + " writers, " + std::to_string(letters) +
         " letters";
}

Body body(World world, int item) {
  const auto letter = static_cast<char>('a' + item % kLetters);
  const int count = letters_of(world, item);
  File file;
  co_yield open_to_append(file, path_in(world));
  for (int i = 0; i < count; ++i) {
    co_yield write(file, std::string(1, letter));
  }
  co_yield close(file);
  co_return static_cast<Value>(count);
}

std::string check(const World& world, std::span<const Value>) {
  File file;
  file.open(path_in(world), File::Mode::kRead);
  const std::string text = file.read();
  file.close();
  std::filesystem::remove(path_in(world));
  std::array<int64_t, kLetters> missing{};
  for (int i = 0; i < world.items; ++i) {
    missing[static_cast<size_t>(i % kLetters)] += letters_of(world, i);
  }
  constexpr const char* kWrong = "letters were lost or made up";
  int runs = 0;
  char last = '\0';
  for (const char c : text) {
    if (c < 'a' || c >= 'a' + kLetters) {
      throw std::runtime_error(kWrong);
    }
    --missing[static_cast<size_t>(c - 'a')];
    runs += c != last ? 1 : 0;
    last = c;
  }
  if (missing != std::array<int64_t, kLetters>{}) {
    throw std::runtime_error(kWrong);
  }
  // One run for each writer is what buffers that hold all its letters give.
  return runs <= world.items ? ""
                             : std::to_string(runs) + " runs of letters from " +
                                   std::to_string(world.items) + " writers";
}

}  // namespace

Experiment one_file() {
  return {.number = 3,
          .title = "one file",
          .concept_id = "C-180",
          .items = 26,
          .full_items = {26},
          .describe = describe,
          .body = body,
          .check = check};
}

}  // namespace demos::bodies

// The corpus of a fuzzer, and changes to it under a fixed seed, for compilers
// without a fuzzer. Built with each of them (bazel/fuzz.bzl), which gives the
// corpus' folder as CORPUS.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tests {
namespace {

using Input = std::vector<uint8_t>;

// The seeds, in the order of their names.
std::vector<Input> corpus() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(CORPUS)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> inputs;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file),
                        std::istreambuf_iterator<char>());
  }
  return inputs;
}

// It ends by itself if something is wrong.
void feed(const Input& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

// One change of the kinds that find most: a bit, a byte, a count that lies, an
// end that comes early, a part from elsewhere.
void change(Input& input, const std::vector<Input>& all, std::mt19937& dice) {
  const auto roll = [&](size_t bound) { return dice() % bound; };
  if (input.empty()) {
    input = all[roll(all.size())];
    return;
  }
  const size_t at = roll(input.size());
  switch (roll(6)) {
    case 0:
      input[at] = static_cast<uint8_t>(input[at] ^ (1u << roll(8)));
      break;
    case 1:
      input[at] = static_cast<uint8_t>(roll(256));
      break;
    case 2:
      for (size_t i = at; i < std::min(at + 8, input.size()); ++i) {
        input[i] = 0xff;
      }
      break;
    case 3:
      input.resize(at);
      break;
    case 4:
      input.insert(input.begin() + static_cast<ptrdiff_t>(at), 1 + roll(9), 0);
      break;
    default: {
      const Input& other = all[roll(all.size())];
      const size_t from = roll(other.size() + 1);
      input.resize(at);
      input.insert(input.end(), other.begin() + static_cast<ptrdiff_t>(from),
                   other.end());
    }
  }
}

TEST(Corpus, EachSeedIsReadOrRefused) {
  const std::vector<Input> all = corpus();
  EXPECT_GE(all.size(), 8u);
  for (const Input& input : all) {
    feed(input);
  }
}

TEST(Corpus, SoIsWhateverComesOfChangingThem) {
  constexpr int kRounds = 1000;
  const std::vector<Input> all = corpus();
  std::mt19937 dice(20240607);
  for (const Input& seed : all) {
    Input input = seed;
    for (int round = 0; round < kRounds; ++round) {
      change(input, all, dice);
      feed(input);
      if (dice() % 8 == 0) {
        input = seed;  // not too far away from what makes sense
      }
    }
  }
}

}  // namespace
}  // namespace tests

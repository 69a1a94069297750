// The promises of loop/jumping_range.h.
#include "loop/jumping_range.h"

#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "loop/generator.h"
#include "loop/stop_iteration.h"

namespace loop {
namespace {

// C-073: the sample of the documents, line by line.
TEST(JumpingRange, GivesTheSixNumbersOfTheSample) {
  std::vector<int> printed;
  auto iterator = jumping_range(5);
  printed.push_back(iterator.next());
  printed.push_back(iterator.send(2));
  printed.push_back(iterator.next());
  printed.push_back(iterator.send(-1));
  for (const int x : iterator) {
    printed.push_back(x);
  }
  EXPECT_EQ(printed, (std::vector<int>{0, 2, 3, 2, 3, 4}));
}

// The answers of `range` to a script of requests: 0 is next(), any other
// number is sent.
template <class Range>
std::vector<std::string> answers(Range range, const std::vector<int>& script) {
  std::vector<std::string> log;
  for (const int request : script) {
    try {
      const int value = request == 0 ? range.next() : range.send(request);
      log.push_back(std::to_string(value));
    } catch (const StopIteration&) {
      log.push_back("stop");
    } catch (const TypeError&) {
      log.push_back("TypeError");
    }
  }
  return log;
}

// I1 C-071
TEST(JumpingRange, TheBodyAndTheStateMachineAnswerAlike) {
  std::mt19937 random(20);
  std::uniform_int_distribution<int> step(-1, 3);
  for (int round = 0; round < 200; ++round) {
    std::vector<int> script(20);
    for (int& request : script) {
      request = step(random);
    }
    const int up_to = round % 12;
    EXPECT_EQ(answers(jumping_range(up_to), script),
              answers(JumpingRange(up_to), script));
  }
}

}  // namespace
}  // namespace loop

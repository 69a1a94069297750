// demos/generators.cc - a function that stops in the middle, and who goes on.
//
// jumping_range counts up, and whoever asks for the next number may send the
// step. count_to_three has nothing to hand out and only lets go, three times;
// it is driven by hand. No loop is linked into this program: a generator runs
// when it is called, and at no other time. --ladder draws it. [C-073] [C-094]
// [C-216]
//
//   bazel run //demos:generators
//   bazel run //demos:generators -- --sample=jumping_range --ladder
//
// Predict the six numbers first: next, send 2, next, send -1, then the rest up
// to 5. Expected: 0 2 3 2 3 4, three lines and *stopped*, and last
//   VERDICT C-075 true: ...
#include <sstream>
#include <string>
#include <vector>

#include "demos/generators_ladder.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "loop/generator.h"
#include "loop/generator_port.h"
#include "loop/jumping_range.h"
#include "loop/stop_iteration.h"

namespace demos {
namespace {

using loop::Generator;
using loop::NoValue;
using support::print;
using support::Verdicts;

std::string text_of(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) {
    text += (text.empty() ? "" : " ") + std::to_string(number);
  }
  return text;
}

// The same questions to the class that a compiler would make of the body.
std::vector<int> ask_state_machine() {
  loop::JumpingRange range(5);
  std::vector<int> numbers = {range.next(), range.send(2), range.next(),
                              range.send(-1)};
  try {
    for (;;) {
      numbers.push_back(range.next());
    }
  } catch (const loop::StopIteration&) {
  }
  return numbers;
}

bool refuses_a_value_first() {
  try {
    loop::jumping_range(5).send(2);
    return false;
  } catch (const loop::TypeError&) {
    return true;
  }
}

bool sending_nothing_is_next() {
  Generator<int, int> one = loop::jumping_range(2);
  Generator<int, int> other = loop::jumping_range(2);
  return one.send(NoValue{}) == other.next() &&
         one.send(NoValue{}) == other.next();
}

void show_jumping_range(Verdicts& verdicts) {
  std::vector<int> numbers;
  const auto show = [&](int number) {
    numbers.push_back(number);
    print(std::to_string(number) + "\n");
  };

  Generator<int, int> range = loop::jumping_range(5);
  show(range.next());
  show(range.send(2));
  show(range.next());
  show(range.send(-1));
  for (const int number : range) {
    show(number);
  }

  verdicts.add("C-073",
               "found: " + text_of(numbers) +
                   "; the same body as a class with a number for its place: " +
                   text_of(ask_state_machine()));
  verdicts.add("C-074", std::string("found: a value sent first is ") +
                            (refuses_a_value_first() ? "refused" : "taken") +
                            "; sending nothing " +
                            (sending_nothing_is_next() ? "is" : "is not") +
                            " the same as next; the iteration went on with " +
                            std::to_string(numbers[4]));
}

// The original says "down" and counts up.
Generator<NoValue> count_to_three() {
  print("counting 1\n");
  co_yield NoValue{};
  print("counting 2\n");
  co_yield NoValue{};
  print("counting 3\n");
  co_yield NoValue{};
}

void show_count_to_three(Verdicts& verdicts) {
  Generator<NoValue> counter = count_to_three();
  std::ostringstream identity;
  identity << "<generator count_to_three at " << &counter << ">\n";
  print(identity.str());
  int sends = 0;
  try {
    for (;;) {
      ++sends;
      counter.send(NoValue{});
    }
  } catch (const loop::StopIteration&) {
    print("stopped\n");
  }
  verdicts.add("C-094", "found: making it printed nothing; request " +
                            std::to_string(sends) + " found it at its end");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("generators", [&] {
    std::vector<std::string> samples = {"jumping_range", "count_to_three"};
    bool draw = false;
    support::Flags flags("generators", "functions that stop in the middle");
    flags.choices("sample", &samples, samples, "which of the two");
    flags.toggle("ladder", &draw, "what passes between caller and body");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    Verdicts verdicts;
    for (const std::string& sample : samples) {
      sample == "jumping_range" ? show_jumping_range(verdicts)
                                : show_count_to_three(verdicts);
    }
    climb_ladder(draw, verdicts);
    print(verdicts.text());
    return 0;
  });
}

// Any text, assembled: a program or a refusal that names the line.
// [assembler.h, verify.h I1]
//
// What was accepted is run along every schedule, as far as a small bound goes:
// nothing may go wrong in the machine, and leaving schedules out must lose no
// outcome. [explorer.h I2]
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/explorer.h"

namespace gil_sim {
namespace {

std::vector<std::string> texts_of(const Exploration& found) {
  std::vector<std::string> texts;
  for (const Outcome& outcome : found.outcomes) {
    texts.push_back(outcome.text);
  }
  return texts;
}

void explore_a_little(const Program& program, CheckPolicy checks) {
  SearchOptions options{.checks = checks};
  options.most_states = 300;
  options.most_instructions = 20'000;
  const Exploration all = explore(program, options);
  options.reduction = Reduction::kClasses;
  const Exploration reduced = explore(program, options);
  if (all.complete() && reduced.complete() &&
      texts_of(all) != texts_of(reduced)) {
    abort();
  }
}

}  // namespace
}  // namespace gil_sim

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gil_sim;
  try {
    const Program program =
        assemble({reinterpret_cast<const char*>(data), size});
    for (const CheckPolicy checks :
         {CheckPolicy::kEveryInstruction, CheckPolicy::kBackwardJumpsAndCalls,
          CheckPolicy::kAwaitsOnly}) {
      explore_a_little(program, checks);
    }
  } catch (const std::invalid_argument& refused) {
    const std::string_view why = refused.what();
    if (!why.starts_with("line ") && why != "the program has no thread") {
      abort();
    }
  }
  return 0;
}

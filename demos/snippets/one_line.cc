#include <cstddef>
#include <string>

#include "demos/snippets/print.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/examples.h"

int main() {
  const auto program = gil_sim::assemble(
      gil_sim::examples::program("A", gil_sim::examples::kIncrement, 1));

  for (size_t pc = 0; program.code[pc].op != gil_sim::Op::kEnd; ++pc) {
    const std::string step = gil_sim::describe(program, pc);
    demos::snippets::print(step.substr(0, step.find('_')));
  }
}

#include "gil_sim/bytecode.h"

#include <cstdio>
#include <set>

namespace gil_sim {

namespace {

const Program::Block& block_of(const Program& program, size_t pc) {
  const Program::Block* found = &program.blocks.front();
  for (const Program::Block& block : program.blocks) {
    if (block.entry <= static_cast<int>(pc)) {
      found = &block;
    }
  }
  return *found;
}

// The argument in words; empty for those that are a mere number or none.
std::string name_of_argument(const Program& program, size_t pc) {
  const Instruction& in = program.code[pc];
  const auto index = static_cast<size_t>(in.argument);
  switch (info(in.op).argument) {
    case Argument::kLocal:
      return block_of(program, pc).locals[index];
    case Argument::kGlobal:
    case Argument::kList:
      return program.globals[index].name;
    case Argument::kLock:
      return program.locks[index];
    case Argument::kFunction:
      return program.blocks[index].name;
    case Argument::kComparison:
      return std::string(kComparisons[index]);
    case Argument::kLabel:
      return "to " + std::to_string(in.argument);
    case Argument::kNone:
    case Argument::kNumber:
    case Argument::kMicroseconds:
      return "";
  }
  return "";
}

}  // namespace

std::string describe(const Program& program, size_t pc) {
  const Instruction& in = program.code[pc];
  std::string text(info(in.op).name);
  const std::string name = name_of_argument(program, pc);
  if (!name.empty()) {
    text += " " + name;
  } else if (info(in.op).argument != Argument::kNone) {
    text += " " + std::to_string(in.argument);
  }
  return text;
}

std::string dis(const Program& program) {
  std::set<int64_t> targets;
  for (const Instruction& in : program.code) {
    if (info(in.op).argument == Argument::kLabel) {
      targets.insert(in.argument);
    }
  }
  std::string listing;
  for (size_t pc = 0; pc < program.code.size(); ++pc) {
    for (const Program::Block& block : program.blocks) {
      if (block.entry == static_cast<int>(pc)) {
        listing +=
            (block.is_function ? "function " : "thread ") + block.name + ":\n";
      }
    }
    const Instruction& in = program.code[pc];
    if (in.op == Op::kEnd && !targets.contains(static_cast<int64_t>(pc))) {
      continue;  // ours, not the program's
    }
    std::string argument;
    if (info(in.op).argument != Argument::kNone) {
      argument = std::to_string(in.argument);
      const std::string name = name_of_argument(program, pc);
      if (!name.empty()) {
        argument += " (" + name + ")";
      }
    }
    char row[120];
    std::snprintf(row, sizeof row, "%3d %s %4zu %-20.*s %s", in.line,
                  targets.contains(static_cast<int64_t>(pc)) ? ">>" : "  ", pc,
                  static_cast<int>(info(in.op).name.size()),
                  info(in.op).name.data(), argument.c_str());
    std::string line = row;
    line.erase(line.find_last_not_of(' ') + 1);
    listing += line + "\n";
  }
  return listing;
}

}  // namespace gil_sim

#include "gil_sim/verify.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace gil_sim {

namespace {

class Verifier {
 public:
  explicit Verifier(const Program& program)
      : program_(program), needs_(program.blocks.size(), kUnknown) {}

  // How many values the block needs at most; verifies it on the way.
  int need_of(size_t block) {
    if (needs_[block] != kUnknown) {
      return needs_[block];
    }
    needs_[block] = kInWork;
    ++nested_;
    needs_[block] = follow(program_.blocks[block]);
    --nested_;
    return needs_[block];
  }

 private:
  static constexpr int kUnknown = -1;
  static constexpr int kInWork = -2;
  static constexpr int kFrame = 2;  // the way back, and the caller's frame

  // What is known on arrival at an instruction.
  struct Arrival {
    int depth;
    uint32_t held;  // a bit for each lock
  };

  [[noreturn]] void refuse(size_t pc, const std::string& why) const {
    throw std::invalid_argument(
        "line " + std::to_string(program_.code[pc].line) + ": " + why);
  }

  int follow(const Program::Block& block) {
    std::map<size_t, Arrival> known;
    std::vector<std::pair<size_t, Arrival>> todo = {
        {static_cast<size_t>(block.entry), {0, 0}}};
    const int locals = static_cast<int>(block.locals.size());
    int most = locals;
    while (!todo.empty()) {
      const auto [pc, now] = todo.back();
      todo.pop_back();
      const auto [it, is_new] = known.emplace(pc, now);
      if (!is_new) {
        check_agreement(pc, it->second, now);
        continue;
      }
      const Instruction& in = program_.code[pc];
      if (now.depth < info(in.op).pops) {
        refuse(pc, describe(program_, pc) + " pops an empty stack");
      }
      const Arrival after = {now.depth - info(in.op).pops + info(in.op).pushes,
                             in.op == Op::kAcquire || in.op == Op::kRelease
                                 ? move_lock(pc, now)
                                 : now.held};
      most = std::max(most, locals + after.depth);
      if (in.op == Op::kCall) {
        most = std::max(most, locals + now.depth + need_of_call(pc));
      }
      if (in.op == Op::kEnd || in.op == Op::kReturnValue) {
        check_end(pc, block, now);
        continue;
      }
      if (info(in.op).argument == Argument::kLabel) {
        todo.emplace_back(static_cast<size_t>(in.argument), after);
      }
      if (in.op != Op::kJump) {
        todo.emplace_back(pc + 1, after);
      }
    }
    if (most > Program::kMaxStack) {
      refuse(static_cast<size_t>(block.entry),
             "this body needs " + std::to_string(most) +
                 " values on the stack; there is room for " +
                 std::to_string(Program::kMaxStack));
    }
    return most;
  }

  void check_agreement(size_t pc, Arrival a, Arrival b) const {
    if (a.depth != b.depth) {
      refuse(pc, "reached with " + std::to_string(a.depth) + " and with " +
                     std::to_string(b.depth) + " values on the stack");
    }
    for (size_t lock = 0; lock < program_.locks.size(); ++lock) {
      if (((a.held ^ b.held) >> lock & 1) != 0) {
        refuse(pc, "reached with and without the lock '" +
                       program_.locks[lock] + "'");
      }
    }
  }

  uint32_t move_lock(size_t pc, Arrival now) const {
    const Instruction& in = program_.code[pc];
    const uint32_t bit = 1u << in.argument;
    if (in.op == Op::kAcquire) {
      return now.held | bit;  // twice: waits for itself, which is no nonsense
    }
    if ((now.held & bit) == 0) {
      refuse(pc, "releases the lock '" +
                     program_.locks[static_cast<size_t>(in.argument)] +
                     "', which is not held here");
    }
    return now.held & ~bit;
  }

  int need_of_call(size_t pc) {
    const auto callee = static_cast<size_t>(program_.code[pc].argument);
    if (needs_[callee] == kInWork) {
      refuse(pc, "'" + program_.blocks[callee].name +
                     "' calls itself, and there is no recursion here");
    }
    // Here and not when the needs are added up, or this very search would
    // overflow its own stack.
    if (nested_ * kFrame > Program::kMaxStack) {
      refuse(pc, "calls nested more than " + std::to_string(nested_ - 1) +
                     " deep need more than the " +
                     std::to_string(Program::kMaxStack) +
                     " values that the stack has room for");
    }
    return kFrame + need_of(callee);
  }

  void check_end(size_t pc, const Program::Block& block, Arrival now) const {
    const bool returns = program_.code[pc].op == Op::kReturnValue;
    if (block.is_function && !returns) {
      refuse(pc, "the function '" + block.name + "' ends without RETURN_VALUE");
    }
    if (!block.is_function && returns) {
      refuse(pc, "RETURN_VALUE outside of a function");
    }
    if (block.is_function && now.held != 0) {
      refuse(pc, "the function '" + block.name + "' returns with a lock");
    }
  }

  const Program& program_;
  std::vector<int> needs_;
  int nested_ = 0;  // bodies in work, each called by the one before
};

}  // namespace

void verify(const Program& program) {
  Verifier verifier(program);
  for (size_t block = 0; block < program.blocks.size(); ++block) {
    verifier.need_of(block);
  }
}

}  // namespace gil_sim

#include "gil_sim/assembler.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "gil_sim/verify.h"

namespace gil_sim {

namespace {

constexpr std::string_view kNames = "a name is letters, digits and _";

class Assembler {
 public:
  explicit Assembler(std::string_view text) {
    std::istringstream lines{std::string(text)};
    std::string line;
    for (line_ = 1; std::getline(lines, line); ++line_) {
      line.erase(std::min(line.find('#'), line.size()));
      std::istringstream stream(line);
      const Words words{std::istream_iterator<std::string>(stream), {}};
      if (!words.empty()) {
        read(words);
      }
    }
    end_block();
    for (const auto& [pc, name] : calls_) {
      line_ = program_.code[pc].line;
      program_.code[pc].argument = function_named(name);
    }
    if (program_.threads.empty()) {
      throw std::invalid_argument("the program has no thread");
    }
  }

  Program take() { return std::move(program_); }

 private:
  using Words = std::vector<std::string>;

  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument("line " + std::to_string(line_) + ": " + why);
  }

  void read(const Words& words) {
    const std::string& first = words[0];
    if (first == "global" || first == "list" || first == "lock" ||
        first == "expect") {
      if (in_block_) {
        refuse("'" + first + "' stands before the first body");
      }
      declare(words);
    } else if (first == "thread" || first == "function") {
      begin_block(words);
    } else if (!in_block_) {
      refuse("'" + first +
             "' is neither a declaration (global, list, lock, expect) nor "
             "within a body (thread, function)");
    } else if (first.back() == ':') {
      const std::string name = first.substr(0, first.size() - 1);
      check_name(name);
      if (words.size() > 1) {
        refuse("a label stands alone on its line");
      }
      if (!labels_.emplace(name, program_.code.size()).second) {
        refuse("the label '" + name + "' stands twice in this body");
      }
    } else {
      instruction(words);
    }
  }

  void declare(const Words& words) {
    const std::string& kind = words[0];
    const bool has_value = kind == "global" || kind == "expect";
    if (words.size() != (has_value ? 4u : 2u) ||
        (has_value && words[2] != "=")) {
      refuse("write '" + kind + (has_value ? " NAME = NUMBER'" : " NAME'"));
    }
    if (kind == "expect") {
      const int global = global_named(words[1], std::nullopt);
      for (const Program::Expectation& expected : program_.expectations) {
        if (expected.global == global) {
          refuse("of '" + words[1] + "' something is expected already");
        }
      }
      program_.expectations.push_back({global, number(words[3])});
      return;
    }
    check_name(words[1]);
    if (find_global(words[1]) || find_lock(words[1])) {
      refuse("'" + words[1] + "' is declared twice");
    }
    if (kind == "lock") {
      program_.locks.push_back(words[1]);
      check_room(program_.locks.size(), Program::kMaxLocks, "locks");
    } else {
      program_.globals.push_back(
          {words[1], kind == "list" ? 0 : number(words[3]), kind == "list"});
      check_room(program_.globals.size(), Program::kMaxGlobals,
                 "globals and lists");
    }
  }

  void begin_block(const Words& words) {
    end_block();
    in_block_ = true;
    block_line_ = line_;
    const bool is_function = words[0] == "function";
    if (words.size() < 2 || (is_function && words.size() > 2)) {
      refuse(is_function ? "write 'function NAME'" : "write 'thread NAME ...'");
    }
    std::string all;
    for (size_t i = 1; i < words.size(); ++i) {
      check_name(words[i]);
      all += (i > 1 ? ", " : "") + words[i];
      for (const Program::Thread& thread : program_.threads) {
        if (!is_function && thread.name == words[i]) {
          refuse("there is a thread '" + words[i] + "' already");
        }
      }
      for (const Program::Block& block : program_.blocks) {
        if (is_function && block.is_function && block.name == words[i]) {
          refuse("there is a function '" + words[i] + "' already");
        }
      }
      if (!is_function) {
        program_.threads.push_back(
            {words[i], static_cast<int>(program_.blocks.size())});
        check_room(program_.threads.size(), Program::kMaxThreads, "threads");
      }
    }
    program_.blocks.push_back(
        {all, is_function, static_cast<int>(program_.code.size()), {}});
  }

  void end_block() {
    if (!in_block_) {
      return;
    }
    const int line_now = line_;
    Program::Block& block = program_.blocks.back();
    // An END is refused where it stands: behind the last instruction.
    const bool is_empty =
        static_cast<size_t>(block.entry) == program_.code.size();
    line_ = is_empty ? block_line_ : program_.code.back().line;
    add(Op::kEnd, 0);
    for (const auto& [pc, name] : jumps_) {
      const auto label = labels_.find(name);
      line_ = program_.code[pc].line;
      if (label == labels_.end()) {
        refuse("jumps to '" + name + "', and this body has no such label");
      }
      program_.code[pc].argument = static_cast<int64_t>(label->second);
    }
    for (const auto& [pc, name] : loads_) {
      const auto local =
          std::find(block.locals.begin(), block.locals.end(), name);
      line_ = program_.code[pc].line;
      if (local == block.locals.end()) {
        refuse("loads '" + name + "', which this body never stores");
      }
      program_.code[pc].argument = local - block.locals.begin();
    }
    line_ = line_now;
    labels_.clear();
    jumps_.clear();
    loads_.clear();
    in_block_ = false;
  }

  void instruction(const Words& words) {
    const auto found =
        std::find_if(kOps.begin(), kOps.end() - 1,
                     [&](const OpInfo& op) { return op.name == words[0]; });
    if (found == kOps.end() - 1) {
      refuse("no instruction is called '" + words[0] + "'");
    }
    const bool wants_argument = found->argument != Argument::kNone;
    if (words.size() != (wants_argument ? 2u : 1u)) {
      refuse(words[0] +
             (wants_argument ? " takes one argument" : " takes no argument"));
    }
    const auto op = static_cast<Op>(found - kOps.begin());
    const size_t pc = program_.code.size();
    add(op, wants_argument ? argument(op, pc, words[1]) : 0);
  }

  int64_t argument(Op op, size_t pc, const std::string& word) {
    switch (info(op).argument) {
      case Argument::kNumber:
        return number(word);
      case Argument::kMicroseconds: {
        const int64_t microseconds = number(word);
        if (microseconds < 0 || microseconds > 1'000'000'000) {
          refuse("a time is 0 to 1000000000 microseconds, not " + word);
        }
        return microseconds;
      }
      case Argument::kGlobal:
        return global_named(word, false);
      case Argument::kList:
        return global_named(word, true);
      case Argument::kLock: {
        const auto lock = find_lock(word);
        if (!lock) {
          refuse("no lock is called '" + word + "'");
        }
        return *lock;
      }
      case Argument::kComparison: {
        const auto found =
            std::find(kComparisons.begin(), kComparisons.end(), word);
        if (found == kComparisons.end()) {
          refuse("COMPARE_OP takes one of < <= == != > >=, not '" + word + "'");
        }
        return found - kComparisons.begin();
      }
      case Argument::kLocal:
        check_name(word);
        if (op == Op::kStoreFast) {
          auto& locals = program_.blocks.back().locals;
          auto found = std::find(locals.begin(), locals.end(), word);
          if (found == locals.end()) {
            found = locals.insert(found, word);
          }
          return found - locals.begin();
        }
        loads_[pc] = word;
        return 0;
      case Argument::kLabel:
        jumps_[pc] = word;
        return 0;
      case Argument::kFunction:
        calls_[pc] = word;
        return 0;
      case Argument::kNone:
        break;
    }
    return 0;
  }

  void add(Op op, int64_t value) {
    program_.code.push_back({op, line_, value});
  }

  int64_t number(const std::string& word) const {
    int64_t value = 0;
    const auto [end, error] =
        std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) {
      refuse("'" + word + "' is not a whole number of 64 bits");
    }
    return value;
  }

  void check_name(const std::string& name) const {
    const bool good =
        !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
          return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                 (c >= 'A' && c <= 'Z');
        });
    if (!good) {
      refuse("'" + name + "': " + std::string(kNames));
    }
  }

  void check_room(size_t count, size_t most, const char* of_what) const {
    if (count > most) {
      refuse("more than " + std::to_string(most) + " " + of_what);
    }
  }

  std::optional<int> find_global(const std::string& name) const {
    for (size_t i = 0; i < program_.globals.size(); ++i) {
      if (program_.globals[i].name == name) {
        return static_cast<int>(i);
      }
    }
    return std::nullopt;
  }

  int global_named(const std::string& name, std::optional<bool> list) const {
    const auto found = find_global(name);
    if (!found) {
      refuse("no global or list is called '" + name + "'");
    }
    const bool is_list = program_.globals[static_cast<size_t>(*found)].is_list;
    if (list && *list != is_list) {
      refuse("'" + name + (is_list ? "' is a list" : "' is no list"));
    }
    return *found;
  }

  std::optional<int> find_lock(const std::string& name) const {
    const auto& locks = program_.locks;
    const auto found = std::find(locks.begin(), locks.end(), name);
    if (found == locks.end()) {
      return std::nullopt;
    }
    return static_cast<int>(found - locks.begin());
  }

  int function_named(const std::string& name) const {
    for (size_t i = 0; i < program_.blocks.size(); ++i) {
      if (program_.blocks[i].is_function && program_.blocks[i].name == name) {
        return static_cast<int>(i);
      }
    }
    refuse("no function is called '" + name + "'");
  }

  Program program_;
  int line_ = 0;
  bool in_block_ = false;
  int block_line_ = 0;  // where that body's name stands
  // Names to be looked up later, by the instruction that has them.
  std::map<std::string, size_t> labels_;
  std::map<size_t, std::string> jumps_;
  std::map<size_t, std::string> loads_;
  std::map<size_t, std::string> calls_;
};

}  // namespace

Program assemble(std::string_view text) {
  Program program = Assembler(text).take();
  verify(program);
  return program;
}

}  // namespace gil_sim

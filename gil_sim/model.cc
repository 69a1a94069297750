#include "gil_sim/model.h"

#include <algorithm>
#include <cassert>

namespace gil_sim {

namespace {

constexpr int kLongestStep = 1'000'000;

}  // namespace

// The modelled world, for the length of one step.
class Model::World {
 public:
  World(const Model& model, State& state, size_t thread, bool to_first_visible,
        Log* log)
      : model_(model),
        rules_(model.rules_),
        state_(state),
        thread_(thread),
        may_switch_(to_first_visible),
        log_(log) {}

  Access access() const { return access_; }

  bool goes_on(const Instruction* next) {
    if (may_switch_ && (!rules_.only_visible_steps || info(next->op).visible)) {
      return false;
    }
    if (next->op == Op::kEnd) {
      return true;  // no instruction of the program, so no step
    }
    if (access_.instructions == kLongestStep) {
      if (may_switch_) {
        return false;  // long, but of steps that were only put together
      }
      throw Endless(model_.program_.threads[thread_].name + " runs " +
                    std::to_string(kLongestStep) +
                    " instructions without a check point");
    }
    ++access_.instructions;
    if (log_ != nullptr) {
      log_->push_back(
          {static_cast<size_t>(next - model_.program_.code.data()), {}});
    }
    if (rules_.checks == CheckPolicy::kEveryInstruction) {
      may_switch_ = true;  // before the one after this
    }
    return true;
  }
  void jumped(bool backward) {
    may_switch_ |= checks_jump(rules_.checks, backward);
  }
  void called() { may_switch_ |= checks_call(rules_.checks); }
  void awaited() { may_switch_ = true; }
  void sleep(int64_t) { blocked(); }
  int64_t read() {
    blocked();
    return 0;
  }
  void work(int64_t) {}

  int64_t load(size_t global) {
    access_.reads |= 1u << global;
    return state_.globals[global];
  }
  void store(size_t global, int64_t value) {
    access_.writes |= 1u << global;
    state_.globals[global] = value;
    if (log_ != nullptr) {
      log_->back().global = global;
      log_->back().value = value;
    }
  }
  int64_t atomic_add(size_t global, int64_t value) {
    store(global, wrapping_add(state_.globals[global], value));
    return state_.globals[global];
  }
  void append(size_t list, int64_t) { store(list, state_.globals[list] + 1); }
  int64_t length(size_t list) { return load(list); }

  bool acquire(size_t lock) {
    access_.writes |= lock_bit(lock);
    if (state_.owner[lock] != 0) {
      if (rules_.wake != WakePolicy::kAny) {
        state_.queued[thread_] =
            static_cast<uint8_t>(1 + model_.last_in_queue(state_, lock));
      } else if (log_ != nullptr) {
        log_->pop_back();  // nothing has happened
      }
      return false;
    }
    state_.owner[lock] = static_cast<uint8_t>(thread_ + 1);
    return true;
  }

  void release(size_t lock) {
    assert(state_.owner[lock] == thread_ + 1 && "verified: it is held");
    access_.writes |= lock_bit(lock);
    state_.owner[lock] = 0;
    const uint8_t last = model_.last_in_queue(state_, lock);
    if (last == 0) {
      return;
    }
    const uint8_t chosen = rules_.wake == WakePolicy::kFifo ? 1 : last;
    for (size_t t = 0; t < model_.threads(); ++t) {
      if (!model_.queues_for(state_, t, lock)) {
        continue;
      }
      if (state_.queued[t] == chosen) {
        state_.queued[t] = 0;
        state_.owner[lock] = static_cast<uint8_t>(t + 1);  // [I3]
        ++state_.threads[t].pc;  // its ACQUIRE is done
      } else if (state_.queued[t] > chosen) {
        --state_.queued[t];
      }
    }
  }

  void assertion_failed(int line) {
    state_.failed_line = line;
    access_.writes = ~0u;
  }

 private:
  static uint32_t lock_bit(size_t lock) {
    return 1u << (Program::kMaxGlobals + lock);
  }
  // A thread that blocks lets go of the interpreter; a coroutine that calls
  // something that blocks keeps everybody waiting.
  void blocked() { may_switch_ |= rules_.checks != CheckPolicy::kAwaitsOnly; }

  const Model& model_;
  const Rules rules_;
  State& state_;
  const size_t thread_;
  bool may_switch_;
  Log* const log_;
  Access access_;
};

static_assert(Program::kMaxGlobals + Program::kMaxLocks <= 32,
              "Access has a bit for each");

bool Model::queues_for(const State& state, size_t thread, size_t lock) const {
  return state.queued[thread] != 0 &&
         program_.code[static_cast<size_t>(state.threads[thread].pc)]
                 .argument == static_cast<int64_t>(lock);
}

uint8_t Model::last_in_queue(const State& state, size_t lock) const {
  uint8_t last = 0;
  for (size_t t = 0; t < threads(); ++t) {
    if (queues_for(state, t, lock) && state.queued[t] > last) {
      last = state.queued[t];
    }
  }
  return last;
}

void Model::start(State& state) const {
  for (size_t i = 0; i < program_.globals.size(); ++i) {
    state.globals[i] = program_.globals[i].initial;
  }
  state.owner = {};
  state.queued = {};
  state.failed_line = 0;
  for (size_t t = 0; t < threads(); ++t) {
    start_frame(program_, program_.threads[t], state.threads[t]);
    if (rules_.only_visible_steps) {
      run(state, t, true, nullptr);
    }
  }
}

Model::Access Model::run(State& state, size_t thread, bool to_first_visible,
                         Log* log) const {
  World world(*this, state, thread, to_first_visible, log);
  ThreadFrame& frame = state.threads[thread];
  evaluate(program_, frame, world);
  if (op_at(state, thread) == Op::kEnd) {
    frame.base = 0;
    frame.depth = 0;  // what is left there concerns nobody: fewer states
  }
  return world.access();
}

Model::Access Model::step(State& state, size_t thread, Log* log) const {
  assert(can_step(state, thread) && "this thread has ended or waits");
  return run(state, thread, false, log);
}

Op Model::op_at(const State& state, size_t thread) const {
  return program_.code[static_cast<size_t>(state.threads[thread].pc)].op;
}

bool Model::has_ended(const State& state, size_t thread) const {
  return op_at(state, thread) == Op::kEnd;
}

bool Model::can_step(const State& state, size_t thread) const {
  if (has_ended(state, thread) || state.failed_line != 0 ||
      state.queued[thread] != 0) {
    return false;
  }
  if (rules_.wake == WakePolicy::kAny && op_at(state, thread) == Op::kAcquire) {
    const auto pc = static_cast<size_t>(state.threads[thread].pc);
    return state.owner[static_cast<size_t>(program_.code[pc].argument)] == 0;
  }
  return true;
}

bool Model::is_end(const State& state) const {
  for (size_t t = 0; t < threads(); ++t) {
    if (can_step(state, t)) {
      return false;
    }
  }
  return true;
}

Model::Ending Model::ending(const State& state) const {
  if (state.failed_line != 0) {
    return {"line " + std::to_string(state.failed_line) +
                ": the assertion does not hold",
            false};
  }
  for (size_t t = 0; t < threads(); ++t) {
    if (!has_ended(state, t)) {
      return {deadlock(state), false};
    }
  }
  Ending end{"", true};
  for (size_t i = 0; i < program_.globals.size(); ++i) {
    end.text += (i > 0 ? " " : "") + program_.globals[i].name + "=" +
                std::to_string(state.globals[i]);
  }
  for (const Program::Expectation& expected : program_.expectations) {
    end.passes &=
        state.globals[static_cast<size_t>(expected.global)] == expected.value;
  }
  return end;
}

std::string Model::deadlock(const State& state) const {
  // From any thread that waits, along "who has it", until one comes again: the
  // cycle begins there. Or to one that has ended and never gives it back.
  const auto lock_of = [&](size_t t) {
    return static_cast<size_t>(
        program_.code[static_cast<size_t>(state.threads[t].pc)].argument);
  };
  const auto owner_of = [&](size_t t) {
    return static_cast<size_t>(state.owner[lock_of(t)] - 1);
  };
  size_t first = 0;
  while (has_ended(state, first)) {
    ++first;
  }
  for (size_t i = 0; i < threads() && !has_ended(state, owner_of(first)); ++i) {
    first = owner_of(first);
  }
  // The cycle is told from its lowest thread on: one cycle, one text.
  size_t begin = first;
  if (!has_ended(state, owner_of(first))) {
    for (size_t t = owner_of(first); t != first; t = owner_of(t)) {
      begin = t < begin ? t : begin;
    }
  }
  std::string text = "deadlock:";
  size_t t = begin;
  do {
    const size_t owner = owner_of(t);
    text += " " + program_.threads[t].name + " waits for " +
            program_.locks[lock_of(t)] + ", which " +
            program_.threads[owner].name +
            (has_ended(state, owner) ? " took to its end" : " has") + ";";
    t = owner;
  } while (t != begin && !has_ended(state, t));
  text.pop_back();
  return text;
}

size_t Model::pack(const State& state, Packed& bytes) const {
  uint8_t* to = bytes.data() + 1;
  for (size_t i = 0; i < program_.globals.size(); ++i) {
    put_number(to, state.globals[i]);
  }
  to = std::copy_n(state.owner.begin(), program_.locks.size(), to);
  if (rules_.wake != WakePolicy::kAny) {
    to = std::copy_n(state.queued.begin(), threads(), to);
  }
  put_number(to, state.failed_line);
  for (size_t t = 0; t < threads(); ++t) {
    const ThreadFrame& frame = state.threads[t];
    put_number(to, frame.pc);
    put_number(to, frame.base);
    put_number(to, frame.depth);
    for (int32_t i = 0; i < frame.depth; ++i) {
      put_number(to, frame.stack[static_cast<size_t>(i)]);
    }
  }
  return static_cast<size_t>(to - bytes.data());
}

void Model::unpack(const uint8_t* from, State& state) const {
  ++from;
  for (size_t i = 0; i < program_.globals.size(); ++i) {
    state.globals[i] = get_number(from);
  }
  for (size_t i = 0; i < program_.locks.size(); ++i) {
    state.owner[i] = *from++;
  }
  state.queued = {};
  if (rules_.wake != WakePolicy::kAny) {
    for (size_t t = 0; t < threads(); ++t) {
      state.queued[t] = *from++;
    }
  }
  state.failed_line = static_cast<int32_t>(get_number(from));
  for (size_t t = 0; t < threads(); ++t) {
    ThreadFrame& frame = state.threads[t];
    frame.pc = static_cast<int32_t>(get_number(from));
    frame.base = static_cast<int32_t>(get_number(from));
    frame.depth = static_cast<int32_t>(get_number(from));
    for (size_t i = 0; i < static_cast<size_t>(frame.depth); ++i) {
      frame.stack[i] = get_number(from);
    }
  }
}

}  // namespace gil_sim

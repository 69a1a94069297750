// gil_sim/model.h - a running program as a value that can be copied.
//
// CONCEPT     On real threads the next switch is an accident. Here all that the
//             program is at one moment (variables, locks, each thread's stack)
//             stands in one State, and *we* say which thread goes on:
//
//               start --step(A)--> state --step(B)--> state --step(A)--> ...
//
//             A step lasts until the thread may lose its turn: to the next
//             check point of the policy, to a lock that it cannot have, to its
//             end. With only_visible_steps it lasts until just before the next
//             instruction that others could notice. Switches elsewhere change
//             nothing, so every result can still be reached.
//
//             Who gets a lock that several wait for: under kAny whoever comes
//             first, which is a branch like any other; under kFifo and kLifo
//             waiting is a step of its own, and a release hands the lock over.
// IN PYTHON   nothing; in C, the state of a model checker such as SPIN
// INVARIANTS  I1. A step depends on the state and the thread, on nothing else.
//             I2. pack() is one-to-one: equal bytes, equal states.
//             I3. A lock is had by one thread at most, and by none that waits.
// THREADS     Any number may use a Model, each with states of its own.
// OWNERSHIP   Borrows the program.
// ERRORS      Endless is thrown by step() if a thread runs a million
//             instructions without a place where it may lose its turn.
// LEFT OUT    Time: a sleep may last as long as one likes, so it only ends a
//             step. Input: READ pushes 0.
// READ NEXT   gil_sim/state_table.h, then gil_sim/explorer.h
#ifndef GIL_SIM_MODEL_H_
#define GIL_SIM_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/evaluate.h"
#include "gil_sim/packed_numbers.h"

namespace gil_sim {

enum class WakePolicy : uint8_t { kAny, kFifo, kLifo };

// What the steps of a search are, and so how many there are.
struct Rules {
  CheckPolicy checks = CheckPolicy::kEveryInstruction;
  WakePolicy wake = WakePolicy::kAny;
  bool only_visible_steps = false;
};

// A thread that never comes to a place where it may lose its turn.
class Endless : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Model {
 public:
  struct State {
    std::array<int64_t, Program::kMaxGlobals> globals;
    std::array<uint8_t, Program::kMaxLocks> owner;  // thread + 1; 0: free
    // Place in the queue of the lock it waits for, from 1; 0: in none.
    std::array<uint8_t, Program::kMaxThreads> queued;
    int32_t failed_line;  // of an assertion; 0: none
    std::array<ThreadFrame, Program::kMaxThreads> threads;
  };

  static constexpr size_t kMostBytes =
      1 + Program::kMaxLocks + Program::kMaxThreads +
      kMostBytesOfANumber * (1 + Program::kMaxGlobals +
                             Program::kMaxThreads * (3 + Program::kMaxStack));

  // What a step read and wrote of the shared state, a bit for each variable and
  // lock, and how many instructions it took. Two steps of different threads
  // that do not touch each other's writes may be exchanged.
  struct Access {
    uint32_t reads = 0;
    uint32_t writes = 0;
    int instructions = 0;
    bool independent_of(Access other) const {
      return (writes & (other.reads | other.writes)) == 0 &&
             (reads & other.writes) == 0;
    }
  };

  // An instruction that was run, and the global that it wrote, if it did.
  struct Executed {
    size_t pc;
    std::optional<size_t> global;
    int64_t value = 0;
  };
  using Log = std::vector<Executed>;

  // How a run ended.
  struct Ending {
    std::string text;  // "x=2", or what went wrong
    bool passes;       // all ended, as expected
  };

  Model(const Program& program, Rules rules)
      : program_(program), rules_(rules) {}

  const Program& program() const { return program_; }
  size_t threads() const { return program_.threads.size(); }

  void start(State& state) const;
  bool has_ended(const State& state, size_t thread) const;
  bool can_step(const State& state, size_t thread) const;
  bool is_end(const State& state) const;  // nobody can step
  // Appends to `log`, if given, each instruction that was run.
  Access step(State& state, size_t thread, Log* log = nullptr) const;

  // Of a state that is_end().
  Ending ending(const State& state) const;

  // The state in few bytes: a small number takes one. [I2] They begin at [1];
  // the first byte is left to the search. Returns how many there are with it.
  using Packed = std::array<uint8_t, kMostBytes>;
  size_t pack(const State& state, Packed& bytes) const;
  void unpack(const uint8_t* bytes, State& state) const;

 private:
  class World;

  Access run(State& state, size_t thread, bool to_first_visible,
             Log* log) const;
  Op op_at(const State& state, size_t thread) const;
  bool queues_for(const State& state, size_t thread, size_t lock) const;
  uint8_t last_in_queue(const State& state, size_t lock) const;
  std::string deadlock(const State& state) const;

  const Program& program_;
  const Rules rules_;
};

}  // namespace gil_sim

#endif  // GIL_SIM_MODEL_H_

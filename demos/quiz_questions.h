// demos/quiz_questions.h - questions made by dice, answered by running them.
//
// CONCEPT     A quiz with a table of answers teaches the table. Here a question
//             is a small experiment with thrown parameters: the jobs, the
//             delays, the program. Its answer is what the kernel's own code
//             does with them, so no question is ever asked twice, and none has
//             an answer that somebody only believed.
//
//               seed --dice--> parameters --> words for the learner
//                                   '-------> simulator, explorer, loop
//                                                   '--> answer, and why
//
// IN PYTHON   random.Random(seed)
// INVARIANTS  I1. The same topic and seed give the same question, everywhere.
//             I2. The answer comes from a run with the parameters that stand
//                 in the question.
// THREADS     One.
// OWNERSHIP   A Question owns its texts.
// ERRORS      What is no answer of its kind is told apart from a wrong one.
// LEFT OUT    What depends on the machine: only exact worlds are asked about.
// READ NEXT   demos/quiz_machines.cc, demos/quiz_coroutines.cc
#ifndef DEMOS_QUIZ_QUESTIONS_H_
#define DEMOS_QUIZ_QUESTIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace demos {

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  // From `low` to `high`, both included. The remainder is as fair as a quiz
  // needs, and unlike a distribution of the library the same everywhere. [I1]
  int roll(int low, int high) {
    return low +
           static_cast<int>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  bool coin() { return roll(0, 1) == 1; }
  template <class T, size_t N>
  const T& pick(const std::array<T, N>& from) {
    return from[static_cast<size_t>(roll(0, static_cast<int>(N) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

struct Question {
  enum class Kind : uint8_t { kNumber, kYesOrNo, kLetters };

  Kind kind;
  std::string text;
  std::string answer;   // [I2]
  std::string why;      // what the run looked like, a line or more
  std::string command;  // "interleave -- --count"; the demo that shows it
};

// Machines: quiz_machines.cc.
Question ask_turns(Dice& dice);
Question ask_schedules(Dice& dice);
Question ask_race(Dice& dice);
Question ask_deadlock(Dice& dice);
Question ask_gil(Dice& dice);
// Coroutines: quiz_coroutines.cc.
Question ask_generators(Dice& dice);
Question ask_await(Dice& dice);
Question ask_order(Dice& dice);
Question ask_late(Dice& dice);

struct Topic {
  std::string_view name;
  Question (*ask)(Dice& dice);
};

inline constexpr std::array kTopics = {
    Topic{"turns", ask_turns},
    Topic{"await", ask_await},
    Topic{"race", ask_race},
    Topic{"generators", ask_generators},
    Topic{"gil", ask_gil},
    Topic{"order", ask_order},
    Topic{"schedules", ask_schedules},
    Topic{"late", ask_late},
    Topic{"deadlock", ask_deadlock},
};

// "a number", for a learner who has typed something else.
std::string_view name_of(Question::Kind kind);

// Whether it is right; nothing if it is no answer of the question's kind.
std::optional<bool> judge(const Question& question, std::string_view given);

}  // namespace demos

#endif  // DEMOS_QUIZ_QUESTIONS_H_

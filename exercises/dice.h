// exercises/dice.h - numbers for cases by seed.
//
// CONCEPT     The hidden cases are made, not written down: the same seed makes
//             the same case, so one that fails can be tried again.
// IN PYTHON   random.Random(seed).randint(low, high)
// THREADS     One.
// OWNERSHIP   A value.
#ifndef EXERCISES_DICE_H_
#define EXERCISES_DICE_H_

#include <random>

namespace exercises {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  // Both included.
  int roll(int low, int high) {
    return low +
           static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }

 private:
  std::mt19937 random_;
};

}  // namespace exercises

#endif  // EXERCISES_DICE_H_

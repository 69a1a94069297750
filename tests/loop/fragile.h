// tests/loop/fragile.h - a value that breaks on its way.
//
// CONCEPT     What is handed from one side to another is moved several times,
//             and any of these moves may throw. This value throws at the nth
//             one, n counting down to zero, so a test can try them all. A copy
//             counts as a move.
// THREADS     One at a time.
// OWNERSHIP   Borrows the counter.
#ifndef TESTS_LOOP_FRAGILE_H_
#define TESTS_LOOP_FRAGILE_H_

#include <stdexcept>

namespace tests {

class Fragile {
 public:
  explicit Fragile(int& moves_left, int number = 0)
      : number_(number), moves_left_(&moves_left) {}
  Fragile(const Fragile& other)
      : number_(other.number_), moves_left_(other.moves_left_) {
    if (--*moves_left_ == 0) {
      throw std::range_error("it broke on the way");
    }
  }
  int number() const { return number_; }

 private:
  int number_;
  int* moves_left_;
};

}  // namespace tests

#endif  // TESTS_LOOP_FRAGILE_H_

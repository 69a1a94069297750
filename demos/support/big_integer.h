// demos/support/big_integer.h - whole numbers of any size, to keep a CPU busy.
//
// CONCEPT     A number of 300,000 bits is a list of 32-bit *limbs*, the lowest
//             first. Multiplying as at school takes n * n steps; Karatsuba's
//             trick cuts both numbers in half and makes three products of half
//             the size where school makes four:
//
//               (a1 B + a0)(b1 B + b0) = z2 BB + (m - z2 - z0) B + z0
//               z2 = a1 b1    z0 = a0 b0    m = (a1 + a0)(b1 + b0)
//
//             so the cost grows with n to the power 1.58. Pure work without a
//             single wait: what TEST 4 needs. [C-181]
// IN PYTHON   int, which does the same with 30-bit limbs; pow(n, e, m)
// INVARIANTS  I1. The highest limb is not zero; zero has no limbs.
// THREADS     Values: a number may be read by many threads.
// OWNERSHIP   Owns its limbs.
// ERRORS      Dividing by zero is a bug in the caller: assert.
// LEFT OUT    Signs, subtraction, long division, text: no lesson needs them.
// READ NEXT   demos/bodies/heavy.cc
#ifndef DEMOS_SUPPORT_BIG_INTEGER_H_
#define DEMOS_SUPPORT_BIG_INTEGER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace demos::support {

class BigInteger {
 public:
  BigInteger() = default;  // zero
  explicit BigInteger(uint64_t value);

  friend BigInteger operator*(const BigInteger& a, const BigInteger& b);
  friend bool operator==(const BigInteger&, const BigInteger&) = default;

  // The remainder of a division by a number of one limb.
  uint32_t modulo(uint32_t divisor) const;

  size_t bits() const;

 private:
  std::vector<uint32_t> limbs_;  // [I1]
};

// base to the power `exponent`, one multiplication at a time, so that the
// caller can do something between two of them. Bit by bit from the highest:
// square, and multiply by the base where the bit is set.
class Power {
 public:
  Power(uint64_t base, uint32_t exponent);

  // One more multiplication; false once the power is complete.
  bool advance();
  const BigInteger& value() const { return value_; }

 private:
  const BigInteger base_;
  const uint32_t exponent_;
  int bit_;  // the bits from here on have been dealt with
  bool squared_ = false;
  BigInteger value_{1};
};

// The same remainder without the big number: what a result is checked by.
uint32_t modular_power(uint64_t base, uint32_t exponent, uint32_t modulus);

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_BIG_INTEGER_H_

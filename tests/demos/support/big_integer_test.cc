#include "demos/support/big_integer.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

// Primes just below 2^32: numbers that agree modulo all of them and have the
// same length differ with a chance of one in 2^96.
constexpr uint32_t kPrimes[] = {4294967291u, 4294967279u, 4294967231u};

BigInteger power(uint64_t base, uint32_t exponent) {
  Power ladder(base, exponent);
  while (ladder.advance()) {
  }
  return ladder.value();
}

TEST(BigInteger, SmallProductsAreThoseOfTheMachine) {
  EXPECT_EQ(BigInteger(12345) * BigInteger(67890), BigInteger(838102050));
  EXPECT_EQ(BigInteger(0xffffffff) * BigInteger(0xffffffff),
            BigInteger(0xfffffffe00000001));
}

TEST(BigInteger, ZeroTimesAnythingIsZero) {
  EXPECT_EQ(BigInteger() * power(3, 5000), BigInteger());
  EXPECT_EQ(BigInteger(0), BigInteger());
  EXPECT_EQ(BigInteger().modulo(7), 0u);
  EXPECT_EQ(BigInteger().bits(), 0u);
}

TEST(BigInteger, BitsAreCounted) {
  EXPECT_EQ(BigInteger(1).bits(), 1u);
  EXPECT_EQ(power(2, 100).bits(), 101u);
}

// Sizes on both sides of the threshold, of equal and of unequal length.
TEST(BigInteger, ProductsOfEverySizeAgreeModuloPrimes) {
  std::vector<BigInteger> numbers;
  for (const uint32_t exponent : {1u, 7u, 60u, 200u, 500u, 1500u, 9000u}) {
    numbers.push_back(power(0x9e3779b97f4a7c15, exponent));
  }
  for (const BigInteger& a : numbers) {
    for (const BigInteger& b : numbers) {
      const BigInteger product = a * b;
      EXPECT_LE(product.bits(), a.bits() + b.bits());
      EXPECT_GE(product.bits(), a.bits() + b.bits() - 1);
      for (const uint64_t prime : kPrimes) {
        const auto divisor = static_cast<uint32_t>(prime);
        EXPECT_EQ(product.modulo(divisor),
                  uint64_t{a.modulo(divisor)} * b.modulo(divisor) % prime);
      }
    }
  }
}

// All ones: every addition carries as far as it can.
TEST(BigInteger, CarriesTravelThroughTheWholeNumber) {
  BigInteger ones(0xffffffff);  // 2^32 - 1, and from n bits on to 2n:
  BigInteger scale(uint64_t{1} << 32);
  for (int i = 0; i < 8; ++i) {
    const BigInteger square = ones * ones;  // 2^2n - 2 * 2^n + 1
    EXPECT_EQ(square.bits(), 2 * ones.bits());
    for (const uint64_t prime : kPrimes) {
      const auto divisor = static_cast<uint32_t>(prime);
      const uint64_t rest = ones.modulo(divisor);
      EXPECT_EQ(square.modulo(divisor), rest * rest % prime);
    }
    scale = scale * scale;
    ones = square;
  }
}

TEST(Power, AgreesWithModularPower) {
  for (const uint32_t n : {1u, 2u, 3u, 10u, 63u, 64u, 1000u, 20011u}) {
    const BigInteger whole = power(n, n);
    for (const uint32_t prime : kPrimes) {
      EXPECT_EQ(whole.modulo(prime), modular_power(n, n, prime)) << n;
    }
  }
}

TEST(Power, TheZerothPowerIsOne) {
  EXPECT_EQ(power(7, 0), BigInteger(1));
  EXPECT_EQ(modular_power(7, 0, 5), 1u);
  EXPECT_EQ(modular_power(7, 0, 1), 0u);
}

}  // namespace
}  // namespace demos::support

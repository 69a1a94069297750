#include "demos/support/big_integer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <span>

namespace demos::support {

namespace {

using Limb = uint32_t;
using Limbs = std::span<const Limb>;

// Below this many limbs the three smaller products cost more in additions than
// the fourth one does in multiplications. Found by trial: 32 to 48 are alike.
constexpr size_t kKaratsubaFrom = 40;

// sum[0 ..] += part, the carry going as far up as it must.
void add_to(std::span<Limb> sum, Limbs part) {
  uint64_t carry = 0;
  size_t i = 0;
  for (; i < part.size(); ++i) {
    carry += uint64_t{sum[i]} + part[i];
    sum[i] = static_cast<Limb>(carry);
    carry >>= 32;
  }
  for (; carry != 0; ++i) {
    carry += sum[i];
    sum[i] = static_cast<Limb>(carry);
    carry >>= 32;
  }
}

// whole -= part, where part <= whole.
void subtract_from(std::span<Limb> whole, Limbs part) {
  uint64_t borrow = 0;
  size_t i = 0;
  for (; i < part.size(); ++i) {
    const uint64_t taken = uint64_t{part[i]} + borrow;
    borrow = whole[i] < taken ? 1 : 0;
    whole[i] = static_cast<Limb>(whole[i] - taken);
  }
  for (; borrow != 0; ++i) {
    borrow = whole[i] == 0 ? 1 : 0;
    --whole[i];
  }
}

// Adds a * b to a product that has room for all its limbs.
void multiply_as_at_school(Limbs a, Limbs b, std::span<Limb> product) {
  for (size_t i = 0; i < a.size(); ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      carry += uint64_t{a[i]} * b[j] + product[i + j];
      product[i + j] = static_cast<Limb>(carry);
      carry >>= 32;
    }
    product[i + b.size()] = static_cast<Limb>(carry);
  }
}

// The low and high half, and their sum, of one factor.
struct Halves {
  Halves(Limbs factor, size_t middle)
      : low(factor.first(middle)), high(factor.subspan(middle)) {
    sum.assign(middle + 1, 0);
    add_to(sum, low);
    add_to(sum, high);
  }
  Limbs low;
  Limbs high;
  std::vector<Limb> sum;
};

// product = a * b; it holds zeros, one limb for each of the factors'.
void multiply(Limbs a, Limbs b, std::span<Limb> product) {
  if (a.size() < b.size()) {
    std::swap(a, b);
  }
  const size_t middle = (a.size() + 1) / 2;
  if (b.size() < kKaratsubaFrom) {
    multiply_as_at_school(a, b, product);
    return;
  }
  if (b.size() <= middle) {
    // Too unequal to be halved together: two products, one for each half of a.
    multiply(a.first(middle), b, product.first(middle + b.size()));
    std::vector<Limb> high(a.size() - middle + b.size());
    multiply(a.subspan(middle), b, high);
    add_to(product.subspan(middle), high);
    return;
  }
  const Halves first(a, middle);
  const Halves second(b, middle);
  // z0 and z2 do not overlap, so they are made in place.
  multiply(first.low, second.low, product.first(2 * middle));
  multiply(first.high, second.high, product.subspan(2 * middle));
  std::vector<Limb> mixed(2 * middle + 2);
  multiply(first.sum, second.sum, mixed);
  subtract_from(mixed, product.first(2 * middle));
  subtract_from(mixed, product.subspan(2 * middle));
  // Leading zeros would reach beyond the end of the product.
  while (!mixed.empty() && mixed.back() == 0) {
    mixed.pop_back();
  }
  add_to(product.subspan(middle), mixed);
}

}  // namespace

BigInteger::BigInteger(uint64_t value) {
  for (; value != 0; value >>= 32) {
    limbs_.push_back(static_cast<Limb>(value));
  }
}

BigInteger operator*(const BigInteger& a, const BigInteger& b) {
  BigInteger result;
  if (a.limbs_.empty() || b.limbs_.empty()) {
    return result;
  }
  result.limbs_.assign(a.limbs_.size() + b.limbs_.size(), 0);
  multiply(a.limbs_, b.limbs_, result.limbs_);
  if (result.limbs_.back() == 0) {
    result.limbs_.pop_back();  // [I1] at most one: neither factor has any
  }
  return result;
}

uint32_t BigInteger::modulo(uint32_t divisor) const {
  assert(divisor != 0 && "a number cannot be divided by zero");
  uint64_t rest = 0;
  for (size_t i = limbs_.size(); i-- > 0;) {
    rest = (rest << 32 | limbs_[i]) % divisor;
  }
  return static_cast<uint32_t>(rest);
}

size_t BigInteger::bits() const {
  return limbs_.empty()
             ? 0
             : 32 * limbs_.size() -
                   static_cast<size_t>(std::countl_zero(limbs_.back()));
}

Power::Power(uint64_t base, uint32_t exponent)
    : base_(base), exponent_(exponent), bit_(std::bit_width(exponent)) {}

bool Power::advance() {
  if (squared_) {
    squared_ = false;
    if (exponent_ >> bit_ & 1) {
      value_ = value_ * base_;
      return true;
    }
  }
  if (bit_ == 0) {
    return false;
  }
  --bit_;
  value_ = value_ * value_;
  squared_ = true;
  return true;
}

uint32_t modular_power(uint64_t base, uint32_t exponent, uint32_t modulus) {
  assert(modulus != 0 && "a number cannot be divided by zero");
  uint64_t result = 1 % modulus;
  for (uint64_t square = base % modulus; exponent != 0; exponent >>= 1) {
    if (exponent & 1) {
      result = result * square % modulus;
    }
    square = square * square % modulus;
  }
  return static_cast<uint32_t>(result);
}

}  // namespace demos::support

// demos/bodies/heavy.cc - TEST 4: compute, and wait for nothing. [C-181]
//
// n to the power n for a large n, then the remainder of a division by a prime,
// which can be computed in another and much shorter way: so the result is
// checked, not only repeated. There is a check point between two
// multiplications; within one, as in one instruction of an interpreter that
// calls into C, no lock can change hands.
#include <span>
#include <stdexcept>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "demos/support/big_integer.h"

namespace demos::bodies {

namespace {

constexpr uint32_t kPrime = 4294967291u;

uint32_t number_of(const World& world, int item) {
  return world.sizes.base + static_cast<uint32_t>(item);
}

std::string describe(const World& world) {
  return std::to_string(world.items) + " powers n^n, n from " +
         std::to_string(world.sizes.base);
}

Body body(World world, int item) {
  const uint32_t n = number_of(world, item);
  support::Power power(n, n);
  while (power.advance()) {
    co_yield check_point();
  }
  co_return power.value().modulo(kPrime);
}

std::string check(const World& world, std::span<const Value> values) {
  for (int i = 0; i < world.items; ++i) {
    const uint32_t n = number_of(world, i);
    if (values[static_cast<size_t>(i)] !=
        support::modular_power(n, n, kPrime)) {
      throw std::runtime_error("a power is wrong");
    }
  }
  return "";
}

}  // namespace

Experiment heavy() {
  return {.number = 4,
          .title = "heavy",
          .concept_id = "C-181",
          .items = 16,
          .full_items = {16},
          .describe = describe,
          .body = body,
          .check = check};
}

}  // namespace demos::bodies

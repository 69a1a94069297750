// tests/support/environment.h - how big a test is to be.
//
// CONCEPT     One source is two targets: a test of a second among all others,
//             and a soak test that .ci/run has once. The environment that its
//             BUILD rule sets tells which of the two it is.
// THREADS     Any; nobody sets variables meanwhile.
// OWNERSHIP   Owns nothing.
#ifndef TESTS_SUPPORT_ENVIRONMENT_H_
#define TESTS_SUPPORT_ENVIRONMENT_H_

#include <cstdint>
#include <cstdlib>

namespace tests {

// The number that stands in `variable`, or `otherwise` if nobody has set it.
inline uint64_t number_in(const char* variable, uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace tests

#endif  // TESTS_SUPPORT_ENVIRONMENT_H_

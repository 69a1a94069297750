#include "gil_sim/refcount.h"

namespace gil_sim {

namespace {

// Adds `change` to the count and leaves the sum in the local variable `left`.
std::string add_to_count(RefcountScheme scheme, int change) {
  const std::string constant = "  LOAD_CONST " + std::to_string(change) + "\n";
  if (scheme == RefcountScheme::kAtomic) {
    return constant +
           "  ATOMIC_ADD refs\n"
           "  STORE_FAST left\n";
  }
  const std::string plain = "  LOAD_GLOBAL refs\n" + constant +
                            "  BINARY_ADD\n"
                            "  STORE_FAST left\n"
                            "  LOAD_FAST left\n"
                            "  STORE_GLOBAL refs\n";
  return scheme == RefcountScheme::kLockPerObject
             ? "  ACQUIRE object\n" + plain + "  RELEASE object\n"
             : plain;
}

std::string drop_reference(RefcountScheme scheme, const std::string& label) {
  return add_to_count(scheme, -1) +
         "  LOAD_FAST left\n"
         "  POP_JUMP_IF_TRUE " +
         label +
         "\n"
         "  LOAD_CONST 1\n"
         "  ATOMIC_ADD freed\n"
         "  POP_TOP\n" +
         label + ":\n";
}

}  // namespace

std::string refcount_program(RefcountScheme scheme) {
  return "global refs = 2   # one of A, one of B\n"
         "global freed = 0\n"
         "lock object\n"
         "expect freed = 1\n"
         "thread A B\n"
         "  # y = object\n" +
         add_to_count(scheme, 1) + "  # del y\n" +
         drop_reference(scheme, "one_left") +
         "  # use object: it must not be free\n"
         "  LOAD_GLOBAL freed\n"
         "  LOAD_CONST 0\n"
         "  COMPARE_OP ==\n"
         "  ASSERT\n"
         "  # del object\n" +
         drop_reference(scheme, "none_left");
}

}  // namespace gil_sim

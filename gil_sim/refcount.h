// gil_sim/refcount.h - the reason for the lock: counting references.
//
// CONCEPT     Every object carries the number of references to it, and who
//             takes away the last one frees it. Nearly every instruction moves
//             such a count, and two threads that move one at once may lose an
//             update: too low, and an object in use is freed; too high, and it
//             never is. Four ways out, and what they cost:
//
//               none             wrong, and as fast as can be
//               atomic           right; every count is a locked operation
//               lock_per_object  right; two, and room for a lock
//               gil              right, at the price of none: no switch falls
//                                in between. But one thread at a time
//
//             Refcount is the real thing, to be measured. refcount_program()
//             is the same as bytecode, to be explored: two threads share an
//             object, take another reference and drop it, use the object, and
//             drop their own.
// IN PYTHON   Py_INCREF and Py_DECREF; PEP 703 for life without the lock
// INVARIANTS  I1. Under every scheme but none, the object is freed exactly once
//                 and never used after.
// THREADS     Any; under kGil the holder of an interpreter lock.
// OWNERSHIP   A count owns nothing: down() tells who has to free.
// LEFT OUT    Biased counting, deferred counting and immortal objects, by which
//             free-threaded Python avoids most of the atomic operations.
// READ NEXT   gil_sim/model.h
#ifndef GIL_SIM_REFCOUNT_H_
#define GIL_SIM_REFCOUNT_H_

#include <array>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "gil_sim/check_policy.h"
#include "gil_sim/interpreter_lock.h"
#include "os/mutex.h"

namespace gil_sim {

enum class RefcountScheme : uint8_t { kNone, kAtomic, kLockPerObject, kGil };

inline constexpr std::array<std::string_view, 4> kRefcountSchemeNames = {
    "none", "atomic", "lock_per_object", "gil"};

// Born with one reference.
template <RefcountScheme scheme>
class Refcount {
 public:
  void up() { add(1); }
  // True: that was the last one, and the caller frees the object.
  bool down() { return add(-1) == 0; }
  // Relaxed: exact only when nobody else moves it.
  int64_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  int64_t add(int64_t change) {
    if constexpr (scheme == RefcountScheme::kAtomic) {
      // Release, so that what was done with the object is done before it is
      // freed by another; acquire, so that who frees it sees that.
      return count_.fetch_add(change, std::memory_order_acq_rel) + change;
    } else if constexpr (scheme == RefcountScheme::kLockPerObject) {
      const os::MutexLock lock(mutex_.it);
      return plain_add(change);
    } else {
      assert((scheme == RefcountScheme::kNone ||
              InterpreterLock::held() != nullptr) &&
             "under the GIL, only its holder moves a count");
      return plain_add(change);
    }
  }

  // Relaxed: a plain load and a plain store for the processor. The atomic only
  // keeps the wrong scheme from being undefined behaviour as well.
  int64_t plain_add(int64_t change) {
    const int64_t sum = count_.load(std::memory_order_relaxed) + change;
    count_.store(sum, std::memory_order_relaxed);
    return sum;
  }

  struct NoMutex {};
  struct WithMutex {
    os::Mutex it;
  };

  std::atomic<int64_t> count_{1};
  [[no_unique_address]] std::conditional_t<
      scheme == RefcountScheme::kLockPerObject, WithMutex, NoMutex>
      mutex_;
};

// To be explored under refcount_checks() of the same scheme.
std::string refcount_program(RefcountScheme scheme);

// Where a switch may fall: anywhere, or where the GIL allows it.
constexpr CheckPolicy refcount_checks(RefcountScheme scheme) {
  return scheme == RefcountScheme::kGil ? CheckPolicy::kBackwardJumpsAndCalls
                                        : CheckPolicy::kEveryInstruction;
}

}  // namespace gil_sim

#endif  // GIL_SIM_REFCOUNT_H_

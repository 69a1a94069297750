// gil_sim/thread_number.h - a number for each thread, never used twice.
//
// CONCEPT     Who holds it? A lock with an owner remembers a name of the thread
//             and compares. A pthread_t is a poor name, and so is an address:
//             both are free again when the thread ends, and a newcomer that
//             gets them would pass for an owner who died.
// IN PYTHON   threading.get_ident() is the pthread_t: "may be recycled"
// INVARIANTS  I1. No two threads of a process ever have the same number, and
//                 none has 0.
// THREADS     Any.
// OWNERSHIP   Owns nothing: a number.
// READ NEXT   gil_sim/lock.h
#ifndef GIL_SIM_THREAD_NUMBER_H_
#define GIL_SIM_THREAD_NUMBER_H_

#include <atomic>
#include <cstdint>

namespace gil_sim {

// The calling thread's. In 64 bits, as it only grows. [I1]
inline uint64_t thread_number() {
  static constinit std::atomic<uint64_t> last{0};
  static constinit thread_local uint64_t number = 0;
  if (number == 0) {
    number = ++last;
  }
  return number;
}

}  // namespace gil_sim

#endif  // GIL_SIM_THREAD_NUMBER_H_

// tests/support/allocations.h - every allocation counted, and one refused.
//
// CONCEPT     A program may put an `operator new` of its own in the place of
//             the library's. A test that links this one has: it counts, so
//             that "allocates nothing" is a comparison of two numbers; and it
//             throws std::bad_alloc (`new (std::nothrow)` gives nullptr) where
//             a test asks for it, so that the shortage which never comes can
//             come at the first allocation, at the second, and so on until
//             there are no more of them:
//
//               for (int k = 0;; ++k) {
//                 const RefuseAllocation refuse(k);
//                 call();
//               }
//
// INVARIANTS  I1. Threads do not touch each other's numbers.
//             I2. A forked child is refused nothing.
// THREADS     Any.
// OWNERSHIP   Owns nothing. One refusal at a time for a thread.
// LEFT OUT    Types that ask for more than the usual alignment: they have an
//             operator new of their own, which is the library's.
// READ NEXT   tests/support/swap_syscall.h, for the system's refusals
#ifndef TESTS_SUPPORT_ALLOCATIONS_H_
#define TESTS_SUPPORT_ALLOCATIONS_H_

namespace tests {

// How many there were in this thread.
int allocations();

// While it lives, this thread's next `allowed` allocations succeed, the one
// after them does not, and all others do.
class [[nodiscard]] RefuseAllocation {
 public:
  explicit RefuseAllocation(int allowed);
  RefuseAllocation(const RefuseAllocation&) = delete;
  RefuseAllocation& operator=(const RefuseAllocation&) = delete;
  ~RefuseAllocation();
};

}  // namespace tests

#endif  // TESTS_SUPPORT_ALLOCATIONS_H_

// tests/support/sanitizers.h - what a forked child cannot do under a sanitizer.
//
// CONCEPT     A child that is forked from a process with threads has of them
//             only the one that forked; their stacks and thread-local memory
//             are there, without an owner. Two sanitizers mind:
//               leaks  looked for when a program ends by exit(): what only a
//                      stack of the parent's, or its threads' own memory,
//                      points to is taken for lost, though nobody lost it.
//               races  a thread cannot be started in such a child, as the
//                      sanitizer's own state may be half changed.
//             A test that does either there is skipped; in a child that leaves
//             by _exit() nobody looks for leaks.
// OWNERSHIP   Owns nothing.
// READ NEXT   tests/gil_sim/thread_pool_fork_test.cc
#ifndef TESTS_SUPPORT_SANITIZERS_H_
#define TESTS_SUPPORT_SANITIZERS_H_

namespace tests {

// GCC says it by a macro, Clang by a feature, which GCC need not know.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kLooksForLeaks = true;
#elif defined(__has_feature)
inline constexpr bool kLooksForLeaks = __has_feature(address_sanitizer);
#else
inline constexpr bool kLooksForLeaks = false;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kLooksForRaces = true;
#elif defined(__has_feature)
inline constexpr bool kLooksForRaces = __has_feature(thread_sanitizer);
#else
inline constexpr bool kLooksForRaces = false;
#endif

// For GTEST_SKIP.
inline constexpr char kTakenForLost[] =
    "in a forked child the sanitizer finds nobody who holds what the parent's "
    "threads have, and calls it lost";

}  // namespace tests

#endif  // TESTS_SUPPORT_SANITIZERS_H_

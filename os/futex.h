// os/futex.h - sleep until a word of memory changes.
//
// CONCEPT     All a lock needs of the kernel is this: "put me to sleep if the
//             word is still 7", and "wake those who sleep on this word". The
//             kernel compares and falls asleep in one step, so a change that
//             comes just before is not missed:
//
//               waiter                         waker
//               seen = word                    word = seen + 1
//               futex_wait(word, seen)  <----  futex_wake(word)
//
//             Everything else (who owns it, who is next) is in the memory of
//             the program and costs no system call. That is why a free lock
//             costs 20 ns and not 500.
//
//             The word is known by its physical place: processes that map the
//             same page at different addresses meet there. std::atomic::wait
//             must not be used for that: it tells the kernel that only one
//             process is concerned, and the others are never woken.
// IN PYTHON   what threading.Lock and multiprocessing.Lock end in, on Linux
// INVARIANTS  I1. futex_wait() does not sleep if the word is not `expected`.
//             I2. It may return for no reason: look at the word again.
// THREADS     Any, of any process that maps the word.
// OWNERSHIP   Borrows the word; it must stay mapped while somebody sleeps. Who
//             wakes needs the address only: often the sleeper has seen the
//             change by itself, gone on, and given the memory back.
// ERRORS      std::system_error from futex (EFAULT for sleeping on memory that
//             is gone).
// LEFT OUT    Priority inheritance, requeueing, robust lists: pthread has them.
// READ NEXT   os/mutex.h
#ifndef OS_FUTEX_H_
#define OS_FUTEX_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace os {

using FutexWord = std::atomic<uint32_t>;
static_assert(FutexWord::is_always_lock_free &&
                  sizeof(FutexWord) == sizeof(uint32_t),
              "the kernel must see the very number that we change");

// Sleeps until woken, if the word is `expected`. False says that `deadline`
// has passed; none is for ever.
bool futex_wait(FutexWord& word, uint32_t expected,
                std::optional<std::chrono::steady_clock::time_point> deadline =
                    std::nullopt);

// Wakes up to `count` of the sleepers; says how many it were.
int futex_wake(FutexWord& word, int count = std::numeric_limits<int>::max());

}  // namespace os

#endif  // OS_FUTEX_H_

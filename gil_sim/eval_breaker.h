// gil_sim/eval_breaker.h - one word that says: look up from your work.
//
// CONCEPT     An interpreter must notice, now and then, that somebody wants
//             something of it. Asking every source each time would cost more
//             than the work, so all sources share one word and the evaluation
//             loop looks at that word only, at places called check points. Each
//             source owns a bit; the word is zero almost always, and the check
//             costs one load and one branch that is not taken.
// IN PYTHON   eval_breaker and gil_drop_request in CPython's Python/ceval.c
// INVARIANTS  I1. A bit that was raised stays until its owner lowers it: bits
//                 change by one atomic operation each, so two sources cannot
//                 wipe out each other's.
// THREADS     Any; raise() is also allowed in a signal handler.
// OWNERSHIP   A value inside the lock that it interrupts.
// LEFT OUT    Asynchronous exceptions and garbage collection, two more sources
//             that CPython has. One word per thread, as it has since 3.13.
// READ NEXT   gil_sim/main_thread_work.h
#ifndef GIL_SIM_EVAL_BREAKER_H_
#define GIL_SIM_EVAL_BREAKER_H_

#include <atomic>
#include <cstdint>

namespace gil_sim {

class EvalBreaker {
 public:
  enum Source : uint32_t {
    kDropRequest = 1,     // a waiter asks the holder to drop the lock
    kMainThreadWork = 2,  // a signal or a call waits for the main thread
    kTicks = 4,           // check points are counted: always up in TickGil
  };

  // Relaxed throughout: a bit is a hint to look, and carries no data. What the
  // holder then finds, it finds under a mutex. Seen late, a bit costs one more
  // lap of the loop and nothing else.
  bool any() const { return bits_.load(std::memory_order_relaxed) != 0; }
  bool has(Source source) const {
    return (bits_.load(std::memory_order_relaxed) & source) != 0;
  }
  void raise(Source source) {
    bits_.fetch_or(source, std::memory_order_relaxed);  // [I1]
  }
  void lower(Source source) {
    if (has(source)) {  // a load is ten times cheaper than a locked operation
      bits_.fetch_and(~uint32_t{source}, std::memory_order_relaxed);  // [I1]
    }
  }

 private:
  std::atomic<uint32_t> bits_{0};
};

}  // namespace gil_sim

#endif  // GIL_SIM_EVAL_BREAKER_H_

// loop/jumping_range.h - the same generator twice: as a body, and by hand.
//
// CONCEPT     `jumping_range` counts up to a limit, and the consumer may send
//             the step: 0, then send(2) gives 2. First it is written as a
//             body that pauses. Then as what a compiler makes of such a body:
//             a class whose locals are members and whose place in the text is
//             a number. Each request switches on that number and runs to the
//             next pause. Nothing else hides in a coroutine. [C-071] [C-073]
//
//               body                          class
//               local `index`                 member index_
//               standing at the co_yield      place_ == kAtYield
//               value of the co_yield         parameter of send()
//               falling off the end           place_ = kOver, StopIteration
//
// IN PYTHON   def jumping_range(up_to): ... jump = yield index
// INVARIANTS  I1. Both give the same answers to the same calls.
// THREADS     One call at a time.
// OWNERSHIP   The body's frame belongs to its Generator; the class is a value.
// ERRORS      StopIteration at the end, TypeError for a value sent too early.
// LEFT OUT    throw_() and close() in the class: with no handler in the body
//             they would only set the place to kOver.
// READ NEXT   loop/round_robin.h
#ifndef LOOP_JUMPING_RANGE_H_
#define LOOP_JUMPING_RANGE_H_

#include <cstdint>
#include <optional>

#include "loop/generator.h"

namespace loop {

// Yields from 0 until `up_to` is reached; a value sent is the next step, which
// otherwise is 1.
Generator<int, int> jumping_range(int up_to);

class JumpingRange {
 public:
  explicit JumpingRange(int up_to) : up_to_(up_to) {}

  int next() { return resume(std::nullopt); }
  int send(int jump);

 private:
  enum class Place : uint8_t { kStart, kAtYield, kOver };

  int resume(std::optional<int> sent);

  const int up_to_;
  int index_ = 0;
  Place place_ = Place::kStart;
};

}  // namespace loop

#endif  // LOOP_JUMPING_RANGE_H_

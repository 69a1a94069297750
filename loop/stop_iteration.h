// loop/stop_iteration.h - how a generator says that it is over.
//
// CONCEPT     A generator gives one value per request. When there is none
//             left, the answer is not a special value (any value may be a real
//             one) but an exception: StopIteration. What the body returned
//             travels on it. The other direction has a signal too: close()
//             raises GeneratorExit in the body, so that its clean-up runs.
//
//               body ends ----StopIteration---> consumer
//               body <------GeneratorExit------ consumer closes
//
// IN PYTHON   StopIteration and its .value, GeneratorExit, TypeError
// INVARIANTS  I1. GeneratorExit is no std::exception: a body that catches
//                 ordinary errors must not swallow the order to end.
//             I2. A returned value is delivered once; later stops are empty.
// THREADS     Values.
// OWNERSHIP   A StopWith owns the returned value; the catcher may move it out.
// LEFT OUT    Raising StopIteration by hand to end a body: `co_return` does
//             that, and a StopIteration that escapes is an error (PEP 479).
// READ NEXT   loop/generator_link.h
#ifndef LOOP_STOP_ITERATION_H_
#define LOOP_STOP_ITERATION_H_

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace loop {

// The end of any generator. Catch this one where the value does not matter.
class StopIteration : public std::exception {
 public:
  const char* what() const noexcept override { return "the generator is over"; }
};

// The end of a generator that returns a Returned. Catch it by non-const
// reference to move the value out.
template <class Returned>
class StopWith final : public StopIteration {
 public:
  explicit StopWith(std::optional<Returned> returned)
      : value(std::move(returned)) {}

  // Empty on every stop but the first. [I2]
  std::optional<Returned> value;
};

// Raised at the yield where a body stands when it is told to end. [I1]
class GeneratorExit final {
 public:
  const char* what() const { return "the generator is closed"; }
};

// A value was sent where none can be taken.
class TypeError : public std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace loop

#endif  // LOOP_STOP_ITERATION_H_

// loop/timeout.h - a limit for a stretch of code, however many awaits it has.
//
// CONCEPT     A Timeout cancels the task that runs in it when its deadline
//             comes. The cancellation is thrown at the await where the body
//             stands, and where the body ends it is turned into TimeoutError:
//             for the body it is a cancellation like any other, for the caller
//             it is not. No second task is needed, unlike in wait_for().
//
//               Timeout limit = timeout(seconds(1));       [created]
//               co_await limit.run([&]() -> Coroutine<> {  [entered]
//                 co_await connect();                         | deadline:
//                 co_await transfer();                        v cancel()
//               });                                        [expiring]
//                                                        end: [expired]
//
//             Python says `async with timeout(1) as limit:`. A destructor can
//             neither await nor turn one exception into another, so here the
//             block is a coroutine without arguments that is handed to run().
// IN PYTHON   asyncio.timeout, asyncio.timeout_at, asyncio.Timeout
// INVARIANTS  I1. Only its own cancellation is turned into TimeoutError: not
//                 one from outside, nor one more than its own.
//             I2. After the body neither timer nor request to cancel is left.
// THREADS     The loop's thread.
// OWNERSHIP   run() keeps the closure until the body has ended, so here a
//             closure with captures may be a coroutine. It must be trivial to
//             copy, or GCC 12 would destroy it twice: capture by reference,
//             [&]; the caller waits, so all he has is there.
// ERRORS      TimeoutError, with the CancelledError nested in it. RuntimeError
//             for a second run(), and for reschedule() before or after it.
// LEFT OUT    Being used outside of a task: run() can only be awaited in one.
// READ NEXT   loop/task_group.h
#ifndef LOOP_TIMEOUT_H_
#define LOOP_TIMEOUT_H_

#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>

#include "loop/coroutine.h"
#include "loop/handle.h"
#include "loop/task_base.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace loop {

class Timeout {
 public:
  // Never, if there is no deadline.
  explicit Timeout(std::optional<scheduler::TimePoint> when) : when_(when) {}
  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;

  // Runs the body within the limit and returns what it returns. Not on a
  // temporary, which a stored coroutine would outlive.
  template <class Body>
  auto run(Body body) & -> std::invoke_result_t<Body&> {
    static_assert(std::is_trivially_copyable_v<Body>,
                  "a body captures by reference: [&]");
    enter();
    try {
      if constexpr (std::is_same_v<std::invoke_result_t<Body&>, Coroutine<>>) {
        co_await body();
        leave();
        co_return;
      } else {
        auto result = co_await body();
        leave();
        co_return result;
      }
    } catch (const scheduler::CancelledError&) {
      if (leave()) {
        std::throw_with_nested(scheduler::TimeoutError());
      }
      throw;
    } catch (...) {
      leave();
      throw;
    }
  }

  // Moves the deadline, or removes it. Only inside of run().
  void reschedule(std::optional<scheduler::TimePoint> when);
  std::optional<scheduler::TimePoint> when() const { return when_; }
  // Whether the deadline came while the body ran.
  bool expired() const {
    return state_ == State::kExpiring || state_ == State::kExpired;
  }

 private:
  // kCreated -enter-> kEntered -leave-> kExited
  //                      '-expire-> kExpiring -leave-> kExpired
  enum class State : uint8_t {
    kCreated,
    kEntered,
    kExited,
    kExpiring,
    kExpired
  };
  void enter();
  void expire();
  // True if a cancellation that leaves the body is its own. [I1]
  bool leave();

  State state_ = State::kCreated;
  uint32_t cancelling_ = 0;   // the task's requests on entry
  TaskBase* task_ = nullptr;  // set by enter()
  std::optional<scheduler::TimePoint> when_;
  ScopedHandle timer_;
};

// From now on, not from run() on. RuntimeError where no loop runs.
Timeout timeout(std::optional<scheduler::Duration> delay);
inline Timeout timeout_at(std::optional<scheduler::TimePoint> when) {
  return Timeout(when);
}

}  // namespace loop

#endif  // LOOP_TIMEOUT_H_

// loop/coroutine.h - a function that can be left in the middle, and resumed.
//
// CONCEPT     Calling a coroutine runs none of it: it makes a frame and gives
//             back its owner. Only awaiting it, or making a task of it, runs
//             the body. Who awaits a coroutine puts it on top of the chain of
//             his task and suspends; the task resumes the top, and when that
//             ends, the one below. Nobody resumes anybody from inside a body,
//             so a chain may be any length and the machine's stack stays as
//             it is.
// IN PYTHON   async def, await
// INVARIANTS  I1. A body begins only when somebody awaits or schedules it.
//             I2. Result or error wait in the frame; the awaiter takes them
//                 out and drops the frame at the end of its expression.
// THREADS     One at a time. It may begin in another thread than the one that
//             called the function.
// OWNERSHIP   A Coroutine owns its frame until it is awaited or scheduled;
//             then the awaiter in the caller's frame does, or the task.
// ERRORS      RuntimeError when awaited a second time. A coroutine dropped
//             before it began is reported as never awaited.
// LEFT OUT    Symmetric transfer: GCC grows the stack with it at -O0 and under
//             AddressSanitizer. Results by reference. Results and locals that
//             are aligned to more than 16 bytes: compilers ignore it in frames.
//
// Rules for those who write coroutines: arguments by value; no lambda with
// captures is a coroutine; no aggregate with a destructor as a temporary in an
// expression with co_await (GCC 12 destroys it twice): name it on a line of
// its own, or give its type a constructor.
// READ NEXT   loop/task.h
#ifndef LOOP_COROUTINE_H_
#define LOOP_COROUTINE_H_

#include <cassert>
#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "loop/frame.h"
#include "loop/task_base.h"

namespace loop {

// Out of the way of the fast path of every co_await.
[[noreturn, gnu::noinline, gnu::cold]] void rethrow(
    const std::exception_ptr& error);
[[noreturn, gnu::noinline, gnu::cold]] void refuse_second_await();

template <class T = void>
class Coroutine;

// What a frame holds besides, by the type of its result.
template <class T>
struct ResultPromise : PromiseBase {
  template <class U = T>
  requires std::constructible_from<T, U>
  void return_value(U&& result) { value.emplace(std::forward<U>(result)); }
  T take_result() { return std::move(*value); }

  std::optional<T> value;  // set when the body has returned [I2]
};
template <>
struct ResultPromise<void> : PromiseBase {
  void return_void() {}
  void take_result() {}
};

template <class T>
struct CoroutinePromise final : ResultPromise<T> {
  static_assert(!std::is_reference_v<T>, "a result is a value: return a copy");
  static_assert(alignof(ResultPromise<T>) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__,
                "no compiler aligns a frame more strictly: return a pointer");

  std::suspend_always initial_suspend() noexcept { return {}; }  // [I1]
  void unhandled_exception() noexcept {
    this->error = std::current_exception();
  }
  // The end: the task goes on with the caller, or is finished.
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<CoroutinePromise> ended) noexcept {
      ended.promise().task->go_on_with(ended.promise().caller);
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  // The default argument is written at the call the compiler makes inside the
  // coroutine, so it is the name of that function.
  Coroutine<T> get_return_object(const char* function = __builtin_FUNCTION());
};

template <class T>
class [[nodiscard]] Coroutine {
 public:
  using promise_type = CoroutinePromise<T>;
  using Result = T;

  class Awaiter {
   public:
    explicit Awaiter(FrameOwner&& child) : child_(std::move(child)) {}
    bool await_ready() const {
      if (child_.get() == nullptr) [[unlikely]] {
        refuse_second_await();
      }
      return false;
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> caller) {
      PromiseBase& child = *child_.get();
      child.task = caller.promise().task;
      child.caller = &caller.promise();
      child.owner = &child_;
      child.task->go_on_with(&child);
    }
    T await_resume() {
      auto& child = static_cast<promise_type&>(*child_.get());
      if (child.error) [[unlikely]] {
        rethrow(child.error);
      }
      return child.take_result();
    }

   private:
    FrameOwner child_;
  };
  // Only from a temporary or a moved one: it can be awaited once.
  Awaiter operator co_await() && { return Awaiter(std::move(frame_)); }

  // Gives the frame to a task.
  FrameOwner take_frame() && { return std::move(frame_); }

 private:
  friend promise_type;
  explicit Coroutine(promise_type& promise) : frame_(&promise) {}
  FrameOwner frame_;
};

template <class T>
Coroutine<T> CoroutinePromise<T>::get_return_object(const char* function) {
  assert(this->body() ==
             std::coroutine_handle<CoroutinePromise>::from_promise(*this) &&
         "the base of a promise does not stand at its beginning");
  this->name = function;
  return Coroutine<T>(*this);
}

}  // namespace loop

#endif  // LOOP_COROUTINE_H_

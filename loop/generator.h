// loop/generator.h - a function that pauses and goes on.
//
// CONCEPT     A generator's body runs until `co_yield`, hands out a value and
//             stands still, with its locals, until the next one is asked for.
//             The yield is a door in both directions: what send() brings is
//             the value of the co_yield expression, what throw_() brings is
//             raised there. A pausing function and someone who resumes it: a
//             coroutine is no more than that, and nothing here runs by itself.
//
//               Generator<int, int> jumping_range(int up_to) {
//                 for (int i = 0; i < up_to;)
//                   i += (co_yield i).value_or(1);      // nothing sent: 1
//               }
//               auto range = jumping_range(5);
//               range.next();   // 0
//               range.send(2);  // 2
//
//             `co_await other` in a body is `yield from`: values, errors and
//             close() pass to and from `other` until it ends, and its returned
//             value is the value of the expression. [C-070] [C-074] [C-075]
// IN PYTHON   def with yield; next, send, throw, close; PEP 342, 380, 479
// INVARIANTS  I1. Nothing of the body runs before the first request.
//             I2. A body runs only inside a call on its generator.
//             I3. A returned value or an error is delivered once; then next()
//                 stops with nothing.
// THREADS     No affinity and no globals: any thread may make the next call,
//             one call at a time.
// OWNERSHIP   The Generator owns the frame. A body takes its arguments by
//             value, because the caller's variables may be gone when it runs.
//             Arguments live as long as the frame, past the end of the body.
// ERRORS      StopIteration (StopWith<Returned>) at the end; what the body
//             throws; std::invalid_argument for a body that is executing;
//             TypeError for a value sent to a body that has not started, and
//             for throwing a null error.
// LEFT OUT    Reference types as values. `co_yield` inside a catch block: the
//             language forbids it, leave the handler first. A generator that
//             was handed another as an argument and never started destroys
//             it by recursion, one machine frame each.
// READ NEXT   loop/round_robin.h
#ifndef LOOP_GENERATOR_H_
#define LOOP_GENERATOR_H_

#include <cassert>
#include <coroutine>
#include <exception>
#include <iterator>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "loop/generator_link.h"
#include "loop/generator_port.h"
#include "loop/stop_iteration.h"

namespace loop {

template <class Yielded, class Sent = NoValue, class Returned = void>
class [[nodiscard]] Generator {
 private:
  using Port = GeneratorPort<Yielded, Sent>;

 public:
  class promise_type;
  class Iterator;
  using Stop = std::conditional_t<std::is_void_v<Returned>, StopIteration,
                                  StopWith<Returned>>;

  Generator(Generator&& other) noexcept
      : body_(std::exchange(other.body_, nullptr)) {}
  Generator& operator=(Generator&& other) noexcept {
    Generator(std::move(other)).swap(*this);
    return *this;
  }
  // Closes the generator; an error in that is reported, not thrown.
  ~Generator() {
    if (body_) {
      promise().abandon();
      body_.destroy();
    }
  }

  // The next value; throws Stop when there is none.
  Yielded next() { return take_yielded(promise().resume()); }
  Yielded send(NoValue) { return next(); }

  // As next(), and `value` is what the yield evaluates to.
  Yielded send(Sent value) requires(Port::kTakesValues) {
    GeneratorLink* receiver = &promise().leaf();
    if (receiver->state() != GeneratorLink::State::kSuspended) [[unlikely]] {
      receiver = &promise().receiver();
      if (receiver->state() == GeneratorLink::State::kFresh) {
        throw TypeError("a value was sent to a generator not yet started");
      }
    }
    port_of(*receiver).sent.emplace(std::move(value));
    return next();
  }

  // As next(), but `error` is raised at the yield.
  Yielded throw_(std::exception_ptr error) {
    return take_yielded(promise().throw_in(std::move(error)));
  }

  // Raises GeneratorExit at the yield and expects the body to end. What it
  // returns is dropped; what it throws comes out.
  void close() {
    promise().close();
    drop_returned();
  }

  // True while the body, or one it delegates to, executes.
  bool running() const { return promise().running(); }

  // Iteration sees the yielded values and goes on from the present state:
  // begin() asks for the next value, as next() does.
  Iterator begin() {
    Iterator iterator(*this);
    ++iterator;
    return iterator;
  }
  std::default_sentinel_t end() const { return {}; }

 private:
  template <class Inner>
  friend class Delegation;

  static_assert(std::is_object_v<Yielded>, "a generator yields values");
  static_assert(alignof(Port) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__,
                "no compiler aligns a frame more strictly: yield a pointer");

  explicit Generator(promise_type& promise)
      : body_(std::coroutine_handle<promise_type>::from_promise(promise)) {}

  void swap(Generator& other) { std::swap(body_, other.body_); }

  promise_type& promise() const {
    assert(body_ && "this generator was moved away");
    return body_.promise();
  }
  static Port& port_of(GeneratorLink& link) {
    return static_cast<Port&>(link);  // a chain has one type of port
  }
  Yielded take_yielded(GeneratorLink* yielder) {
    if (yielder == nullptr) [[unlikely]] {
      stop();
    }
    return std::move(port_of(*yielder).yielded.get());
  }
  // Delivered, or broken on its way: in both cases it is gone. [I3]
  struct DropReturned {
    Generator& generator;
    ~DropReturned() { generator.drop_returned(); }
  };
  // Says why there is no value. [I3]
  [[noreturn, gnu::noinline, gnu::cold]] void stop() {
    promise().rethrow_error();
    if constexpr (std::is_void_v<Returned>) {
      throw StopIteration();
    } else {
      const DropReturned afterwards{*this};
      throw Stop(std::move(promise().returned));
    }
  }
  Returned take_returned() {
    if constexpr (!std::is_void_v<Returned>) {
      if (!promise().returned) {
        throw std::logic_error("the returned value was delivered before");
      }
      const DropReturned afterwards{*this};
      return *std::move(promise().returned);
    }
  }
  void drop_returned() {
    if constexpr (!std::is_void_v<Returned>) {
      promise().returned.reset();
    }
  }

  std::coroutine_handle<promise_type> body_;
};

template <class Yielded, class Sent, class Returned>
class Generator<Yielded, Sent, Returned>::promise_type final
    : public Port,
      public GeneratorResult<Returned> {
 public:
  promise_type()
      : Port(std::coroutine_handle<promise_type>::from_promise(*this)) {}

  Generator get_return_object() { return Generator(*this); }
  std::suspend_always initial_suspend() const noexcept { return {}; }
  std::suspend_always final_suspend() noexcept {
    this->stop_for_good();
    return {};
  }
  void unhandled_exception() { this->store_leaving_error(); }

  // yield from.
  template <class Result>
  auto await_transform(Generator<Yielded, Sent, Result>&& inner) {
    return Delegation<Generator<Yielded, Sent, Result>>(*this,
                                                        std::move(inner));
  }
  template <class Result>
  auto await_transform(Generator<Yielded, Sent, Result>& inner) {
    return Delegation<Generator<Yielded, Sent, Result>&>(*this, inner);
  }
  // yield from a range that is no generator: it takes no values.
  template <std::ranges::input_range Range>
  auto await_transform(Range range) {
    return await_transform(each(std::move(range)));
  }

 private:
  template <class Range>
  static Generator<Yielded, Sent> each(Range range) {
    for (auto&& item : range) {
      if constexpr (Port::kTakesValues) {
        const std::optional<Sent>& sent = co_yield item;
        if (sent) {
          throw TypeError("a value was sent to a range, which cannot take it");
        }
      } else {
        co_yield item;
      }
    }
  }
};

template <class Yielded, class Sent, class Returned>
class Generator<Yielded, Sent, Returned>::Iterator {
 public:
  using value_type = Yielded;
  using difference_type = std::ptrdiff_t;

  // The value is the generator's; it stays until the next ++.
  Yielded& operator*() const { return port_of(*yielder_).yielded.get(); }
  Iterator& operator++() {
    promise_type& promise = generator_->promise();
    yielder_ = promise.resume();
    if (yielder_ == nullptr) {
      promise.rethrow_error();
      generator_->drop_returned();
    }
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const Iterator& it, std::default_sentinel_t) {
    return it.yielder_ == nullptr;
  }

 private:
  friend class Generator;
  explicit Iterator(Generator& generator) : generator_(&generator) {}

  Generator* generator_;
  GeneratorLink* yielder_ = nullptr;  // null at the end
};

}  // namespace loop

#endif  // LOOP_GENERATOR_H_

// loop/generator_port.h - how values pass between a body and its consumer.
//
// CONCEPT     A pausing body and its consumer hand things over in slots of the
//             coroutine's promise, since neither calls the other:
//
//               body  -- co_yield v -->  yielded   --> next()      consumer
//                     <-- value of it --  sent     <-- send(v)
//                     -- co_return r --> returned  --> StopWith
//
//             Chained generators share the type of the first two, so that the
//             root can use the slots of whichever body is the leaf. Returned
//             values stay between neighbours and may differ in type.
// IN PYTHON   the value stack of a generator's frame
// INVARIANTS  I1. `sent` is empty when a body yields: what it finds there
//                 afterwards was sent to this very yield.
//             I2. `yielded` is looked at only while the link says kSuspended
//                 after a yield: before the first one there is no value.
// THREADS     One at a time, as the generator itself.
// OWNERSHIP   The slots own their values. A Delegation owns a generator that
//             was handed to it as a temporary, and borrows a named one.
// ERRORS      What was thrown in, at the co_yield; the errors of the inner
//             body, at the co_await.
// READ NEXT   loop/generator.h
#ifndef LOOP_GENERATOR_PORT_H_
#define LOOP_GENERATOR_PORT_H_

#include <coroutine>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "loop/generator_link.h"

namespace loop {

// What Python writes as None: in `send(none)`, and as the type of what cannot
// be sent.
struct NoValue {};
inline constexpr NoValue none{};

// Where a yielded value stands until the next one takes its place. Nobody looks
// for one that is not there [I2], so a value that needs no destructor needs no
// flag either: it would be stored at each yield and read by nobody. Others are
// kept in an optional, which knows what it has to destroy.
template <class Yielded>
class YieldedSlot {
 public:
  void put(Yielded&& value) { value_.emplace(std::move(value)); }
  Yielded& get() { return *value_; }

 private:
  std::optional<Yielded> value_;
};
template <class Yielded>
requires std::is_trivially_destructible_v<Yielded>
class YieldedSlot<Yielded> {
 public:
  YieldedSlot() : empty_() {}
  void put(Yielded&& value) {
    std::construct_at(std::addressof(value_), std::move(value));
  }
  Yielded& get() { return value_; }

 private:
  union {
    NoValue empty_;  // until the first yield: Yielded may have no default
    Yielded value_;
  };
};

// What a chain of generators has in common: the values that pass through.
template <class Yielded, class Sent>
struct GeneratorPort : GeneratorLink {
  using GeneratorLink::GeneratorLink;
  static constexpr bool kTakesValues = !std::is_same_v<Sent, NoValue>;

  // The value of a co_yield expression. Not an aggregate: g++ 12 destroys
  // temporaries of aggregate type twice in a coroutine.
  class Resumption {
   public:
    explicit Resumption(GeneratorPort& port) : port_(port) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    // A reference, to be moved from: passing an optional on by value costs
    // as much again as the whole switch.
    decltype(auto) await_resume() {
      port_.rethrow_error();
      if constexpr (kTakesValues) {
        return std::move(port_.sent);
      }
    }

   private:
    GeneratorPort& port_;
  };

  Resumption yield_value(Yielded value) {
    yielded.put(std::move(value));
    forget_sent();
    return Resumption(*this);
  }

  // [I1] By a store where that is all; reset() looks first.
  void forget_sent() {
    if constexpr (kTakesValues &&
                  std::is_trivially_move_assignable_v<decltype(sent)>) {
      sent = std::optional<Sent>();
    } else if constexpr (kTakesValues) {
      sent.reset();
    }
  }

  // From yield_value() to whoever resumed the chain.
  YieldedSlot<Yielded> yielded;
  // From send() to the yield; empty when next() was called.
  [[no_unique_address]] std::conditional_t<kTakesValues, std::optional<Sent>,
                                           NoValue>
      sent;
};

// What `co_return` leaves behind until somebody takes it.
template <class Returned>
struct GeneratorResult {
  void return_value(Returned value) { returned.emplace(std::move(value)); }
  std::optional<Returned> returned;
};
template <>
struct GeneratorResult<void> {
  void return_void() {}
};

// The awaiter of `co_await inner` in a body. `Inner` is a Generator for a
// temporary, which the awaiter then owns, or a reference for a named one.
template <class Inner>
class Delegation {
 public:
  Delegation(GeneratorLink& outer, Inner&& inner)
      : outer_(outer), inner_(std::forward<Inner>(inner)) {}
  Delegation(const Delegation&) = delete;
  Delegation& operator=(const Delegation&) = delete;

  bool await_ready() {
    GeneratorLink& link = inner_.promise();
    if (link.running()) {
      throw std::invalid_argument("generator already executing");
    }
    if (link.has_outer()) {
      throw std::runtime_error("another generator delegates to this one");
    }
    return link.state() == GeneratorLink::State::kFinished;
  }
  void await_suspend(std::coroutine_handle<>) {
    outer_.stop_at_delegation(inner_.promise());
  }
  // What the inner body returned. A named generator may have been driven to
  // its end by somebody else, and its value is gone then.
  auto await_resume() {
    outer_.rethrow_error();
    return inner_.take_returned();
  }

 private:
  GeneratorLink& outer_;
  Inner inner_;
};

}  // namespace loop

#endif  // LOOP_GENERATOR_PORT_H_

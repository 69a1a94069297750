// loop/gather.h - run several at once, and have all results in order.
//
// CONCEPT     Every coroutine given becomes a task, all run interleaved, and
//             the future returned is done when the last of them is. The first
//             error ends the wait at once, but not the others: they run on,
//             and what they come to is dropped.
//
//               co_await gather(fetch(a), fetch(b))   1 s, not 2 s
//
// IN PYTHON   asyncio.gather
// INVARIANTS  I1. Results stand in the order of the arguments.
//             I2. Children tell of their end through the ready queue, so even
//                 a gather of finished futures takes a turn.
//             I3. Cancelling the gather cancels all children.
// THREADS     The loop's thread.
// OWNERSHIP   Shares its children until it is done. Each child that is not
//             done keeps the gather.
// ERRORS      The first error of a child. With return_exceptions none: each
//             result is an Outcome.
// LEFT OUT    Ending the others when one fails: that is TaskGroup.
// READ NEXT   loop/watch.h
#ifndef LOOP_GATHER_H_
#define LOOP_GATHER_H_

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "loop/core.h"
#include "loop/ensure_future.h"
#include "loop/future.h"
#include "loop/future_slot.h"
#include "loop/ref.h"
#include "loop/waiting.h"

namespace loop {

// A result or an error, whichever it was.
template <class T>
class Outcome {
 public:
  explicit Outcome(Stored<T> value) : value_(std::move(value)) {}
  explicit Outcome(std::exception_ptr error) : error_(std::move(error)) {}
  // The result; throws the error.
  const Stored<T>& value() const {
    if (error_) {
      std::rethrow_exception(error_);
    }
    return *value_;
  }
  const std::exception_ptr& error() const { return error_; }

 private:
  std::optional<Stored<T>> value_;
  std::exception_ptr error_;  // null if there is a value
};

// As the first argument: errors take their places among the results.
struct ReturnExceptions {};
inline constexpr ReturnExceptions return_exceptions;

// What does not depend on the types: counting children, and the first error.
class Gathering {
 public:
  using Children = std::vector<Ref<FutureSlot>>;

 protected:
  Gathering(Children children, bool keep_errors)
      : futures_(std::move(children)), keep_errors_(keep_errors) {}
  virtual ~Gathering() = default;

  void watch_children();
  bool cancel_children();
  void let_go_of_children() { futures_.clear(); }

  template <class T>
  FutureSlotOf<T>& child(size_t i) {
    return static_cast<FutureSlotOf<T>&>(*futures_[i]);
  }

 private:
  struct Child final : Waiter {
    void finished(FutureSlot& by) override;
    void run() override;
    void discard() override;
    std::string describe() const override { return "child of a gather"; }
    Gathering* gathering = nullptr;
    Ref<FutureSlot> future;  // its own, set when it is done
  };

  virtual FutureSlot& outer() = 0;
  virtual void deliver() = 0;
  void child_done(FutureSlot& child);
  void release_one();

  Children futures_;
  std::unique_ptr<Child[]> children_;
  size_t finished_ = 0;
  const bool keep_errors_;
  bool cancel_requested_ = false;
};

// Builds the result out of the children by calling collect(*this).
template <class Result, class Collect>
class GatherSlot final : public FutureSlotOf<Result>, public Gathering {
 public:
  static Future<Result> start(Core& core, Children children, bool keep_errors,
                              Collect collect) {
    const bool empty = children.empty();
    Ref<GatherSlot> slot(new GatherSlot(core, std::move(children), keep_errors,
                                        std::move(collect)));
    if (empty) {
      slot->deliver();
    } else {
      slot->watch_children();
    }
    return Future<Result>(Ref<FutureSlotOf<Result>>(slot.get()));
  }

  bool cancel() override { return !this->done() && cancel_children(); }
  void abandon() override {
    FutureSlotOf<Result>::abandon();
    let_go_of_children();
  }
  void let_go() override { delete this; }

  // What the i-th child came to; all are done.
  template <class T>
  Stored<T> result(size_t i) {
    return child<T>(i).take_result();
  }
  template <class T>
  Outcome<T> outcome(size_t i) {
    try {
      return Outcome<T>(child<T>(i).take_result());
    } catch (...) {
      return Outcome<T>(std::current_exception());
    }
  }

 private:
  GatherSlot(Core& core, Children children, bool keep_errors, Collect collect)
      : FutureSlotOf<Result>(core),
        Gathering(std::move(children), keep_errors),
        collect_(std::move(collect)) {}
  ~GatherSlot() override = default;
  FutureSlot& outer() override { return *this; }
  void deliver() override { this->set_result(collect_(*this)); }

  Collect collect_;
};

template <class Result, class Collect>
Future<Result> start_gather(Gathering::Children children, bool keep_errors,
                            Collect collect) {
  return GatherSlot<Result, Collect>::start(require_running_core(),
                                            std::move(children), keep_errors,
                                            std::move(collect));
}

template <class... Awaitables>
Gathering::Children children_of(Awaitables... awaitables) {
  // Braces: from left to right, so the first argument's task is made first.
  return Gathering::Children{
      Ref<FutureSlot>(&ensure_future(std::move(awaitables)).slot())...};
}

// gather(a, b, ...): a tuple of results; nothing is std::monostate.
template <class... Awaitables>
auto gather(Awaitables... awaitables) {
  using Result = std::tuple<Stored<ResultOf<Awaitables>>...>;
  return start_gather<Result>(
      children_of(std::move(awaitables)...), false, [](auto& gathered) {
        return [&]<size_t... I>(std::index_sequence<I...>) {
          return Result{gathered.template result<ResultOf<Awaitables>>(I)...};
        }
        (std::index_sequence_for<Awaitables...>());
      });
}

template <class... Awaitables>
auto gather(ReturnExceptions, Awaitables... awaitables) {
  using Result = std::tuple<Outcome<ResultOf<Awaitables>>...>;
  return start_gather<Result>(
      children_of(std::move(awaitables)...), true, [](auto& gathered) {
        return [&]<size_t... I>(std::index_sequence<I...>) {
          return Result{gathered.template outcome<ResultOf<Awaitables>>(I)...};
        }
        (std::index_sequence_for<Awaitables...>());
      });
}

// The same for any number of one type.
template <class Awaitable>
Gathering::Children children_of(std::vector<Awaitable> awaitables) {
  Gathering::Children children;
  children.reserve(awaitables.size());
  for (Awaitable& awaitable : awaitables) {
    children.emplace_back(&ensure_future(std::move(awaitable)).slot());
  }
  return children;
}

template <class Awaitable>
auto gather(std::vector<Awaitable> awaitables) {
  using T = ResultOf<Awaitable>;
  const size_t count = awaitables.size();
  return start_gather<std::vector<Stored<T>>>(
      children_of(std::move(awaitables)), false, [count](auto& gathered) {
        std::vector<Stored<T>> results;
        results.reserve(count);
        for (size_t i = 0; i < count; ++i) {
          results.push_back(gathered.template result<T>(i));
        }
        return results;
      });
}

template <class Awaitable>
auto gather(ReturnExceptions, std::vector<Awaitable> awaitables) {
  using T = ResultOf<Awaitable>;
  const size_t count = awaitables.size();
  return start_gather<std::vector<Outcome<T>>>(
      children_of(std::move(awaitables)), true, [count](auto& gathered) {
        std::vector<Outcome<T>> results;
        results.reserve(count);
        for (size_t i = 0; i < count; ++i) {
          results.push_back(gathered.template outcome<T>(i));
        }
        return results;
      });
}

}  // namespace loop

#endif  // LOOP_GATHER_H_

// ipc/pool_task.h - what a pool sends to a worker: a function by its address.
//
// CONCEPT     Code cannot travel through a pipe, so a job names the function
//             it wants. Python sends "module.name". A forked worker has a
//             better name: it is a copy of this process, with the same code at
//             the same addresses, so *a function pointer means the same
//             function there*. (A fresh image may be loaded elsewhere; there
//             it would not.) What a lambda has captured lies in memory that
//             may have changed since the fork, so only functions without
//             captures qualify.
//
//             The types are gone on the way, so a second pointer travels: a
//             *runner*, compiled for this function's types, that decodes the
//             items, calls the function on each and encodes the results:
//
//               task    [runner][function][count][item][item] ...
//               answer  [true ][count][result][result] ...
//                       [false][ErrorReport]
//
// IN PYTHON   multiprocessing.pool.mapstar, starmapstar
// INVARIANTS  I1. One answer per task; an error ends its chunk, as in Python.
// THREADS     A job's verbs are called by the pool's thread, one at a time, but
//             for those that ipc/pool_core.h names.
// OWNERSHIP   Tasks share their job.
// ERRORS      A function whose arguments or result have no encoding does not
//             compile.
// READ NEXT   ipc/pool_worker.h
#ifndef IPC_POOL_TASK_H_
#define IPC_POOL_TASK_H_

#include <cstddef>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "ipc/codec.h"
#include "ipc/frame.h"

namespace ipc {

// One call of map, apply or imap: a number of chunks that come back.
class PoolJob {
 public:
  virtual ~PoolJob() = default;
  // Whether somebody may call off a chunk that has not begun. Then it is not
  // laid out before a worker is free to begin it.
  virtual bool cancellable() const { return false; }
  // Before a chunk is laid out for the workers. False if nobody wants it any
  // more: then it does not go.
  virtual bool begin(size_t chunk) {
    static_cast<void>(chunk);
    return true;
  }
  // For each chunk exactly one of these two, unless the job is abandoned; and
  // failed() after a succeeded() that throws, which has ended nothing.
  virtual void succeeded(size_t chunk, Decoder& results) = 0;
  virtual void failed(size_t chunk, std::exception_ptr error) = 0;
  // The pool was terminated: what has not come will not come.
  virtual void abandoned() = 0;
};

// One chunk of a job, ready to be sent.
struct PoolTask {
  std::shared_ptr<PoolJob> job;
  size_t chunk;
  Bytes frame;  // a whole one, with its length

  std::span<const std::byte> content() const {
    return std::span(frame).subspan(kFrameHead);
  }
};

using AnyFunction = void (*)();
using Runner = void (*)(AnyFunction function, Decoder& items, Bytes& results);

// The types of a plain function.
template <class Pointer>
struct Signature;
template <class R, class... A>
struct Signature<R (*)(A...)> {
  // void travels as an empty value.
  using Result =
      std::conditional_t<std::is_void_v<R>, std::monostate, std::decay_t<R>>;
  using Arguments = std::tuple<std::decay_t<A>...>;
  // What one element of the input is: the argument, or a tuple of several.
  static constexpr bool kSpread = sizeof...(A) != 1;
  using Item = std::tuple_element_t<
      0, std::conditional_t<kSpread, std::tuple<Arguments>, Arguments>>;

  static Item to_item(Arguments arguments) {
    if constexpr (kSpread) {
      return arguments;
    } else {
      return std::get<0>(std::move(arguments));
    }
  }

  static Result call(R (*function)(A...), Item item) {
    const auto run = [&]() -> R {
      if constexpr (kSpread) {
        return std::apply(function, std::move(item));
      } else {
        return function(std::move(item));
      }
    };
    if constexpr (std::is_void_v<R>) {
      run();
      return {};
    } else {
      return run();
    }
  }

  // A Runner.
  static void run_chunk(AnyFunction any, Decoder& items, Bytes& results) {
    // Back to the type it had in make_task: only then may it be called.
    const auto function = reinterpret_cast<R (*)(A...)>(any);
    size_t left = items.take_count(1);
    internal::append_count(results, left);
    if constexpr (internal::kCopiedWhole<Result>) {
      // All their room at once: asking for it costs more than a small call.
      size_t at = results.size();
      results.resize(at + left * sizeof(Result));
      for (; left > 0; --left, at += sizeof(Result)) {
        const Result result = call(function, decode_from<Item>(items));
        std::memcpy(results.data() + at, &result, sizeof result);
      }
    } else {
      for (; left > 0; --left) {
        encode_to<Result>(results, call(function, decode_from<Item>(items)));
      }
    }
  }
};
template <class R, class... A>
struct Signature<R (*)(A...) noexcept> : Signature<R (*)(A...)> {};

// Function pointers stay; a lambda without captures becomes one.
template <class F>
using PointerTo = decltype(+std::declval<F>());
template <class F>
using SignatureOf = Signature<PointerTo<F>>;
template <class F>
using ResultOf = typename SignatureOf<F>::Result;
template <class F>
using ItemOf = typename SignatureOf<F>::Item;

// A chunk of `count` items from `first` on.
template <class F, class Iterator>
PoolTask make_task(F function, std::shared_ptr<PoolJob> job, size_t chunk,
                   Iterator first, size_t count) {
  PoolTask task{.job = std::move(job), .chunk = chunk, .frame = {}};
  task.frame.reserve(64);  // a small task is one allocation
  const size_t frame = begin_frame(task.frame);
  const Runner runner = &SignatureOf<F>::run_chunk;
  encode_to(task.frame, runner);
  encode_to(task.frame, reinterpret_cast<AnyFunction>(+function));
  encode_sequence(task.frame, first, count);
  end_frame(task.frame, frame);
  return task;
}

}  // namespace ipc

#endif  // IPC_POOL_TASK_H_

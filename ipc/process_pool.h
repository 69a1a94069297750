// ipc/process_pool.h - one function over many items, on several processors.
//
// CONCEPT     A pool keeps some worker processes and gives them work. map()
//             cuts its items into chunks, sends each chunk to the next free
//             worker, and puts the results back in order. Small chunks balance
//             the load; large ones save messages. Unless told otherwise there
//             are about four chunks for each worker. [C-143]
//
//               ipc::ProcessPool pool(4);
//               pool.map(square, std::vector{1, 2, 3});   // {1, 4, 9}
//
//             The function must be one without captures: its address is all
//             that is sent, and it names the same code in a forked worker
//             (see ipc/pool_task.h). Its arguments and result travel by value.
// IN PYTHON   multiprocessing.Pool
// INVARIANTS  I1. Results are in the order of the items, whoever computed them.
//             I2. Every error comes back: known types as themselves, others as
//                 RemoteError. Of several in one map, the one of the first
//                 chunk is thrown, when all chunks have ended.
//             I3. A worker that dies fails only the chunk it was at, with
//                 WorkerDied, and nothing hangs. (Python's pool forgets the
//                 job, and whoever waits for it waits for ever.)
// THREADS     Any, except that one thread closes, joins and destroys. Callbacks
//             run in the pool's thread, must not throw, and must not wait for
//             the pool.
// OWNERSHIP   Owns workers and threads. Leaving the scope terminates: work not
//             done is dropped, as in Python. Close and join to wait for it.
// ERRORS      std::invalid_argument for zero workers, chunks or task limits,
//             and for work given to a closed pool; the system's refusals.
// LEFT OUT    Items that do not fit in memory twice: a chunk is encoded whole.
// READ NEXT   ipc/pool_task.h, ipc/pool_worker.h, ipc/pool_core.h
#ifndef IPC_PROCESS_POOL_H_
#define IPC_PROCESS_POOL_H_

#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "ipc/async_result.h"
#include "ipc/imap_results.h"
#include "ipc/map_job.h"
#include "ipc/pool_core.h"
#include "ipc/pool_task.h"

namespace ipc {

// Items per chunk: length / (4 x workers), rounded up. [C-143]
constexpr size_t default_chunksize(size_t length, size_t workers) {
  return (length + 4 * workers - 1) / (4 * workers);
}

class [[nodiscard]] ProcessPool {
 public:
  struct Options {
    // Runs first in each worker, which is forked and so may use whatever the
    // function has captured. If it throws, that worker ends.
    std::function<void()> initializer = {};
    // A worker is replaced after so many chunks: what it leaks ends with it.
    std::optional<size_t> maxtasksperchild = std::nullopt;
  };

  // As many workers as there are processors, unless told otherwise.
  explicit ProcessPool(
      size_t processes = std::max(1u, std::thread::hardware_concurrency()))
      : ProcessPool(processes, Options{}) {}
  ProcessPool(size_t processes, Options options)
      : core_(processes, std::move(options.initializer),
              options.maxtasksperchild) {}

  // function(item) for each item. Blocks until all are done.
  template <class F, class Items>
  auto map(F function, const Items& items,
           std::optional<size_t> chunksize = std::nullopt) {
    return map_async(function, items, chunksize).get();
  }

  // The same without waiting. One of the callbacks is called at the end.
  template <class F, class Items>
  AsyncResult<std::vector<ResultOf<F>>> map_async(
      F function, const Items& items,
      std::optional<size_t> chunksize = std::nullopt,
      Callback<std::vector<ResultOf<F>>> callback = {},
      ErrorCallback error_callback = {});

  // function(items...) for each tuple of items.
  template <class F, class Tuples>
  auto starmap(F function, const Tuples& tuples,
               std::optional<size_t> chunksize = std::nullopt) {
    return map(function, tuples, chunksize);
  }

  // As map, with each result given as soon as its turn comes. `items` are
  // read ahead by a thread of the pool; if reading them throws, so does the
  // result at that place.
  template <class F, class Items>
  auto imap(F function, Items items, size_t chunksize = 1) {
    return imap(function, std::move(items), chunksize, true);
  }
  // The same in the order in which they are done.
  template <class F, class Items>
  auto imap_unordered(F function, Items items, size_t chunksize = 1) {
    return imap(function, std::move(items), chunksize, false);
  }

  // function(arguments...), once, in some worker.
  template <class F, class... Arguments>
  auto apply(F function, Arguments... arguments) {
    return apply_async(function, std::tuple(std::move(arguments)...)).get();
  }
  template <class F, class... Arguments>
  AsyncResult<ResultOf<F>> apply_async(F function,
                                       std::tuple<Arguments...> arguments,
                                       Callback<ResultOf<F>> callback = {},
                                       ErrorCallback error_callback = {});

  // Takes no more work; workers end when all is done.
  void close() { core_.close(); }
  // Ends the workers now; results not there yet never come.
  void terminate() { core_.terminate(); }
  // Waits for the end, after either of the two.
  void join() { core_.join(); }

  size_t processes() const { return core_.processes(); }
  std::vector<pid_t> worker_pids() { return core_.worker_pids(); }

 private:
  template <class F, class Items>
  auto imap(F function, Items items, size_t chunksize, bool ordered);

  static void require_chunksize(size_t chunksize) {
    if (chunksize < 1) {
      throw std::invalid_argument("a chunk has one item at least");
    }
  }

  PoolCore core_;
};

template <class F, class Items>
AsyncResult<std::vector<ResultOf<F>>> ProcessPool::map_async(
    F function, const Items& items, std::optional<size_t> chunksize,
    Callback<std::vector<ResultOf<F>>> callback, ErrorCallback error_callback) {
  using Item = ItemOf<F>;
  if constexpr (!std::is_same_v<Items, std::vector<Item>>) {
    // All of them first: if reading throws, nothing has been sent.
    std::vector<Item> read;
    for (auto&& item : items) {
      read.push_back(Item(item));
    }
    return map_async(function, read, chunksize, std::move(callback),
                     std::move(error_callback));
  } else {
    const size_t length = items.size();
    const size_t size =
        chunksize.value_or(default_chunksize(length, processes()));
    if (length > 0 || chunksize) {
      require_chunksize(size);
    }
    const size_t chunks = length == 0 ? 0 : (length + size - 1) / size;
    const auto job = std::make_shared<MapJob<ResultOf<F>>>(chunks);
    add_callbacks(job->future(), std::move(callback),
                  std::move(error_callback));
    std::vector<PoolTask> tasks;
    tasks.reserve(chunks);
    auto first = items.begin();
    for (size_t chunk = 0; chunk < chunks; ++chunk) {
      const size_t count = std::min(size, length - chunk * size);
      tasks.push_back(make_task(function, job, chunk, first, count));
      first += static_cast<std::ptrdiff_t>(count);
    }
    core_.submit(std::move(tasks));
    if (chunks == 0) {
      job->finish();
    }
    return AsyncResult(job->future());
  }
}

template <class F, class... Arguments>
AsyncResult<ResultOf<F>> ProcessPool::apply_async(
    F function, std::tuple<Arguments...> arguments,
    Callback<ResultOf<F>> callback, ErrorCallback error_callback) {
  const auto job = std::make_shared<ApplyJob<ResultOf<F>>>();
  add_callbacks(job->future(), std::move(callback), std::move(error_callback));
  const ItemOf<F> item = SignatureOf<F>::to_item(std::move(arguments));
  std::vector<PoolTask> tasks;
  tasks.push_back(make_task(function, job, 0, &item, 1));
  core_.submit(std::move(tasks));
  return AsyncResult(job->future());
}

template <class F, class Items>
auto ProcessPool::imap(F function, Items items, size_t chunksize,
                       bool ordered) {
  using Item = ItemOf<F>;
  require_chunksize(chunksize);
  struct Input {
    explicit Input(Items range) : items(std::move(range)) {}
    Items items;
    // Set by the first read: begin() may already be user code that throws.
    std::optional<decltype(std::begin(items))> next;
    size_t chunks = 0;
    bool ended = false;
  };
  const auto job = std::make_shared<ImapJob<ResultOf<F>>>(ordered);
  const auto input = std::make_shared<Input>(std::move(items));
  core_.submit_from(job, [=]() -> std::optional<PoolTask> {
    std::vector<Item> chunk;
    try {
      while (!input->ended && chunk.size() < chunksize) {
        if (input->next) {
          ++*input->next;
        } else {
          input->next.emplace(std::begin(input->items));
        }
        input->ended = *input->next == std::end(input->items);
        if (!input->ended) {
          chunk.push_back(Item(**input->next));
        }
      }
      if (!chunk.empty()) {
        return make_task(function, job, input->chunks++, chunk.begin(),
                         chunk.size());
      }
    } catch (...) {
      job->failed(input->chunks++, std::current_exception());
    }
    job->set_length(input->chunks);
    return std::nullopt;
  });
  return ImapResults<ResultOf<F>>(job);
}

}  // namespace ipc

#endif  // IPC_PROCESS_POOL_H_

#include "exercises/sturdy_map.h"

#include <utility>

#include "ipc/connection.h"
#include "ipc/errors.h"
#include "ipc/pipe.h"
#include "ipc/process.h"

namespace exercises {

// What is here has one worker, and goes home when it dies.
std::vector<std::optional<int>> sturdy_map(Function function,
                                           const std::vector<int>& items,
                                           size_t /*workers*/) {
  auto [ours, theirs] = ipc::make_pipe();
  ipc::Process worker(
      [function, items](ipc::Connection to_parent) {
        for (const int item : items) {
          to_parent.send(function(item));
        }
      },
      std::move(theirs));
  worker.start();
  std::vector<std::optional<int>> results(items.size());
  try {
    for (std::optional<int>& result : results) {
      result = ours.recv<int>();
    }
  } catch (const ipc::EOFError&) {
  }
  worker.join();
  return results;
}

}  // namespace exercises

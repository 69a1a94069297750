#include "exercises/sturdy_map.h"

#include <algorithm>
#include <list>
#include <system_error>
#include <utility>

#include "ipc/connection.h"
#include "ipc/errors.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/wait.h"

namespace exercises {

namespace {

void serve(ipc::Connection to_parent, Function function) {
  try {
    for (;;) {
      to_parent.send(function(to_parent.recv<int>()));
    }
  } catch (const ipc::EOFError&) {
    // no more items
  }
}

struct Worker {
  ipc::Connection connection;
  ipc::Process process;
  size_t place;  // of the item that it holds
};

class SturdyMap {
 public:
  SturdyMap(Function function, const std::vector<int>& items)
      : function_(function), items_(items), results_(items.size()) {}

  std::vector<std::optional<int>> run(size_t workers) {
    while (next_ < items_.size() || !workers_.empty()) {
      while (next_ < items_.size() && workers_.size() < workers) {
        start_worker();
      }
      std::vector<ipc::Waitable> connections;
      for (const Worker& worker : workers_) {
        connections.push_back(worker.connection);
      }
      // From the last to the first: hear() may take one out.
      const std::vector<size_t> ready = ipc::wait(connections);
      for (auto index = ready.rbegin(); index != ready.rend(); ++index) {
        hear(std::next(workers_.begin(), static_cast<ptrdiff_t>(*index)));
      }
    }
    return std::move(results_);
  }

 private:
  void start_worker() {
    auto [ours, theirs] = ipc::make_pipe();
    workers_.push_back({std::move(ours),
                        ipc::Process(serve, std::move(theirs), function_), 0});
    workers_.back().process.start();
    give(std::prev(workers_.end()));
  }

  // Its next item; or its end, if there is none.
  void give(std::list<Worker>::iterator worker) {
    if (next_ == items_.size()) {
      dismiss(worker);
      return;
    }
    worker->place = next_++;
    try {
      worker->connection.send(items_[worker->place]);
    } catch (const std::system_error&) {
      --next_;  // it had gone before: the item was not begun [I2]
      dismiss(worker);
    }
  }

  // An answer, or the end of the worker instead. [I1]
  void hear(std::list<Worker>::iterator worker) {
    try {
      results_[worker->place] = worker->connection.recv<int>();
    } catch (const ipc::EOFError&) {
      dismiss(worker);
      return;
    } catch (const std::system_error&) {
      dismiss(worker);  // it went in the middle of a message
      return;
    }
    give(worker);
  }

  void dismiss(std::list<Worker>::iterator worker) {
    worker->connection.close();
    worker->process.join();  // [I5]
    workers_.erase(worker);
  }

  const Function function_;
  const std::vector<int>& items_;
  size_t next_ = 0;
  std::vector<std::optional<int>> results_;
  std::list<Worker> workers_;
};

}  // namespace

std::vector<std::optional<int>> sturdy_map(Function function,
                                           const std::vector<int>& items,
                                           size_t workers) {
  return SturdyMap(function, items).run(workers);
}

}  // namespace exercises

#include "loop/run.h"

#include <exception>
#include <vector>

#include "loop/report.h"
#include "loop/task.h"

namespace loop {

namespace {

Coroutine<> until_all_done(std::vector<AnyTask> tasks) {
  for (const AnyTask& task : tasks) {
    co_await task.finished();
  }
}

}  // namespace

void wind_down(EventLoop& loop) {
  const std::vector<AnyTask> leftovers = loop.tasks();
  for (const AnyTask& task : leftovers) {
    task.cancel();
  }
  try {
    if (!leftovers.empty()) {
      loop.run_until_complete(until_all_done(leftovers));
    }
    for (const AnyTask& task : leftovers) {
      if (!task.cancelled() && task.exception()) {
        loop.core().report({"task '" + task.name() +
                                "' failed while the loop was winding down",
                            task.exception()});
      }
    }
    loop.run_until_complete(loop.shutdown_default_executor());
  } catch (...) {  // stopped meanwhile: what is left ends with the loop
    loop.core().report(
        {"the loop could not wind down", std::current_exception()});
  }
  loop.close();
}

}  // namespace loop

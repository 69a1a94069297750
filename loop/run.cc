#include "loop/run.h"

#include <signal.h>
#include <unistd.h>

#include <exception>
#include <utility>
#include <vector>

#include "loop/future.h"
#include "loop/report.h"
#include "loop/signal_handlers.h"
#include "loop/task.h"
#include "os/signals.h"
#include "scheduler/errors.h"

namespace loop {

namespace {

Coroutine<> until_all_done(std::vector<AnyTask> tasks) {
  for (const AnyTask& task : tasks) {
    co_await task.finished();
  }
}

// Who asks for the exit now asks for what happens already.
void run_to_the_end(EventLoop& loop, const Future<void>& future) {
  while (!future.done()) {
    try {
      loop.run_until_complete(future);
    } catch (const scheduler::SystemExit&) {
    }
  }
}

}  // namespace

InterruptCancels::InterruptCancels(EventLoop& loop, AnyTask task)
    : loop_(loop), task_(std::move(task)) {
  if (getpid() != gettid() || !os::has_default_disposition(SIGINT)) {
    return;
  }
  loop.signals().add(
      SIGINT,
      [this] {
        came_ = true;
        task_.cancel();
      },
      static_cast<int>(SA_RESETHAND));
  installed_ = true;
}

InterruptCancels::~InterruptCancels() {
  if (installed_) {
    loop_.remove_signal_handler(SIGINT);
  }
}

void InterruptCancels::throw_if_it_came() const {
  // Others may have cancelled it as well; then it is their cancellation.
  if (came_ && task_.uncancel() == 0) {
    throw scheduler::KeyboardInterrupt();
  }
}

void wind_down(EventLoop& loop) {
  const std::vector<AnyTask> leftovers = loop.tasks();
  for (const AnyTask& task : leftovers) {
    task.cancel();
  }
  try {
    if (!leftovers.empty()) {
      run_to_the_end(loop, loop.create_task(until_all_done(leftovers)));
    }
    for (const AnyTask& task : leftovers) {
      if (!task.cancelled() && task.exception() &&
          !is_exit_request(task.exception())) {
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

#include <string>

#include "demos/snippets/print.h"
#include "demos/snippets/stopwatch.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"

using demos::snippets::print;

loop::Coroutine<std::string> fetch() {
  co_await loop::sleep(scheduler::seconds(0.1));
  co_return "a page";
}

loop::Coroutine<> async_main() {
  const demos::snippets::Stopwatch watch;
  const auto task = loop::create_task(fetch());
  co_await loop::sleep(scheduler::seconds(0.5));
  print("other work is done; the task as well:",
        task.done() ? "True" : "False");
  const std::string page = co_await task;
  print("got", page);
  print("took", watch.elapsed(), "s");
}

int main() {
  loop::run(async_main());
}

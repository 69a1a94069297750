#include <stdexcept>

#include "demos/snippets/print.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

using demos::snippets::print;

loop::Coroutine<int> answer() {
  co_await loop::sleep(scheduler::seconds(0));
  co_return 42;
}

int main() {
  loop::EventLoop loop;
  print(loop.run_until_complete(loop::Future(loop.create_task(answer()))));
  loop.close();
  try {
    loop.call_soon([] {});
  } catch (const std::runtime_error&) {
    print("a closed loop takes no work");
  }
}

#include "demos/snippets/print.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

using demos::snippets::print;

loop::Coroutine<> async_main() {
  print("Hello ...");
  co_await loop::sleep(scheduler::seconds(0.1));
  print("... World!");
}

int main() {
  loop::run(async_main());
}

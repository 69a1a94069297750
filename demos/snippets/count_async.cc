#include "demos/snippets/print.h"
#include "demos/snippets/stopwatch.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

using demos::snippets::print;

loop::Coroutine<> one_two() {
  print("One");
  co_await loop::sleep(scheduler::seconds(0.1));
  print("Two");
}

loop::Coroutine<> all() {
  co_await loop::gather(one_two(), one_two(), one_two());
}

int main() {
  const demos::snippets::Stopwatch watch;
  loop::run(all());
  print("took", watch.elapsed(), "s");
}

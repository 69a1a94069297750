#include "demos/snippets/print.h"
#include "demos/snippets/stopwatch.h"
#include "scheduler/clock.h"

using demos::snippets::print;

void one_two() {
  print("One");
  scheduler::SteadyClock::instance().sleep_for(scheduler::seconds(0.1));
  print("Two");
}

void all() {
  one_two();
  one_two();
  one_two();
}

int main() {
  const demos::snippets::Stopwatch watch;
  all();
  print("took", watch.elapsed(), "s");
}

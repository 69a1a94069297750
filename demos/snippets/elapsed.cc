#include "demos/snippets/print.h"
#include "demos/snippets/stopwatch.h"
#include "scheduler/clock.h"

int main() {
  const demos::snippets::Stopwatch watch;
  scheduler::SteadyClock::instance().sleep_for(scheduler::seconds(0.1));
  demos::snippets::print("all done after", watch.elapsed(), "s");
}

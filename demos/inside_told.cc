#include "demos/inside_told.h"

#include <utility>

#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "loop/run.h"

namespace demos {

Cost cost_of(loop::Coroutine<> main, support::Time time) {
  support::DemoLoop here(time);
  const scheduler::Clock& clock = scheduler::SteadyClock::instance();
  const scheduler::TimePoint start = clock.now();
  const scheduler::Duration cpu = support::thread_cpu_time();
  loop::run(std::move(main), here.loop());
  return {here.loop().turns(), clock.now() - start,
          support::thread_cpu_time() - cpu};
}

std::string told_or_measures(const Cost& by_virtual, const Cost& by_real) {
  // Fewer is possible: on a busy machine two timers meet in one turn.
  const uint64_t more =
      by_real.turns > by_virtual.turns ? by_real.turns - by_virtual.turns : 0;
  const double percent = 100 * scheduler::in_seconds(by_real.cpu) /
                         scheduler::in_seconds(by_real.passed);
  const bool told = more == 0 && percent < 10;
  return (told ? "wrong: " : "true: ") +
         ("waiting for real makes " + std::to_string(more) +
          " turns more than by the virtual clock and uses " +
          (percent < 10 ? "less than 10" : support::fixed(percent, 0)) +
          " % of the CPU: ") +
         (told ? "it is told, it does not measure" : "it does not only wait");
}

}  // namespace demos

#include <memory>
#include <string>

#include "demos/snippets/print.h"
#include "gil_sim/thread.h"
#include "gil_sim/thread_pool.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/run_in_executor.h"
#include "scheduler/clock.h"

std::string block() {
  scheduler::SteadyClock::instance().sleep_for(scheduler::seconds(0.2));
  const bool in_main = gil_sim::current_thread() == gil_sim::main_thread();
  return std::string("done by another thread: ") + (in_main ? "False" : "True");
}

loop::Coroutine<> async_main() {
  demos::snippets::print(co_await loop::to_thread(block));
}

int main() {
  loop::EventLoop loop;  // asyncio brings threads along; here they are lent
  loop.set_default_executor(std::make_unique<gil_sim::ThreadPool>());
  loop::run(async_main(), loop);
}

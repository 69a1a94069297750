#include <functional>
#include <string>
#include <vector>

#include "demos/snippets/print.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

using demos::snippets::print;

std::vector<std::function<void(std::string)>> handlers;

void click(const std::string& button) {
  auto& loop = loop::get_running_loop();
  for (const auto& handler : handlers) {
    loop.call_soon(handler, button);
  }
  print("clicked", button);
}

loop::Coroutine<> async_main() {
  click("left");
  handlers.push_back([](auto button) { print("menu: saw", button); });
  handlers.push_back([](auto button) { print("log: saw", button); });
  click("middle");
  click("right");
  co_await loop::sleep(scheduler::seconds(0));
}

int main() {
  loop::run(async_main());
}

#include <string>

#include "demos/snippets/print.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

using demos::snippets::print;

loop::Coroutine<std::string> fetch() {
  print("asked");
  co_await loop::sleep(scheduler::seconds(0.1));
  print("answered");
  co_return "a page";
}

loop::Coroutine<> async_main() {
  const std::string page = co_await fetch();
  print("got", page);
}

int main() {
  loop::run(async_main());
}

#include <sstream>

#include "demos/snippets/print.h"
#include "loop/generator.h"
#include "loop/generator_port.h"
#include "loop/stop_iteration.h"

using demos::snippets::print;

loop::Generator<loop::NoValue> count_up() {
  print("counting: 1");
  co_yield loop::none;
  print("counting: 2");
  co_yield loop::none;
  print("counting: 3");
  co_yield loop::none;
}

int main() {
  auto counter = count_up();
  std::ostringstream name;
  name << "<coroutine object count_up at " << &counter << ">";
  print("nothing has run of", name.str());
  try {
    while (true) {
      counter.send(loop::none);
    }
  } catch (const loop::StopIteration&) {
    print("it has ended");
  }
}

#include <string>

#include "demos/snippets/print.h"
#include "gil_sim/thread.h"

using demos::snippets::print;

void twice(int number) {
  print(gil_sim::current_thread().name());
  print(2 * number);
}

int main() {
  for (int number = 0; number < 5; ++number) {
    const std::string name = "thread " + std::to_string(number);
    gil_sim::Thread thread({.name = name}, twice, number);
    thread.start();
    thread.join();
  }
}

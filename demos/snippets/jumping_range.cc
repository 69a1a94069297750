#include <optional>

#include "demos/snippets/print.h"
#include "loop/generator.h"

using demos::snippets::print;

loop::Generator<int, int> numbers(int end) {
  int number = 0;
  while (number < end) {
    const std::optional<int> step = co_yield number;
    number += step.value_or(1);
  }
}

int main() {
  auto some = numbers(5);
  print(some.next());
  print(some.send(2));
  print(some.next());
  print(some.send(-1));
  for (const int number : some) {
    print(number);
  }
}

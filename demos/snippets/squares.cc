#include <vector>

#include "demos/snippets/print.h"
#include "ipc/process_pool.h"

int square(int number) {
  return number * number;
}

int main() {
  ipc::ProcessPool pool(5);
  const auto squares = pool.map(square, std::vector{1, 2, 3});
  demos::snippets::print(squares[0], squares[1], squares[2]);
}

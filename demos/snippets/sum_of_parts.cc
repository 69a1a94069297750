#include <cstdint>
#include <numeric>
#include <vector>

#include "demos/snippets/print.h"
#include "ipc/process_pool.h"

using Numbers = std::vector<int64_t>;

int64_t sum(Numbers numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), int64_t{0});
}

int main() {
  Numbers numbers(80'000);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::vector<Numbers> parts;
  for (auto part = numbers.begin(); part != numbers.end(); part += 10'000) {
    parts.emplace_back(part, part + 10'000);
  }
  ipc::ProcessPool pool(8);
  const Numbers sums = pool.map(sum, parts);
  demos::snippets::print(parts.size(), "parts,", sum(sums), "in all,",
                         sum(numbers), "in a row");
}

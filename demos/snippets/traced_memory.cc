#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <optional>

#include "demos/snippets/print.h"

// What is made of it is counted; what is not, is not.
class Traced final : public std::pmr::memory_resource {
 public:
  void report() const {
    demos::snippets::print("now", now_ / 1'000'000, "MB, at most",
                           peak_ / 1'000'000, "MB");
  }

 private:
  void* do_allocate(size_t size, size_t alignment) override {
    now_ += size;
    peak_ = std::max(peak_, now_);
    return std::pmr::new_delete_resource()->allocate(size, alignment);
  }
  void do_deallocate(void* memory, size_t size, size_t alignment) override {
    now_ -= size;
    std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }

  size_t now_ = 0;
  size_t peak_ = 0;
};

int main() {
  Traced memory;
  memory.report();
  std::optional<std::pmr::vector<char>> numbers;
  numbers.emplace(8'000'000, &memory);
  memory.report();
  numbers.reset();
  memory.report();
}

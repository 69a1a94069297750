#include "tests/support/allocations.h"

#include <pthread.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local int count = 0;
thread_local int left = -1;  // before one fails; less than 0: none does

[[maybe_unused]] const int registered =
    pthread_atfork(nullptr, nullptr, [] { left = -1; });  // [I2]

}  // namespace

void* operator new(size_t size) {
  ++count;
  if (left >= 0 && left-- == 0) {
    throw std::bad_alloc();
  }
  if (void* const memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

namespace tests {

int allocations() {
  return count;
}

RefuseAllocation::RefuseAllocation(int allowed) {
  left = allowed;
}
RefuseAllocation::~RefuseAllocation() {
  left = -1;
}

}  // namespace tests

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

// Counted; nullptr if it is this one's turn to be refused.
void* allocate(size_t size) {
  ++count;
  return left >= 0 && left-- == 0 ? nullptr : std::malloc(size);
}

}  // namespace

// All of the usual alignment. The library's own [] and nothrow forms would call
// the first of these, but a sanitizer's do not: they are not the library's.
void* operator new(size_t size) {
  if (void* const memory = allocate(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void* operator new[](size_t size) {
  return ::operator new(size);
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  return allocate(size);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
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

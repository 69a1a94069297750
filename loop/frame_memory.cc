#include "loop/frame_memory.h"

#include <array>
#include <cstdint>
#include <new>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1  // as GCC says it
#endif
#endif

namespace loop {

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr uint32_t kMost = 0;  // [I3]
#else
constexpr uint32_t kMost = 32;  // [I2]
#endif

constexpr size_t kShelves = 64;  // frames of up to 1000 bytes

struct Piece {
  Piece* next;
};
struct Shelf {
  Piece* first = nullptr;
  uint32_t room = kMost;
};

// Has no destructor: frames may be dropped when the thread's other variables
// are gone already.
constinit thread_local std::array<Shelf, kShelves> shelves;

// Empties the shelves when the thread ends.
struct Clearing {
  ~Clearing() {
    for (Shelf& shelf : shelves) {
      shelf.room = 0;
      while (shelf.first != nullptr) {
        ::operator delete(std::exchange(shelf.first, shelf.first->next));
      }
    }
  }
  // The first use in a thread is what makes it run at the end of that thread.
  void use() {}
};
thread_local Clearing clearing;

// Shelf n is for sizes up to 16 n + 8. [I1]
size_t shelf_for(size_t size) {
  return (size + 7) / 16;
}
size_t size_on_shelf(size_t number) {
  return 16 * number + 8;
}

}  // namespace

void* take_frame_memory(size_t size) {
  const size_t number = shelf_for(size);
  if (number >= kShelves) {
    return ::operator new(size);
  }
  Shelf& shelf = shelves[number];
  if (shelf.first == nullptr) {
    return ::operator new(size_on_shelf(number));
  }
  ++shelf.room;
  return std::exchange(shelf.first, shelf.first->next);
}

void return_frame_memory(void* memory, size_t size) noexcept {
  const size_t number = shelf_for(size);
  if (number >= kShelves || shelves[number].room == 0) {
    ::operator delete(memory);
    return;
  }
  clearing.use();
  Shelf& shelf = shelves[number];
  --shelf.room;
  shelf.first = new (memory) Piece{shelf.first};
}

}  // namespace loop

// os/mapping.h - a stretch of address space with exactly one owner.
//
// CONCEPT     mmap puts pages into the address space: fresh zeroed ones, or
//             those of a file. *Private* pages are copied for a forked child
//             at the first write; *shared* pages stay one and the same memory
//             in parent and child. That one flag is the difference between
//             "processes share nothing" and shared memory.
//
//               parent  [ page ]---.            .---[ page ]  child
//                                   one frame,       MAP_SHARED: for ever
//                                   two mappings     MAP_PRIVATE: until a write
//
// IN PYTHON   mmap.mmap(-1, size)
// INVARIANTS  I1. The pages are unmapped exactly once in each process.
// THREADS     The object: one thread at a time. The memory: as its users agree.
// OWNERSHIP   Owns the address range. A forked child owns its own copy of it.
// ERRORS      std::system_error from mmap (ENOMEM; EINVAL for size zero).
// LEFT OUT    mremap, huge pages, madvise.
// READ NEXT   os/proc.h
#ifndef OS_MAPPING_H_
#define OS_MAPPING_H_

#include <cstddef>
#include <span>
#include <utility>

namespace os {

class [[nodiscard]] Mapping {
 public:
  enum class Sharing { kPrivate, kShared };

  Mapping() = default;
  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    if (this != &other) {
      unmap();
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  ~Mapping() { unmap(); }

  // `size` zeroed bytes, rounded up to whole pages by the system.
  static Mapping anonymous(size_t size, Sharing sharing);

  // The first `size` bytes of an open file, readable and writable, shared with
  // everyone who maps it. The descriptor may be closed afterwards.
  static Mapping of_file(int fd, size_t size);

  std::byte* data() const { return data_; }
  size_t size() const { return size_; }
  std::span<std::byte> bytes() const { return {data_, size_}; }

 private:
  Mapping(void* data, size_t size)
      : data_(static_cast<std::byte*>(data)), size_(size) {}
  static Mapping map(size_t size, int flags, int fd, const char* call);
  void unmap();

  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace os

#endif  // OS_MAPPING_H_

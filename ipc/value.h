// ipc/value.h - one number, or an array of them, that all processes see.
//
// CONCEPT     A number in shared memory with a lock beside it. The lock is not
//             decoration: `v = v + 1` is three steps, and processes really run
//             at the same time, with no GIL between them. Two that read 7 both
//             write 8, and one increment is lost.
//
//               ipc::Value<int> hits(0);
//               ... in each process:
//               const std::lock_guard held(hits.lock());
//               hits.set(hits.get() + 1);
//
//             get() and set() lock for themselves, which makes each of them
//             whole, but not the two together.
// IN PYTHON   multiprocessing.Value, multiprocessing.Array
// INVARIANTS  I1. Arrays begin as zeros.
//             I2. No access is outside of the array.
// THREADS     Any, of this process and its children.
// OWNERSHIP   Each process owns its mapping; make it before the fork.
// ERRORS      std::out_of_range for an index or a slice outside;
//             std::system_error from mmap. If a holder of the lock has died,
//             lock().owner_died() says so (ipc/mutex.h).
// LEFT OUT    Indexes from the end.
// READ NEXT   ipc/semaphore.h
#ifndef IPC_VALUE_H_
#define IPC_VALUE_H_

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ipc/flat.h"
#include "ipc/rlock.h"
#include "ipc/shared.h"
#include "os/mapping.h"

namespace ipc {

template <class T>
class Value {
  static_assert(Flat<T>,
                "what refers to memory means nothing in another process");

 public:
  explicit Value(const T& initial = T()) : cell_(initial) {}

  T get() const {
    const std::lock_guard held(cell_->lock);
    return cell_->value;
  }
  void set(const T& value) {
    const std::lock_guard held(cell_->lock);
    cell_->value = value;
  }
  RLock& lock() const { return cell_->lock; }

  // The value itself, for who holds the lock or needs none.
  T& unguarded() const { return cell_->value; }

 private:
  struct Cell {
    explicit Cell(const T& initial) : value(initial) {}
    RLock lock;
    T value;
  };
  Shared<Cell> cell_;
};

template <class T>
class Array {
  static_assert(Flat<T>,
                "what refers to memory means nothing in another process");

 public:
  explicit Array(size_t size)
      : elements_(os::Mapping::anonymous(bytes_for(size),
                                         os::Mapping::Sharing::kShared)),
        size_(size) {
    // Constructed, not only mapped: in C++ it is what makes them objects.
    std::uninitialized_value_construct_n(data(), size);  // [I1]
  }
  explicit Array(std::span<const T> initial) : Array(initial.size()) {
    std::copy(initial.begin(), initial.end(), data());
  }

  size_t size() const { return size_; }

  T get(size_t index) const {
    const std::lock_guard held(*lock_);
    return data()[checked(index)];
  }
  void set(size_t index, const T& value) {
    const std::lock_guard held(*lock_);
    data()[checked(index)] = value;
  }

  // A copy of [first, last), taken with the lock held.
  std::vector<T> slice(size_t first, size_t last) const {
    const std::lock_guard held(*lock_);
    const auto part = range(first, last);
    return std::vector<T>(part.begin(), part.end());
  }
  // Overwrites as many as there are values, from `first` on.
  void set_slice(size_t first, std::span<const T> values) {
    const std::lock_guard held(*lock_);
    if (values.size() > size_) {
      throw std::out_of_range("more values than the array has elements");
    }
    const auto part = range(first, first + values.size());
    std::copy(values.begin(), values.end(), part.begin());
  }

  RLock& lock() const { return *lock_; }

  // The elements themselves, for who holds the lock or needs none.
  std::span<T> unguarded() const { return {data(), size_}; }

 private:
  static size_t bytes_for(size_t size) {
    if (size > std::numeric_limits<size_t>::max() / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    return std::max<size_t>(size * sizeof(T), 1);  // an empty one is fine
  }
  T* data() const { return reinterpret_cast<T*>(elements_.data()); }
  size_t checked(size_t index) const {  // [I2]
    if (index >= size_) {
      throw std::out_of_range("index " + std::to_string(index) +
                              " of an array of " + std::to_string(size_));
    }
    return index;
  }
  std::span<T> range(size_t first, size_t last) const {  // [I2]
    if (first > size_ || last > size_ || first > last) {
      throw std::out_of_range("a slice outside of the array");
    }
    return unguarded().subspan(first, last - first);
  }

  Shared<RLock> lock_;
  os::Mapping elements_;
  size_t size_;
};

}  // namespace ipc

#endif  // IPC_VALUE_H_

// loop/ref.h - shared ownership within one thread.
//
// CONCEPT     Handles of futures are copied all the time, always by the one
//             thread of their loop. std::shared_ptr would count with atomic
//             instructions and keep a control block besides; here the count is
//             a plain number inside the object.
// IN PYTHON   ob_refcnt, which is plain for the same reason: the GIL
// INVARIANTS  I1. The object is let go exactly when the last Ref is gone.
// THREADS     One thread; which one may change if a lock or a join stands
//             between, as always.
// OWNERSHIP   Shares the object.
// READ NEXT   loop/future.h
#ifndef LOOP_REF_H_
#define LOOP_REF_H_

#include <cstdint>
#include <utility>

namespace loop {

// T has a public counter `uint32_t references` that starts at zero, and a
// function let_go() that is called when it is back at zero.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) { retain(); }
  Ref(const Ref& other) : object_(other.object_) { retain(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr && --object_->references == 0) {
      object_->let_go();  // [I1]
    }
  }

  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Ref& a, const Ref& b) = default;

 private:
  void retain() {
    if (object_ != nullptr) {
      ++object_->references;
    }
  }
  T* object_ = nullptr;
};

}  // namespace loop

#endif  // LOOP_REF_H_

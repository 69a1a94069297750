// loop/frame.h - the frame of a coroutine, as those see it who resume it.
//
// CONCEPT     A suspended coroutine is an object on the heap: its frame, with
//             arguments, locals and the place to go on from. What the compiler
//             puts there cannot be reached; beside it stands the promise, which
//             is ours. It says who awaits this coroutine, so that frames form a
//             chain, the await chain, from the innermost outwards:
//
//               task --top--> read() --caller--> fetch() --caller--> main()
//
// IN PYTHON   types.CoroutineType: cr_await (the other way round), cr_frame
// INVARIANTS  I1. A frame is destroyed once, by its owner.
//             I2. A chain is destroyed from the innermost outwards, because an
//                 inner frame may refer to what lives in an outer one, and in
//                 a loop, because it may be long.
// THREADS     One at a time.
// OWNERSHIP   FrameOwner owns a frame; it stands in the frame of the caller.
//             The outermost frame of a task is owned by the task.
// ERRORS      A frame dropped before it began is reported as never awaited.
// READ NEXT   loop/task_base.h
#ifndef LOOP_FRAME_H_
#define LOOP_FRAME_H_

#include <coroutine>
#include <cstddef>
#include <exception>
#include <utility>

#include "loop/frame_memory.h"

namespace loop {

class TaskBase;
class FrameOwner;

// The part of a promise that does not depend on the type of the result.
struct PromiseBase {
  // The compiler asks here for the memory of the whole frame.
  static void* operator new(size_t size) { return take_frame_memory(size); }
  static void operator delete(void* frame, size_t size) noexcept {
    return_frame_memory(frame, size);
  }

  // A promise stands right behind the two pointers a frame begins with, and
  // this base at its beginning; coroutine.h refuses results that would need
  // padding.
  std::coroutine_handle<> body() {
    return std::coroutine_handle<PromiseBase>::from_promise(*this);
  }

  const char* name = nullptr;  // of the function
  // Set when it is awaited or scheduled: whose turns it runs in.
  TaskBase* task = nullptr;
  PromiseBase* caller = nullptr;  // who awaits it; null for a task's outermost
  FrameOwner* owner = nullptr;    // in the caller's frame; null likewise
  std::exception_ptr error;       // that left the body
};

// The one who destroys a frame. [I1]
class [[nodiscard]] FrameOwner {
 public:
  explicit FrameOwner(PromiseBase* frame) : frame_(frame) {}
  FrameOwner(FrameOwner&& other) noexcept : frame_(other.release()) {}
  FrameOwner& operator=(FrameOwner&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  // Reports a frame that never began.
  ~FrameOwner() {
    if (frame_ == nullptr) {
      return;
    }
    if (frame_->task == nullptr) [[unlikely]] {
      report_never_awaited();
    }
    frame_->body().destroy();
  }
  PromiseBase* get() const { return frame_; }
  PromiseBase* release() { return std::exchange(frame_, nullptr); }

 private:
  void report_never_awaited() const noexcept;
  PromiseBase* frame_;
};

// Destroys `innermost` and all that await it. [I2]
void destroy_chain(PromiseBase* innermost) noexcept;

}  // namespace loop

#endif  // LOOP_FRAME_H_

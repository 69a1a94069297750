// scheduler/green/sanitizers.h - telling the sanitizers that the stack changed.
//
// CONCEPT     AddressSanitizer keeps a shadow of the running stack,
//             ThreadSanitizer a history of the running thread. Both believe
//             that a stack pointer moves by calls and returns only; a program
//             that replaces it must say so, or they report nonsense. Without
//             a sanitizer every function here is empty and costs nothing.
// INVARIANTS  I1. before_switch() and after_switch() enclose each switch, in
//                 the function that makes it: ThreadSanitizer counts its entry
//                 on one side and its exit on the other.
//             I2. No signal handler switches between the two.
// THREADS     The kernel thread that the stacks run on.
// OWNERSHIP   A SanitizerFiber owns the sanitizers' record of one stack.
// LEFT OUT    MemorySanitizer, Valgrind: the same idea, other names.
// READ NEXT   scheduler/green/fiber.h
#ifndef SCHEDULER_GREEN_SANITIZERS_H_
#define SCHEDULER_GREEN_SANITIZERS_H_

#include <cstddef>
#include <span>
#include <utility>

// GCC announces sanitizers by macros, Clang by features.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace scheduler::green {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

#if defined(__SANITIZE_ADDRESS__)

class SanitizerFiber {
 public:
  // The stack that runs now; its bounds become known when it is left.
  SanitizerFiber() = default;
  explicit SanitizerFiber(std::span<std::byte> stack) : stack_(stack) {
    // What only a suspended stack points to is not lost.
    __lsan_register_root_region(stack.data(), stack.size());
    owned_ = true;
  }
  SanitizerFiber(const SanitizerFiber&) = delete;
  SanitizerFiber& operator=(const SanitizerFiber&) = delete;
  ~SanitizerFiber() {
    if (owned_) {
      __lsan_unregister_root_region(stack_.data(), stack_.size());
      // Frames that were never returned from have left their red zones.
      __asan_unpoison_memory_region(stack_.data(), stack_.size());
    }
  }

  // A fiber that will not run again passes for_ever: its shadow is freed.
  void before_switch(SanitizerFiber& to, bool for_ever) {
    left_ = this;
    __sanitizer_start_switch_fiber(for_ever ? nullptr : &fake_stack_,
                                   to.stack_.data(), to.stack_.size());
  }
  void after_switch() {
    const void* bottom = nullptr;
    size_t size = 0;
    __sanitizer_finish_switch_fiber(fake_stack_, &bottom, &size);
    left_->stack_ = {static_cast<std::byte*>(const_cast<void*>(bottom)), size};
  }

 private:
  static inline thread_local SanitizerFiber* left_ = nullptr;
  void* fake_stack_ = nullptr;
  std::span<std::byte> stack_;
  bool owned_ = false;
};

#elif defined(__SANITIZE_THREAD__)

class SanitizerFiber {
 public:
  SanitizerFiber() : fiber_(__tsan_get_current_fiber()) {}
  explicit SanitizerFiber(std::span<std::byte>)
      : fiber_(__tsan_create_fiber(0)), owned_(true) {}
  SanitizerFiber(const SanitizerFiber&) = delete;
  SanitizerFiber& operator=(const SanitizerFiber&) = delete;
  ~SanitizerFiber() {
    if (owned_) {
      __tsan_destroy_fiber(fiber_);
    }
  }

  [[gnu::always_inline]] void before_switch(SanitizerFiber& to, bool) {
    __tsan_switch_to_fiber(to.fiber_, 0);
  }
  void after_switch() {}

 private:
  void* const fiber_;
  const bool owned_ = false;
};

#else

class SanitizerFiber {
 public:
  SanitizerFiber() = default;
  explicit SanitizerFiber(std::span<std::byte>) {}
  void before_switch(SanitizerFiber&, bool) {}
  void after_switch() {}
};

#endif

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_SANITIZERS_H_

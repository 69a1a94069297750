// scheduler/green/stack.h - memory for calls, with a page that catches the
// fall.
//
// CONCEPT     A thread of its own needs a stack of its own: return addresses,
//             saved registers, locals. It grows downwards, and nothing stops
//             it but the page below, which may neither be read nor written:
//
//               low   [ guard page | ..... usable bytes ..... ]   high
//                       SIGSEGV      <-- calls grow this way   <- starts here
//
//             Untouched pages cost no memory, only addresses: the system gives
//             a page when it is first written to.
// IN PYTHON   threading.stack_size; greenlet copies slices of one stack.
// INVARIANTS  I1. The guard page is never accessible.
//             I2. top() is a multiple of 16, as the calling convention asks.
// THREADS     One at a time; whoever runs on it must leave before it dies.
// OWNERSHIP   Owns its pages. A forked child has its own copy.
// ERRORS      std::system_error from mmap and mprotect: the latter is ENOMEM
//             at about 32,000 stacks, since each is two mappings of the 65,530
//             that /proc/sys/vm/max_map_count admits.
// LEFT OUT    Stacks that grow; a guard wider than a page: a frame larger than
//             that jumps over it (see the flag -fstack-clash-protection).
// READ NEXT   scheduler/green/context.h
#ifndef SCHEDULER_GREEN_STACK_H_
#define SCHEDULER_GREEN_STACK_H_

#include <cstddef>
#include <span>

#include "os/mapping.h"
#include "scheduler/green/sanitizers.h"

namespace scheduler::green {

class [[nodiscard]] Stack {
 public:
  // The tick of a timer pushes 3 KiB of registers onto whatever stack runs,
  // printing takes several more, and sanitizers multiply every frame.
  static constexpr size_t kDefaultSize = size_t{kSanitized ? 256 : 64} * 1024;

  // At least `size` usable bytes, rounded up to whole pages.
  explicit Stack(size_t size = kDefaultSize);

  // One past the last byte: where the first call begins. [I2]
  std::byte* top() const { return mapping_.data() + mapping_.size(); }

  std::span<std::byte> usable() const {
    return mapping_.bytes().subspan(page_);
  }
  std::span<std::byte> guard() const { return mapping_.bytes().first(page_); }

 private:
  size_t page_;
  os::Mapping mapping_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_STACK_H_

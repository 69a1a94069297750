// os/asymmetric_fence.h - a full fence that only one of two sides pays for.
//
// CONCEPT     Two who each say something and then look for what the other said
//             need a full fence in between, both of them: a processor may keep
//             its own store for a while and look at memory first, and then
//             neither sees the other. The fence waits until the store is out,
//             which takes as long as the other processor takes to give up the
//             line of memory: more than all the rest of a fast path.
//
//             If one side speaks a million times a second, and the other only
//             before it goes to sleep, the second can pay for both. It asks
//             the kernel to interrupt all the others, wherever they are, for
//             as long as a fence takes:
//
//               often:    written = 1          seldom:  asleep = 1
//                         light()                       heavy()  --.
//                         asleep ?       <- fence in the middle ---'
//                                                       written ?
//
//             Either the fence comes after the first side's store, so that the
//             second sees it, or before its look, so that it sees the second's.
//             light() is no instruction at all. It forbids the compiler to
//             look before it speaks, as only then there is no third case.
// IN PYTHON   nothing; in C++26 asymmetric_thread_fence_light and _heavy were
//             proposed, and in C the same is in liburcu
// INVARIANTS  I1. Of two who say something, fence, and look, one by light() and
//                 one by heavy(), at least one sees what the other said.
// THREADS     Any, of any process that has this object from before a fork. Two
//             light() have no order between them.
// OWNERSHIP   Nothing. The kernel remembers that a process wants to be
//             interrupted, and so do the children that it forks.
// ERRORS      Where the kernel refuses from the beginning (a sandbox), both
//             sides are full fences: slower, and as safe. std::system_error
//             from membarrier where memory or the right to it is lost later:
//             the other side relies on us by then.
// LEFT OUT    Only the threads of this process, which is cheaper by half.
// READ NEXT   ipc/spsc_ring.h, for its use
#ifndef OS_ASYMMETRIC_FENCE_H_
#define OS_ASYMMETRIC_FENCE_H_

#include <atomic>

namespace os {

class AsymmetricFence {
 public:
  // Before the fork, so that all agree on who pays.
  AsymmetricFence();

  // A nanosecond, or a full fence where the kernel does not help.
  void light() const {
    if (interrupts_others_) {
      std::atomic_signal_fence(std::memory_order_seq_cst);
    } else {
      full();
    }
  }

  // Microseconds.
  void heavy() const;

 private:
  // What std::atomic_thread_fence(seq_cst) is, in the one spelling that g++
  // also takes for the thread sanitizer.
  static void full() { __sync_synchronize(); }

  bool interrupts_others_;
};

}  // namespace os

#endif  // OS_ASYMMETRIC_FENCE_H_

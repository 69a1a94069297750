#include "os/asymmetric_fence.h"

#include <linux/membarrier.h>

#include "os/syscall.h"

namespace os {

AsymmetricFence::AsymmetricFence()
    : interrupts_others_(
          syscalls.membarrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED) == 0) {}

void AsymmetricFence::heavy() const {
  if (!interrupts_others_) {
    full();
    return;
  }
  // A fence of this processor first, then one on every processor that runs a
  // process with a wish to be interrupted. One that runs none, or that changes
  // to another process meanwhile, has been through a fence in the kernel.
  check(syscalls.membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED),
        "membarrier(GLOBAL_EXPEDITED)");
}

}  // namespace os

#include "scheduler/green/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cassert>

#include "os/syscall.h"

namespace scheduler::green {

namespace {

size_t page_size() {
  static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

size_t rounded_up(size_t size) {
  return (size + page_size() - 1) / page_size() * page_size();
}

}  // namespace

Stack::Stack(size_t size)
    : page_(page_size()),
      mapping_(os::Mapping::anonymous(page_ + rounded_up(size),
                                      os::Mapping::Sharing::kPrivate)) {
  assert(size > 0 && "a stack has room for something");
  os::check(os::syscalls.mprotect(mapping_.data(), page_, PROT_NONE),  // [I1]
            "mprotect(guard page)");
}

}  // namespace scheduler::green

#include "os/mapping.h"

#include <sys/mman.h>

#include "os/syscall.h"

namespace os {

Mapping Mapping::map(size_t size, int flags, int fd, const char* call) {
  void* const data =
      syscalls.mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (data == MAP_FAILED) {
    throw_errno(call);
  }
  return Mapping(data, size);
}

Mapping Mapping::anonymous(size_t size, Sharing sharing) {
  const int flags = sharing == Sharing::kShared ? MAP_SHARED : MAP_PRIVATE;
  return map(size, flags | MAP_ANONYMOUS, -1, "mmap(anonymous)");
}

Mapping Mapping::of_file(int fd, size_t size) {
  return map(size, MAP_SHARED, fd, "mmap(file)");
}

void Mapping::unmap() {
  if (data_ != nullptr) {
    syscalls.munmap(data_, size_);  // cannot fail for a range we mapped
  }
}

}  // namespace os

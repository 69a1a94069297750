// tests/support/footprint.h - what this process has of the machine, just now.
//
// CONCEPT     Whatever runs for weeks must come back to where it began. Not
//             what the system counts as resident: an allocator keeps pages for
//             the next time. What the program has asked for and not given
//             back is exact, and one block kept for each of a million
//             connections cannot hide in it.
// THREADS     Any; the numbers are of the moment.
// OWNERSHIP   Owns nothing.
// LEFT OUT    The heap of a sanitizer, which has its own and says zero here:
//             it looks for leaks itself.
#ifndef TESTS_SUPPORT_FOOTPRINT_H_
#define TESTS_SUPPORT_FOOTPRINT_H_

#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "os/proc.h"

namespace tests {

struct Footprint {
  size_t descriptors = 0;
  size_t heap_bytes = 0;       // allocated and not freed
  int64_t resident_bytes = 0;  // for the reader of the log

  static Footprint now() {
    const struct mallinfo2 heap = ::mallinfo2();
    const auto status = os::read_status(::getpid());
    return {.descriptors = os::open_descriptors().size(),
            .heap_bytes = heap.uordblks + heap.hblkhd,
            .resident_bytes = status ? status->rss_bytes : 0};
  }
};

}  // namespace tests

#endif  // TESTS_SUPPORT_FOOTPRINT_H_

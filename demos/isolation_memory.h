// demos/isolation_memory.h - whose memory is it?
#ifndef DEMOS_ISOLATION_MEMORY_H_
#define DEMOS_ISOLATION_MEMORY_H_

#include <cstddef>

#include "demos/support/report.h"

namespace demos {

// One address, read in two processes and in two threads. [C-021] [C-129]
// [C-030]
void show_memory(support::Verdicts& verdicts);

// `size` bytes after a fork: which pages are shared, before and after half of
// them is written. [C-130]
void show_copy_on_write(size_t size, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_ISOLATION_MEMORY_H_

// loop/frame_memory.h - where the frames of coroutines come from.
//
// CONCEPT     A program awaits the same few functions again and again: a frame
//             is wanted that is just as large as one that was dropped a moment
//             ago. So dropped frames are kept, per thread and size, and given
//             out again, the last one first, since it is still in the cache:
//
//               40 bytes |- -> frame -> frame
//               56       |-
//               72       |- -> frame             up to 32 on each shelf
//               ...
//
//             A general allocator does the same and more, and costs five times
//             as much (15 ns against 3 for a frame made and dropped).
// IN PYTHON   the free lists of floats, tuples and, up to 3.10, of frames
// INVARIANTS  I1. A shelf holds memory of one size: the ones malloc hands out
//                 anyway, 16 n + 8, so nothing is lost to rounding.
//             I2. No more than 32 of a size are kept: a million tasks that end
//                 give their memory back.
//             I3. Under AddressSanitizer nothing is kept, or it would not see
//                 that a dropped frame is used.
// THREADS     Any. A frame may be dropped in another thread than it came from;
//             then it stays there. A thread that ends frees what it keeps.
// OWNERSHIP   The shelves own what lies on them.
// ERRORS      std::bad_alloc.
// READ NEXT   loop/frame.h
#ifndef LOOP_FRAME_MEMORY_H_
#define LOOP_FRAME_MEMORY_H_

#include <cstddef>

namespace loop {

// Out of line, so that no coroutine keeps the address of one thread's shelves
// across a suspension and goes on in another (Clang 14 does).
void* take_frame_memory(size_t size);
void return_frame_memory(void* memory, size_t size) noexcept;

}  // namespace loop

#endif  // LOOP_FRAME_MEMORY_H_

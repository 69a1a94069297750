// demos/matrix/virtual_pool.h - how long a pool takes for a list of waits, at
// no time at all.
//
// CONCEPT     Handing out a list to some workers, each of whom takes the next
//             piece when he has done with one, is called list scheduling. What
//             it comes to is easier run than computed: the workers are tasks of
//             a loop whose clock is moved on by hand, so an hour passes in a
//             millisecond and every time is exact.
//
//               worker 1  |####|#######|###|
//               worker 2  |#######|##|####|      the list: 4 7 2 7 4 3
//
//             A server that gives only so many answers a second is one number
//             more: no answer leaves sooner than 1 / rate after the one before.
// IN PYTHON   Pool(workers).map(time.sleep, waits, chunksize)
// INVARIANTS  I1. Pieces are taken in the order of the list.
//             I2. Nothing here waits for real.
// THREADS     A function of its arguments; no loop may run in the thread.
// OWNERSHIP   Owns nothing.
// ERRORS      No workers, or pieces of nothing, are a bug in the caller.
// READ NEXT   demos/matrix/reported.h
#ifndef DEMOS_MATRIX_VIRTUAL_POOL_H_
#define DEMOS_MATRIX_VIRTUAL_POOL_H_

#include <cstddef>
#include <vector>

namespace demos::matrix {

struct VirtualPool {
  size_t workers = 1;
  size_t chunk = 1;  // items in one piece
  double rate = 0;   // answers a second; 0: as many as there are
};

// Until the last of the waits, given in seconds, is over.
double seconds_in_pool(const VirtualPool& pool, std::vector<double> waits);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_VIRTUAL_POOL_H_

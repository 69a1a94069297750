// exercises/predicted.h - three cells of the table, from a model of your own.
//
// CONCEPT     A time that was measured is explained if it can be computed from
//             what it is made of. Three cells of the documents' table look odd,
//             and each has one cause:
//
//               TEST 1  27.14 s by processes   the waits sum up to 178, and
//                                              8 go on at a time: not 22?
//               TEST 3   8.35 s by async       where the others take 0.1: 26
//                                              writers, all at once
//               TEST 6   9.26 s by async       where one request takes 0.44:
//                                              99 of them, all at once
//
//             Find the cause, write it down as a function, and it holds for
//             other figures as well.
// IN PYTHON   multiprocessing.Pool.map; asyncio.to_thread; asyncio.gather
// INVARIANTS  I1. Within 5 % of what happens.
// THREADS     Functions of their arguments; times are in seconds.
// OWNERSHIP   Owns nothing.
// READ NEXT   ipc/process_pool.h; `bazel run //demos:concurrency_matrix`
#ifndef EXERCISES_PREDICTED_H_
#define EXERCISES_PREDICTED_H_

#include <vector>

namespace exercises {

// One worker process, or several, wait for so long each time. map() hands the
// waits out as a pool does: in chunks, about four for each worker.
double sleeping_by_pool(const std::vector<double>& waits, int workers);

// Writer i writes letters[i] letters, one at a time. Each goes to a helper
// thread and back, for which the thread of the loop works for `hop`.
double writing_by_helper(const std::vector<int>& letters, double hop);

// A request is answered after `latency`, and `at_once` of them are on their way
// at most. The server has the k-th answer ready after k / rate, not before.
double fetching(int requests, int at_once, double latency, double rate);

}  // namespace exercises

#endif  // EXERCISES_PREDICTED_H_

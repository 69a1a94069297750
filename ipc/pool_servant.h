// ipc/pool_servant.h - the life of a pool's worker, in its own process.
//
// CONCEPT     Take a task, do it, leave the answer, and again; sleep when there
//             is none. Two ways of ending are no accident: the number of tasks
//             is reached, or the task pipe is closed.
//
//               born asleep -> sleep <----.
//                                |  wake-up call
//                                v        |
//                    .--------> take --nothing
//                    |           |
//                  answer <---- run the task
//
//             Before it sleeps, a worker says so and looks once more; the pool
//             lays a task out and then asks who sleeps. So one of the two sees
//             the other, and while there is work nobody calls the system.
//
//             Born asleep, since what a worker took before the pool knows of
//             it, nobody would miss if it died.
// IN PYTHON   multiprocessing.pool.worker
// INVARIANTS  I1. One task at a time, in the order of their tickets.
//             I2. It ends when its task pipe is closed, so none outlives the
//                 pool's process, however that ends, but for the task it is at
//                 and a millisecond of others.
// THREADS     The worker's only one.
// OWNERSHIP   Owns its ends of the pipes; borrows ring and signs. A child that
//             comes back from a job, or from the initializer, ends there.
// ERRORS      What the initializer throws ends it, and so does a task pipe that
//             some job has closed. The errors of jobs are answers.
// READ NEXT   ipc/task_ring.h
#ifndef IPC_POOL_SERVANT_H_
#define IPC_POOL_SERVANT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "ipc/task_ring.h"
#include "os/unique_fd.h"

namespace ipc {

// What a worker lets the pool know, in memory that both see.
struct ServantSigns {
  std::atomic<bool> started = false;  // it has come through its initializer
  std::atomic<bool> asleep = true;    // a wake-up call is needed
};

// Stands at the head of each message of a worker. Bytes that some job wrote
// into the pipe may pass for a length, but hardly for the mark too, which is
// made of the message's number.
struct PoolMessageHead {
  uint64_t mark;
  uint64_t place;  // of the task that it answers, if it does
};
constexpr uint64_t pool_mark_of(uint64_t number) {
  return 0x504f'4f4c'0000'0000 ^ number;
}

// The whole of it.
void serve_pool(os::UniqueFd tasks, os::UniqueFd replies, TaskRing* ring,
                TaskRing::WorkerId id, ServantSigns* signs,
                const std::function<void()>& initializer,
                std::optional<size_t> max_tasks);

}  // namespace ipc

#endif  // IPC_POOL_SERVANT_H_

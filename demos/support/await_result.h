// demos/support/await_result.h - wait for a pool, but not against the user.
//
// CONCEPT     A pool's workers are in the middle of something when Ctrl-C
//             comes. Who waits for them looks up now and then and, if he is
//             told to end, leaves by an exception: on its way out the pool's
//             destructor ends the workers, which would else finish what they
//             hold first.
// IN PYTHON   KeyboardInterrupt out of AsyncResult.get(), pool.terminate()
// THREADS     Any.
// OWNERSHIP   Shares the result with the pool.
// ERRORS      Interrupted; what the job has thrown.
#ifndef DEMOS_SUPPORT_AWAIT_RESULT_H_
#define DEMOS_SUPPORT_AWAIT_RESULT_H_

#include <chrono>

#include "demos/support/interrupt.h"
#include "ipc/async_result.h"

namespace demos::support {

template <class T>
T await_result(const ipc::AsyncResult<T>& result) {
  while (!result.wait(std::chrono::milliseconds(50))) {
    throw_if_interrupted();
  }
  return result.get();
}

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_AWAIT_RESULT_H_

// loop/task_group.h - tasks that end before the block that started them.
//
// CONCEPT     A task made with create_task() goes its own way; who forgets it
//             loses its errors and cannot know when it ends. A group is a
//             block of which no task escapes: it is left when the last of its
//             children has ended, and when one fails, the others are cancelled
//             and everything that went wrong comes out together. So tasks
//             nest, as calls do.
//
//               TaskGroup group;                          child fails:
//               co_await group.run([&]() -> Coroutine<> {   cancel siblings
//                 group.create_task(fetch(a));              cancel the body
//                 group.create_task(fetch(b));              wait for all
//               });                                         throw ErrorGroup
//
//             Python says `async with TaskGroup() as group:`. Leaving the block
//             means to wait, which a destructor cannot do, so the block is a
//             coroutine that is handed to run().
// IN PYTHON   asyncio.TaskGroup; except* becomes a loop over errors()
// INVARIANTS  I1. When run() ends, so have all children, also those that were
//                 created while it waited.
//             I2. Children are cancelled in order of creation; errors stand in
//                 the order in which they happened, the body's last.
//             I3. A cancellation of one child is that child's affair. One from
//                 outside cancels all and comes out, if no error has.
//             I4. The group takes back its own request to cancel the body,
//                 also if a child fails after the body has ended. (3.11
//                 forgets that one.)
// THREADS     The loop's thread.
// OWNERSHIP   run() keeps the closure until the group has ended; it must be
//             trivial to copy (see timeout.h): capture by reference, [&].
// ERRORS      ErrorGroup; nested groups nest theirs. SystemExit as itself.
//             RuntimeError for a second run(), and for a child before it,
//             after it, and once the group is cancelled.
// READ NEXT   loop/run.h
#ifndef LOOP_TASK_GROUP_H_
#define LOOP_TASK_GROUP_H_

#include <exception>
#include <list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/future_slot.h"
#include "loop/task.h"
#include "loop/task_base.h"
#include "loop/watch.h"
#include "scheduler/errors.h"

namespace loop {

class TaskGroup {
 public:
  TaskGroup() = default;
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // The block. Not on a temporary, which a stored coroutine would outlive.
  template <class Body>
  Coroutine<> run(Body body) & {
    static_assert(std::is_trivially_copyable_v<Body>,
                  "a body captures by reference: [&]");
    static_assert(std::is_same_v<std::invoke_result_t<Body&>, Coroutine<>>,
                  "the body of a group returns nothing");
    enter();
    std::exception_ptr error;
    try {
      co_await body();
    } catch (...) {
      error = std::current_exception();
    }
    co_await leave(std::move(error));
  }

  // A task that is a child of this group.
  template <class T>
  Task<T> create_task(Coroutine<T> coroutine, std::string name = {}) {
    check_accepts();
    Task<T> task(parent_->core(), std::move(coroutine), std::move(name));
    adopt(task.slot());
    return task;
  }

 private:
  struct Child {
    explicit Child(FutureSlot& its_task) : task(its_task) {}
    FutureSlot& task;  // kept by its watch
    std::optional<Watch> watch;
  };

  void enter();
  void check_accepts() const;
  void adopt(FutureSlot& task);
  void child_ended(FutureSlot& task);
  void cancel_children();
  // Waits for the children and throws what there is to throw.
  Coroutine<> leave(std::exception_ptr body_error);

  TaskBase* parent_ = nullptr;     // set by run()
  std::list<Child> children_;      // not done yet, in order of creation
  bool leaving_ = false;           // the body has ended
  bool aborting_ = false;          // the children were cancelled
  bool parent_cancelled_ = false;  // by this group
  scheduler::ErrorGroup::Errors errors_;
  std::exception_ptr exit_request_;          // the first
  std::optional<Future<void>> no_children_;  // while it waits for that
};

}  // namespace loop

#endif  // LOOP_TASK_GROUP_H_

// ipc/shared.h - one object that a process and its children all see.
//
// CONCEPT     After a fork each process has its own copy of every variable.
//             An object in a page that was mapped shared before the fork is
//             the exception: it is one and the same object for all of them.
//
//               ipc::Shared<ipc::Lock> lock;        // before the fork
//               ipc::Process child([&] { lock->lock(); ... });
//
//             Whatever lies in it must make sense in each process: numbers
//             and arrays do, a pointer to the heap does not, a std::mutex
//             works for one process only. All locks of this folder are made to
//             lie here.
// IN PYTHON   multiprocessing.sharedctypes, and the memory of its locks
// INVARIANTS  I1. The object is made once, by the process that made this.
//             I2. Its destructor never runs: others may be using it still.
// THREADS     As the object's own rules say.
// OWNERSHIP   Each process owns its mapping; the memory goes with the last one
//             and cannot be left behind, as it has no name.
// ERRORS      std::system_error from mmap (ENOMEM).
// READ NEXT   ipc/shared_memory.h, for processes that are not related
#ifndef IPC_SHARED_H_
#define IPC_SHARED_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "os/mapping.h"

namespace ipc {

template <class T>
class Shared {
  static_assert(std::is_trivially_destructible_v<T>,
                "what others may be using cannot be destroyed [I2]");

 public:
  template <class... Arguments>
  explicit Shared(Arguments&&... arguments)
      : page_(os::Mapping::anonymous(sizeof(T), os::Mapping::Sharing::kShared)),
        object_(std::construct_at(reinterpret_cast<T*>(page_.data()),
                                  std::forward<Arguments>(arguments)...)) {}
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }

 private:
  os::Mapping page_;
  T* object_;
};

}  // namespace ipc

#endif  // IPC_SHARED_H_

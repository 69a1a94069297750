// ipc/shared_memory.h - memory with a name, for whoever knows it.
//
// CONCEPT     Shared memory can be a file that never touches a disk: it lives
//             in /dev/shm, has a name there, and whoever maps it sees the same
//             bytes at once, without a copy or a system call.
//
//               creator  [ mapping ]--.
//                                      +-- pages <-- name "/dev/shm/board"
//               attacher [ mapping ]--'
//
//             Name and pages have different lives. unlink() takes the name
//             away: nobody can attach any more, but who has the memory mapped
//             keeps it; the pages go with the last mapping. A name that nobody
//             unlinks stays until the machine restarts: see
//             ipc/name_tracker.h.
//
//             A name must never show memory that is half made: an attacher
//             that comes too early would find a size of zero and die by
//             SIGBUS. So the file is made without a name, sized, filled, and
//             only then given its name, which is one step.
// IN PYTHON   multiprocessing.shared_memory.SharedMemory
// INVARIANTS  I1. A name shows up with all its bytes there and initialised.
//             I2. The pages are reserved at creation: a full /dev/shm is an
//                 error then, and not a SIGBUS at some later write.
//             I3. The name is unlinked once, by unlink() or the creator's end.
//             I4. Only its owner's processes can attach, and a name that nobody
//                 chose cannot be guessed.
// THREADS     The object: one at a time. The bytes: as their users agree.
// OWNERSHIP   The creator owns the name, each object its mapping. A forked
//             child has a copy of the object but not the name: it must not
//             take away what its parent still uses. detach_name() gives the
//             name up, for memory that is to outlive its creator.
// ERRORS      std::system_error: EEXIST, ENOENT (attach), ENOSPC, EINVAL (a
//             size of zero, a name with a slash, an object of another size),
//             ELOOP (the name is a link), EMFILE and ENOMEM; no name is left
//             then.
// LEFT OUT    Resizing: those who are attached would not know.
// READ NEXT   ipc/value.h
#ifndef IPC_SHARED_MEMORY_H_
#define IPC_SHARED_MEMORY_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "os/mapping.h"
#include "os/unique_fd.h"

namespace ipc {

class [[nodiscard]] SharedMemory {
 public:
  // New memory of zeros, which `fill` may change before anybody can see it.
  // An empty name stands for one that nobody has.
  static SharedMemory create(
      std::string name, size_t size,
      const std::function<void(std::span<std::byte>)>& fill = {});
  static SharedMemory attach(std::string name);

  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  const std::string& name() const { return name_; }
  size_t size() const { return mapping_.size(); }
  std::span<std::byte> bytes() const { return mapping_.bytes(); }

  // An object made in new memory, and the same seen by those who attach.
  template <class T, class... Arguments>
  static SharedMemory create_object(std::string name,
                                    const Arguments&... arguments) {
    static_assert(std::is_trivially_destructible_v<T>,
                  "nobody knows who uses it last, so nobody destroys it");
    return create(std::move(name), sizeof(T), [&](std::span<std::byte> bytes) {
      std::construct_at(reinterpret_cast<T*>(bytes.data()), arguments...);
    });
  }
  template <class T>
  T& object() const {
    require_size(sizeof(T));
    return *std::launder(reinterpret_cast<T*>(mapping_.data()));
  }

  // Takes the name away; a second time is an error (ENOENT).
  void unlink();
  // Leaves the name behind when this object goes.
  void detach_name() { owner_ = 0; }

 private:
  SharedMemory(std::string name, os::Mapping mapping, pid_t owner)
      : name_(std::move(name)), mapping_(std::move(mapping)), owner_(owner) {}
  void require_size(size_t wanted) const;

  std::string name_;
  os::Mapping mapping_;
  pid_t owner_;  // the process that unlinks the name; 0: nobody
};

// Is this the name of a file, and of one in /dev/shm?
bool can_name_shared_memory(const std::string& name);

// Takes a name away; false if there was none.
bool unlink_shared_memory(const std::string& name);

}  // namespace ipc

#endif  // IPC_SHARED_MEMORY_H_

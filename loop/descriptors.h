// loop/descriptors.h - who is to be told when a descriptor is ready?
//
// CONCEPT     The poller says "7 can be read"; this table knows whose business
//             that is. Per descriptor and direction there is at most one
//             entry: a callback that stays until it is removed, or a task that
//             waits once. After such a task was woken the system goes on
//             watching, if the owner of the descriptor has promised to say
//             when it closes: most likely the task comes back, and two system
//             calls are saved each time. If it does not, the next event that
//             nobody wants ends it.
// IN PYTHON   BaseSelectorEventLoop._add_reader, and the selector's map
// INVARIANTS  I1. One entry per descriptor and direction.
//             I2. After remove() the entry is not told any more, even if its
//                 turn stood in the queue already. A task is told just that,
//                 or nobody could ever wake it.
//             I3. What the poller watches is at least what entries want.
// THREADS     The loop's thread.
// OWNERSHIP   Owns the callbacks; borrows tasks and descriptors.
// ERRORS      ValueError for a negative descriptor, RuntimeError for a second
//             one at the place of a task that waits, std::system_error from the
//             poller, std::logic_error from a wrong thread.
// READ NEXT   loop/event_loop.h, loop/readiness.h
#ifndef LOOP_DESCRIPTORS_H_
#define LOOP_DESCRIPTORS_H_

#include <array>
#include <cstddef>
#include <functional>
#include <vector>

#include "loop/core.h"
#include "loop/poller.h"
#include "loop/runnable.h"
#include "loop/watcher.h"

namespace loop {

class Descriptors {
 public:
  Descriptors(Core& core, Poller& poller) : core_(&core), poller_(&poller) {}
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

  // Calls `function` in every turn in which `fd` is ready; replaces another.
  void set_callback(int fd, Direction direction,
                    std::function<void()> function);
  // A task that waits, in the frame of its coroutine.
  struct Waiting {
    Runnable* task;
    bool removed = false;  // it was woken by remove(), not by an event [I2]
  };
  // Makes the task ready once, when `fd` is.
  void wait_once(int fd, Direction direction, Waiting& waiting);
  // True if there was an entry. The system stops watching at once.
  bool remove(int fd, Direction direction);
  // The task's entry goes, if it is there still: true. With `watch_on` the
  // system watches on, for a task that comes back.
  bool leave(int fd, Direction direction, const Waiting& waiting,
             bool watch_on) noexcept;
  // `fd` is about to be closed.
  void forget(int fd);

  // What the poller found.
  void dispatch(const PollEvent& event);
  // How many descriptors the system watches for us.
  size_t watched() const { return watched_; }

  // The loop closes; from now on nothing does anything.
  void close();

 private:
  struct Entry {
    Waiting* waiting = nullptr;
    Watcher* callback = nullptr;
    bool wanted() const { return waiting != nullptr || callback != nullptr; }
  };
  struct Descriptor {
    std::array<Entry, 2> entries;  // by Direction
    Interest armed;                // what the poller watches
    Entry& at(Direction direction) {
      return entries[static_cast<size_t>(direction)];
    }
    Interest wanted() const {
      return {entries[0].wanted(), entries[1].wanted()};
    }
  };

  Descriptor& descriptor(int fd);
  void arm(int fd, Interest interest);
  // After an entry went: watches no more than is wanted.
  void watch_less(int fd) noexcept;
  void tell(Entry& entry);

  Core* const core_;
  Poller* const poller_;
  std::vector<Descriptor> table_;  // by number
  size_t watched_ = 0;
  bool closed_ = false;
};

}  // namespace loop

#endif  // LOOP_DESCRIPTORS_H_

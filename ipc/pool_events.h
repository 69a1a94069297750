// ipc/pool_events.h - what happened to which worker?
//
// CONCEPT     The pool's thread sleeps in one place until something happens to
//             one of its workers: a reply came, a full task pipe has room
//             again, the process ended. epoll watches the descriptors of all
//             of them and names those that are concerned.
// IN PYTHON   multiprocessing.connection.wait in Pool._wait_for_updates
// INVARIANTS  I1. A descriptor is unwatched before it is closed, unless nobody
//                 will wait here again. A process that is forked at this moment
//                 has a copy of it, and while the copy is open epoll would go
//                 on reporting a worker that is gone.
//             I2. Events name workers by number: one that comes late, for a
//                 worker that is gone, finds nobody.
// THREADS     wait() by the pool's thread; the others by any.
// OWNERSHIP   Owns epoll and wake-up descriptor; borrows the workers'. A forked
//             child closes them unused: an epoll is one and the same object in
//             both processes.
// ERRORS      std::system_error from epoll_create1, eventfd, epoll_ctl.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_POOL_EVENTS_H_
#define IPC_POOL_EVENTS_H_

#include <cstdint>
#include <vector>

#include "os/unique_fd.h"

namespace ipc {

class PoolEvents {
 public:
  using WorkerId = uint32_t;
  enum class What : uint32_t { kReplied, kHasRoom, kEnded };
  struct Event {
    WorkerId worker;
    What what;
  };

  PoolEvents();

  void watch_replies(WorkerId worker, int reply_fd);
  void watch_room(WorkerId worker, int task_fd);
  void watch_end(WorkerId worker, int sentinel);
  void unwatch(int fd);  // fine if it is not watched any more

  // Ends the current wait, and all that come.
  void wake();

  // What has happened, or nothing. With `sleep`, sleeps until there is an event
  // or a wake().
  std::vector<Event> wait(bool sleep);

 private:
  void watch(int fd, uint32_t events, WorkerId worker, What what);

  os::UniqueFd epoll_;
  os::UniqueFd wakeup_;
};

}  // namespace ipc

#endif  // IPC_POOL_EVENTS_H_

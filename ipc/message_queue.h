// ipc/message_queue.h - messages that the kernel keeps, by priority and name.
//
// CONCEPT     Between a pipe and shared memory: like a pipe it needs a system
//             call and a copy on each side; unlike one it knows where a message
//             ends, gives the most urgent first, and is there before and after
//             the processes that use it, under a name:
//
//               send(b, 0) send(a, 9)      "/jobs"      receive() -> a, 9
//               ------------------------> [ a9 b0 ] ----------------------->
//
//             Messages are whole by nature: the kernel takes all of one or
//             nothing, so a sender that is killed leaves no half of it, and any
//             number may send and receive. What it does not do is tell that the
//             others are gone: there is no end of file.
// IN PYTHON   nothing in the standard library; posix_ipc.MessageQueue
// INVARIANTS  I1. Of equal priority first in, first out; of others the highest
//                 first.
//             I2. The name is unlinked once, by unlink() or the creator's end.
//                 If the creator is killed, it stays until somebody does so.
// THREADS     Any.
// OWNERSHIP   The creator owns the name, in its own process only; each object
//             its descriptor, which ipc::Process can give to a child.
// ERRORS      std::system_error: EEXIST, ENOENT (attach), EINVAL (a name with a
//             second slash, more or longer messages than the system allows),
//             EMSGSIZE (longer than the queue allows).
//             scheduler::TimeoutError when the time is up.
// LEFT OUT    mq_notify: who wants to be told polls the descriptor.
// READ NEXT   ipc/queue.h, which needs no system call
#ifndef IPC_MESSAGE_QUEUE_H_
#define IPC_MESSAGE_QUEUE_H_

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "ipc/codec.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace ipc {

class [[nodiscard]] MessageQueue {
 public:
  using Timeout = std::optional<scheduler::Duration>;
  struct Message {
    Bytes content;
    unsigned priority;
  };

  // Ten messages of 8 KiB is what Linux allows unless told otherwise.
  static MessageQueue create(std::string name, size_t most_messages = 10,
                             size_t longest_message = 8192);
  static MessageQueue attach(std::string name);

  MessageQueue(MessageQueue&& other) noexcept;
  MessageQueue& operator=(MessageQueue&&) = delete;
  ~MessageQueue();

  // Waits while it is full, or empty.
  void send(std::span<const std::byte> content, unsigned priority = 0,
            Timeout timeout = std::nullopt);
  Message receive(Timeout timeout = std::nullopt);

  void unlink();

  const std::string& name() const { return name_; }
  size_t size() const;  // at this instant
  int fileno() const { return fd_.get(); }

 private:
  MessageQueue(std::string name, os::UniqueFd fd, pid_t owner);

  std::string name_;  // begins with a slash
  os::UniqueFd fd_;   // non-blocking
  size_t longest_;
  pid_t owner_;  // the process that unlinks the name; 0: nobody
};

}  // namespace ipc

#endif  // IPC_MESSAGE_QUEUE_H_

#include "ipc/message_queue.h"

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "ipc/wait.h"
#include "os/syscall.h"
#include "scheduler/errors.h"

namespace ipc {

namespace {

// Non-blocking: the call that waits for a limited time takes it from the wall
// clock, which may be set. So poll() waits.
constexpr int kFlags = O_RDWR | O_NONBLOCK | O_CLOEXEC;

mq_attr attributes_of(const os::UniqueFd& fd) {
  mq_attr attributes;
  os::check(mq_getattr(fd.get(), &attributes), "mq_getattr");
  return attributes;
}

// Makes the attempt until it is possible.
template <class Attempt>
ssize_t retry_when_ready(Waitable ready, MessageQueue::Timeout timeout,
                         const char* call, Attempt attempt) {
  const auto deadline = scheduler::deadline_after(timeout);
  for (;;) {
    const ssize_t result = os::retry_on_eintr(attempt);
    if (result != -1 || errno != EAGAIN) {
      return os::check(result, call);
    }
    std::optional<scheduler::Duration> left;
    if (deadline) {
      left = *deadline - scheduler::SteadyClock::instance().now();
      if (*left <= scheduler::Duration::zero()) {
        throw scheduler::TimeoutError();
      }
    }
    wait({ready}, left);
  }
}

}  // namespace

MessageQueue MessageQueue::create(std::string name, size_t most_messages,
                                  size_t longest_message) {
  mq_attr attributes = {};
  attributes.mq_maxmsg = static_cast<long>(most_messages);
  attributes.mq_msgsize = static_cast<long>(longest_message);
  os::UniqueFd fd(os::check(mq_open(name.c_str(), kFlags | O_CREAT | O_EXCL,
                                    S_IRUSR | S_IWUSR, &attributes),
                            "mq_open(create)"));
  return MessageQueue(std::move(name), std::move(fd), getpid());
}

MessageQueue MessageQueue::attach(std::string name) {
  os::UniqueFd fd(os::check(mq_open(name.c_str(), kFlags), "mq_open(attach)"));
  return MessageQueue(std::move(name), std::move(fd), 0);
}

MessageQueue::MessageQueue(std::string name, os::UniqueFd fd, pid_t owner)
    : name_(std::move(name)),
      fd_(std::move(fd)),
      longest_(static_cast<size_t>(attributes_of(fd_).mq_msgsize)),
      owner_(owner) {}

MessageQueue::MessageQueue(MessageQueue&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::move(other.fd_)),
      longest_(other.longest_),
      owner_(std::exchange(other.owner_, 0)) {}

MessageQueue::~MessageQueue() {
  if (owner_ == getpid()) {
    // Somebody else may have taken the name away already, which is as well.
    mq_unlink(name_.c_str());
  }
}

void MessageQueue::send(std::span<const std::byte> content, unsigned priority,
                        Timeout timeout) {
  retry_when_ready(Waitable::for_room(fileno()), timeout, "mq_send", [&] {
    return mq_send(fileno(), reinterpret_cast<const char*>(content.data()),
                   content.size(), priority);
  });
}

MessageQueue::Message MessageQueue::receive(Timeout timeout) {
  Message message{.content = Bytes(longest_), .priority = 0};
  const ssize_t size = retry_when_ready(fileno(), timeout, "mq_receive", [&] {
    return mq_receive(fileno(), reinterpret_cast<char*>(message.content.data()),
                      message.content.size(), &message.priority);
  });
  message.content.resize(static_cast<size_t>(size));
  return message;
}

void MessageQueue::unlink() {
  os::check(mq_unlink(name_.c_str()), "mq_unlink");
  owner_ = 0;  // [I2]
}

size_t MessageQueue::size() const {
  return static_cast<size_t>(attributes_of(fd_).mq_curmsgs);
}

}  // namespace ipc

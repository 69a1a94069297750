#include "demos/ipc_tour_ways.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <limits>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

#include "ipc/connection.h"
#include "ipc/message_queue.h"
#include "ipc/pipe.h"
#include "ipc/semaphore.h"
#include "ipc/shared.h"
#include "ipc/spsc_ring.h"
#include "ipc/value.h"
#include "os/signals.h"
#include "os/syscall.h"

namespace demos {

namespace {

using Message = std::span<const std::byte>;
using Buffer = std::span<std::byte>;

void copy_into(Buffer to, Message from) {
  std::copy(from.begin(), from.end(), to.begin());
}

// Copied four times: into the message and into the kernel by the one, out of
// the kernel and out of the message by the other.
class PipeChannel : public Channel {
 public:
  explicit PipeChannel(size_t, bool duplex = false)
      : ends_(ipc::make_pipe(duplex)) {}
  void send(Message message) override { ends_.second.send_bytes(message); }
  void receive(Buffer message) override {
    copy_into(message, ends_.first.recv_frame());
  }

 private:
  std::pair<ipc::Connection, ipc::Connection> ends_;
};

// The same through two connected sockets, which could do both directions.
class SocketPairChannel final : public PipeChannel {
 public:
  explicit SocketPairChannel(size_t size) : PipeChannel(size, true) {}
};

// One page that both see, and two semaphores that say whose turn it is.
class SharedMemoryChannel final : public Channel {
 public:
  explicit SharedMemoryChannel(size_t size) : page_(size) {}
  void send(Message message) override {
    turns_->empty.acquire();
    copy_into(page_.unguarded(), message);
    turns_->full.release();
  }
  void receive(Buffer message) override {
    turns_->full.acquire();
    copy_into(message, page_.unguarded().first(message.size()));
    turns_->empty.release();
  }

 private:
  struct Turns {
    ipc::Semaphore empty{1};
    ipc::Semaphore full{0};
  };
  const ipc::Shared<Turns> turns_;
  const ipc::Array<std::byte> page_;
};

// Many messages in shared memory, and two numbers.
class RingChannel final : public Channel {
 public:
  explicit RingChannel(size_t size) : ring_(std::max<size_t>(size, 1 << 16)) {}
  void send(Message message) override { ring_.write(message); }
  void receive(Buffer message) override {
    while (!message.empty()) {
      message = message.subspan(ring_.read(message));
    }
  }

 private:
  ipc::SpscRing<std::byte> ring_;
};

// Kept by the kernel, message by message: copied into it, out of it, and to
// where it is wanted. Its name is taken away at once.
class MessageQueueChannel final : public Channel {
 public:
  explicit MessageQueueChannel(size_t size)
      : queue_(ipc::MessageQueue::create(
            "/ipc_tour_" + std::to_string(std::random_device()()), 10, size)) {
    queue_.unlink();
  }
  void send(Message message) override { queue_.send(message); }
  void receive(Buffer message) override {
    copy_into(message, queue_.receive().content);
  }

 private:
  ipc::MessageQueue queue_;
};

// A number with a signal; whatever else is in the message stays behind.
class SignalChannel final : public Channel {
 public:
  explicit SignalChannel(size_t) {}
  void begin_to_receive() override {
    blocked_.emplace(std::initializer_list<int>{SIGRTMIN});
    *receiver_ = getpid();
  }
  void send(Message message) override {
    const sigval value{.sival_int = static_cast<int>(message.size())};
    while (sigqueue(*receiver_, SIGRTMIN, value) == -1) {
      if (errno != EAGAIN) {
        os::throw_errno("sigqueue");
      }
      sched_yield();  // as many are waiting as may
    }
  }
  void receive(Buffer) override {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGRTMIN);
    siginfo_t info;
    os::check(os::retry_on_eintr([&] { return sigwaitinfo(&wanted, &info); }),
              "sigwaitinfo");
  }

 private:
  std::optional<os::ScopedSignalMask> blocked_;
  const ipc::Shared<std::atomic<pid_t>> receiver_;
};

// A message is a pointer: the memory is everybody's.
class ThreadChannel final : public Channel {
 public:
  explicit ThreadChannel(size_t) {}
  void send(Message message) override {
    const std::lock_guard lock(mu_);
    messages_.push_back(message);
    changed_.notify_one();
  }
  void receive(Buffer) override {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [&] { return !messages_.empty(); });
    messages_.pop_front();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<Message> messages_;
};

template <class T>
Way way(const char* name, const char* type, int copies,
        size_t longest = std::numeric_limits<size_t>::max()) {
  return {name, type, copies, longest,
          [](size_t size) { return std::make_unique<T>(size); }};
}

}  // namespace

const std::vector<Way>& ways() {
  static const std::vector<Way> all = {
      way<PipeChannel>("pipe", "PipeChannel", 4),
      way<SocketPairChannel>("socket pair", "SocketPairChannel", 4),
      way<SharedMemoryChannel>("shared memory", "SharedMemoryChannel", 2),
      way<RingChannel>("ring", "RingChannel", 2),
      way<MessageQueueChannel>("message queue", "MessageQueueChannel", 3, 8192),
      way<SignalChannel>("signal", "SignalChannel", 0),
  };
  return all;
}

const Way& threads_way() {
  static const Way threads = way<ThreadChannel>("threads", "ThreadChannel", 0);
  return threads;
}

int lines_of(const Way& way) {
  std::ifstream file("demos/ipc_tour_ways.cc");
  int lines = 0;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    inside = inside || line.starts_with("class " + way.type);
    lines += inside ? 1 : 0;
    if (inside && line == "};") {
      return lines;
    }
  }
  throw std::runtime_error("demos/ipc_tour_ways.cc is not here to be counted");
}

}  // namespace demos

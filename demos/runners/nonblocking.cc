// demos/runners/nonblocking.cc - one thread, poll(), and a list of who waits.
//
// CONCEPT     What a loop does, with nothing of it but the system call: every
//             socket is told never to block, and when nobody can go on, one
//             call of poll() waits for all of them and for the next time that
//             is due. Many requests in one thread need no more than that; what
//             a loop and its coroutines add is that the program can be read
//             from top to bottom. [C-119]
//
//               connect -> EINPROGRESS     poll: writable -> send
//               recv    -> EAGAIN          poll: readable -> recv -> the page
//
//             Each conversation must remember how far it has come: that is the
//             phase_ of a Get, where async.cc has the place of a co_await.
//             Files are performed where they stand: poll() calls them always
//             ready.
// IN PYTHON   socket.setblocking(False), select.poll
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "demos/bodies/step.h"
#include "demos/runners/blocking.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"
#include "demos/support/http.h"
#include "loop/stop_iteration.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "scheduler/trace.h"

namespace demos::runners {

namespace {

using bodies::Answer;
using scheduler::TimePoint;

TimePoint now() {
  return scheduler::SteadyClock::instance().now();
}

// One GET, as far as it has come.
class Get {
 public:
  Get(uint16_t port, std::string target)
      : target_(std::move(target)),
        request_(support::format_request(target_, /*keep_alive=*/false)),
        socket_(os::check(
            os::syscalls.socket(AF_INET,
                                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
            "socket")) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int result = os::syscalls.connect(
        socket_.get(), reinterpret_cast<const sockaddr*>(&address),
        sizeof address);
    // Interrupted, it goes on in the background as well.
    if (result == -1 && errno != EINPROGRESS && errno != EINTR) {
      os::throw_errno("connect");
    }
  }

  // What must happen before it can go on.
  pollfd wanted() const {
    const bool reads = phase_ == Phase::kReading;
    return {.fd = socket_.get(),
            .events = static_cast<short>(reads ? POLLIN : POLLOUT),
            .revents = 0};
  }

  // Goes on as far as it can without waiting; the page, once it is whole.
  std::optional<Answer> go_on() {
    if (phase_ == Phase::kConnecting) {
      throw_if_refused();
      phase_ = Phase::kSending;
    }
    if (phase_ == Phase::kSending && send()) {
      phase_ = Phase::kReading;
    }
    return phase_ == Phase::kReading ? read() : std::nullopt;
  }

 private:
  enum class Phase { kConnecting, kSending, kReading };

  void throw_if_refused() const {
    int error = 0;
    socklen_t size = sizeof error;
    os::check(os::syscalls.getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR,
                                      &error, &size),
              "getsockopt(SO_ERROR)");
    if (error != 0) {
      os::throw_error(error, "connect");
    }
  }

  // True if all is sent.
  bool send() {
    while (sent_ < request_.size()) {
      const auto rest = std::string_view(request_).substr(sent_);
      const auto count = os::send_some(socket_.get(), os::bytes_of(rest));
      if (!count) {
        return false;
      }
      sent_ += *count;
    }
    return true;
  }

  std::optional<Answer> read() {
    std::array<std::byte, 16384> buffer;
    while (const auto count = os::receive_some(socket_.get(), buffer)) {
      if (*count == 0) {
        response_.feed_end();
        return page();
      }
      if (response_.feed(
              {reinterpret_cast<const char*>(buffer.data()), *count})) {
        return page();
      }
    }
    return std::nullopt;
  }

  Answer page() {
    support::Response response = response_.take();
    if (response.status != 200) {
      throw std::runtime_error("no page " + target_);
    }
    return std::move(response.body);
  }

  std::string target_;
  std::string request_;
  os::UniqueFd socket_;
  Phase phase_ = Phase::kConnecting;
  size_t sent_ = 0;
  support::ResponseReader response_;
};

struct Item {
  Item(const Job& job, int item)
      : lane(job.records, item), body(job.experiment->body(job.world, item)) {}
  Lane lane;
  bodies::Body body;
  bodies::Value value = 0;
  // What it waits for: one of the two, while it is in the list.
  TimePoint due{};
  std::optional<Get> get;
};

class OneThread {
 public:
  explicit OneThread(const Job& job) : job_(job), numbers_(items_of(job)) {}

  Outcome run() {
    start_some();
    while (!waiting_.empty()) {
      poll_once();
      start_some();
    }
    Outcome outcome;
    for (const Item& item : items_) {
      outcome.values.push_back(item.value);
      outcome.events.push_back(item.lane.events());
    }
    return outcome;
  }

 private:
  bool may_start() const {
    const auto most = static_cast<size_t>(job_.limit);
    return items_.size() < numbers_.size() &&
           (most == 0 || waiting_.size() < most);
  }

  void start_some() {
    while (may_start()) {
      Item& item = items_.emplace_back(job_, numbers_[items_.size()]);
      item.lane.runs();
      run_until_it_waits(item, std::nullopt);
    }
  }

  // Puts the item into the list, unless it has come to its end.
  void run_until_it_waits(Item& item, std::optional<Answer> answer) {
    try {
      bodies::Step step =
          answer ? item.body.send(std::move(*answer)) : item.body.next();
      while (!starts_to_wait(item, step)) {
        step = item.body.send(answer_blocking(job_, step, item.lane));
      }
      waiting_.push_back(&item);
    } catch (loop::StopWith<bodies::Value>& end) {
      item.lane.ends();
      item.value = end.value.value();
    }
  }

  bool starts_to_wait(Item& item, const bodies::Step& step) {
    if (const auto* sleep = std::get_if<bodies::Sleep>(&step)) {
      item.lane.waits(scheduler::Reason::kSleep);
      item.due = now() + sleep->duration;
      return true;
    }
    if (const auto* fetch = std::get_if<bodies::Fetch>(&step)) {
      item.lane.waits(scheduler::Reason::kIo);
      item.get.emplace(job_.world.port, fetch->target);
      return true;
    }
    return false;
  }

  // Waits until somebody can go on, and lets all of those go on.
  void poll_once() {
    std::vector<Item*> list = std::exchange(waiting_, {});
    std::vector<pollfd> wanted;
    std::optional<TimePoint> first_due;
    for (const Item* item : list) {
      if (item->get) {
        wanted.push_back(item->get->wanted());
      } else {
        first_due = std::min(first_due.value_or(item->due), item->due);
      }
    }
    wait_for(wanted, first_due);
    const TimePoint time = now();
    auto seen = wanted.begin();
    for (Item* const item : list) {
      std::optional<Answer> answer;
      if (item->get) {
        answer = (seen++)->revents != 0 ? item->get->go_on() : std::nullopt;
      } else if (item->due <= time) {
        answer = Answer();
      }
      if (answer) {
        item->get.reset();
        item->lane.is_woken();
        item->lane.runs();
        run_until_it_waits(*item, std::move(answer));
      } else {
        waiting_.push_back(item);
      }
    }
  }

  static void wait_for(std::vector<pollfd>& wanted,
                       std::optional<TimePoint> due) {
    int timeout_ms = -1;
    if (due) {
      const auto left = std::max(*due - now(), scheduler::Duration::zero());
      timeout_ms = static_cast<int>(
          std::chrono::ceil<std::chrono::milliseconds>(left).count());
    }
    // Interrupted, it has found nobody ready; the next turn asks again.
    if (os::syscalls.poll(wanted.data(), wanted.size(), timeout_ms) == -1 &&
        errno != EINTR) {
      os::throw_errno("poll");
    }
  }

  const Job& job_;
  const std::vector<int> numbers_;
  std::deque<Item> items_;  // those that have begun
  std::vector<Item*> waiting_;
};

}  // namespace

Outcome run_nonblocking(const Job& job) {
  return OneThread(job).run();
}

}  // namespace demos::runners

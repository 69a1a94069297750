#include "demos/support/meter.h"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "demos/support/child_tree.h"
#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace demos::support {

namespace {

using std::chrono::milliseconds;

// The first byte of what the child sends.
constexpr char kResult = 'R';
constexpr char kError = 'E';

void run_in_child(const std::function<std::string()>& body, os::Pipe& pipe) {
  pipe.reader.reset();
  std::string message;
  try {
    message = kResult + body();
  } catch (const std::exception& error) {
    message = kError + explained(error);
  }
  os::write_all(pipe.writer.get(), os::bytes_of(message));
}

// Takes what the pipe holds now; false at its end.
bool drain(int fd, std::string& into) {
  std::array<std::byte, 65536> buffer;
  while (const auto count = os::read_some(fd, buffer)) {
    if (*count == 0) {
      return false;
    }
    into.append(reinterpret_cast<const char*>(buffer.data()), *count);
  }
  return true;
}

// When to look: 2, 4, 8, 16, 32 ms after the start, then every 50 ms.
class Schedule {
 public:
  explicit Schedule(scheduler::TimePoint now) : next_(now + step_) {}
  bool due(scheduler::TimePoint now) const { return now >= next_; }
  void advance(scheduler::TimePoint now) {
    step_ = std::min<scheduler::Duration>(step_ * 2, milliseconds(50));
    next_ = now + step_;
  }
  // Rounded up, or the last millisecond would be spent asking.
  int milliseconds_left(scheduler::TimePoint now) const {
    const auto left = std::max(next_ - now, scheduler::Duration::zero());
    return static_cast<int>(std::chrono::ceil<milliseconds>(left).count());
  }

 private:
  scheduler::Duration step_ = milliseconds(2);
  scheduler::TimePoint next_;
};

std::string text_of_end(int exit_code) {
  return exit_code < 0
             ? "the child was ended by signal " + std::to_string(-exit_code)
             : "the child ended with code " + std::to_string(exit_code);
}

// Reads the output and samples until the child has ended.
void watch(const ChildTree& child, int output, Measured& measured) {
  auto& clock = scheduler::SteadyClock::instance();
  Schedule schedule(clock.now());
  bool more_output = true;
  for (;;) {
    throw_if_interrupted();
    pollfd fds[] = {{.fd = child.pidfd(), .events = POLLIN, .revents = 0},
                    {.fd = output, .events = POLLIN, .revents = 0}};
    // EINTR is an answer here: a signal may be what interrupts the demo. The
    // time-out bounds the wait should it come between the question and poll.
    const int ready = os::syscalls.poll(
        fds, more_output ? 2 : 1, schedule.milliseconds_left(clock.now()));
    if (ready == -1 && errno != EINTR) {
      os::throw_errno("poll");
    }
    if (ready == -1) {
      continue;
    }
    if (more_output && fds[1].revents != 0) {
      more_output = drain(output, measured.output);
    }
    if (fds[0].revents != 0) {
      drain(output, measured.output);
      return;
    }
    if (schedule.due(clock.now())) {
      sample_peaks(child.pid(), measured.usage);
      schedule.advance(clock.now());
    }
  }
}

}  // namespace

void sample_peaks(pid_t root, Usage& usage) {
  int64_t memory = 0;
  int processes = 0;
  for (const pid_t pid : os::tree_of(root)) {
    const auto status = os::read_status(pid);
    if (!status || status->state == 'Z') {
      continue;
    }
    ++processes;
    memory += os::read_pss(pid).value_or(0);
    usage.threads = std::max(usage.threads, status->threads);
    int sockets = 0;
    for (const std::string& descriptor : os::open_descriptors(pid)) {
      sockets += descriptor.find("-> socket:") != std::string::npos ? 1 : 0;
    }
    usage.sockets = std::max(usage.sockets, sockets);
  }
  usage.memory_bytes = std::max(usage.memory_bytes, memory);
  usage.processes = std::max(usage.processes, processes);
}

Measured measure(const std::function<std::string()>& body) {
  Measured measured;
  os::Pipe pipe = os::make_pipe();
  ChildTree child([&] { run_in_child(body, pipe); });
  pipe.writer.reset();
  os::set_nonblocking(pipe.reader.get(), true);
  watch(child, pipe.reader.get(), measured);
  const ChildTree::Ended ended = child.wait();
  measured.usage.voluntary_switches = ended.usage.ru_nvcsw;
  measured.usage.involuntary_switches = ended.usage.ru_nivcsw;
  if (ended.exit_code != 0 || measured.output.empty()) {
    throw std::runtime_error(text_of_end(ended.exit_code));
  }
  const char kind = measured.output.front();
  measured.output.erase(0, 1);
  if (kind == kError) {
    throw std::runtime_error(measured.output);
  }
  return measured;
}

}  // namespace demos::support

// What it costs to ask, when many descriptors are watched and one is ready.
//
// Limit*   the system calls alone, on the same descriptors
// Epoll*   loop/epoll_poller.h: the kernel keeps the list, and a second one of
//          those that are ready
// Poll*    loop/poll_poller.h: the list is handed over and looked through each
//          time, by the kernel and by us
//
// One iteration is one turn. Sizes that the limit of open files does not allow
// are skipped.
//
//   bazel run --config=bench //bench:poller_bench
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "benchmark/benchmark.h"
#include "loop/epoll_poller.h"
#include "loop/poll_poller.h"
#include "loop/poller.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace {

// As many counters as asked for; the last of them is readable.
std::vector<os::UniqueFd> one_ready(benchmark::State& state) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const auto count = static_cast<size_t>(state.range(0));
  std::vector<os::UniqueFd> fds;
  if (files.rlim_cur < count + 20) {
    state.SkipWithError("too few open files are allowed");
    return fds;
  }
  for (size_t i = 0; i < count; ++i) {
    fds.emplace_back(os::check(eventfd(0, EFD_CLOEXEC), "eventfd"));
  }
  const uint64_t one = 1;
  os::write_all(fds.back().get(), std::as_bytes(std::span(&one, 1)));
  return fds;
}

void limit_epoll(benchmark::State& state) {
  const auto fds = one_ready(state);
  const os::UniqueFd epoll(
      os::check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
  for (const os::UniqueFd& fd : fds) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd.get()}};
    os::check(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd.get(), &event),
              "epoll_ctl(ADD)");
  }
  for (auto _ : state) {
    epoll_event event;
    benchmark::DoNotOptimize(epoll_wait(epoll.get(), &event, 1, 0));
  }
}

void limit_poll(benchmark::State& state) {
  const auto fds = one_ready(state);
  std::vector<pollfd> list;
  for (const os::UniqueFd& fd : fds) {
    list.push_back({.fd = fd.get(), .events = POLLIN, .revents = 0});
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(poll(list.data(), list.size(), 0));
  }
}

template <class Poller>
void ask(benchmark::State& state) {
  const auto fds = one_ready(state);
  Poller poller;
  for (const os::UniqueFd& fd : fds) {
    poller.watch(fd.get(), {.read = true});
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(poller.wait(scheduler::Duration::zero()).size());
  }
}

void sizes(benchmark::internal::Benchmark* row) {
  row->RangeMultiplier(10)->Range(10, 10'000);
}
BENCHMARK(limit_epoll)->Name("LimitEpollOneReady")->Apply(sizes);
BENCHMARK_TEMPLATE(ask, loop::EpollPoller)->Name("EpollOneReady")->Apply(sizes);
BENCHMARK(limit_poll)->Name("LimitPollOneReady")->Apply(sizes);
BENCHMARK_TEMPLATE(ask, loop::PollPoller)->Name("PollOneReady")->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();

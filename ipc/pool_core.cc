#include "ipc/pool_core.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "ipc/errors.h"
#include "os/io.h"
#include "os/signals.h"
#include "os/syscall.h"

namespace ipc {

namespace {

// What an epoll event is about: a worker's number and one of its descriptors.
enum class About : uint32_t { kState, kReplies, kRoom, kEnd };

void watch(int epoll, int fd, uint32_t events, uint32_t worker, About about) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = uint64_t{worker} << 32 | static_cast<uint32_t>(about);
  os::check(os::syscalls.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event),
            "epoll_ctl(ADD)");
}

// Before the descriptor is closed: a child forked at this moment has a copy,
// and while that is open epoll would go on reporting it. Refused only if it
// has been done already.
void unwatch(int epoll, int fd) {
  os::syscalls.epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr);
}

void signal_event(int eventfd) {
  constexpr uint64_t kOne = 1;
  os::write_all(eventfd, std::as_bytes(std::span(&kOne, 1)));
}

}  // namespace

PoolCore::PoolCore(size_t processes, std::function<void()> initializer,
                   std::optional<size_t> max_tasks_per_child)
    : processes_(processes),
      initializer_(std::move(initializer)),
      max_tasks_per_child_(max_tasks_per_child),
      epoll_(os::check(os::syscalls.epoll_create1(EPOLL_CLOEXEC),
                       "epoll_create1")),
      wakeup_(os::check(os::syscalls.eventfd(0, EFD_CLOEXEC), "eventfd")) {
  if (processes < 1) {
    throw std::invalid_argument("a pool has one worker at least");
  }
  if (max_tasks_per_child == 0) {
    throw std::invalid_argument("a worker does one task at least");
  }
  watch(epoll_.get(), wakeup_.get(), EPOLLIN, 0, About::kState);
  {
    // Forked before our thread starts, while the process may still have one
    // thread only: the fewer threads, the fewer locks a child finds held.
    const os::MutexLock lock(mu_);
    while (workers_.size() < processes_) {
      add_worker();
    }
  }
  // Signals are for the program's own threads.
  const auto mask = os::ScopedSignalMask::all();
  thread_ = std::thread([this] { run(); });
}

void PoolCore::tell(const std::vector<Failure>& failures) {
  for (const Failure& failure : failures) {
    failure.task.job->failed(failure.task.chunk, failure.error);
  }
}

PoolCore::~PoolCore() {
  terminate();
}

std::vector<pid_t> PoolCore::worker_pids() {
  const os::MutexLock lock(mu_);
  std::vector<pid_t> pids;
  for (const auto& [id, worker] : workers_) {
    pids.push_back(worker->process().pid().value());
  }
  return pids;
}

void PoolCore::require_running() const {
  if (state_ != State::kRunning) {
    throw std::invalid_argument("the pool is not running");
  }
}

void PoolCore::require_stranger(const char* call) const {
  if (std::this_thread::get_id() == thread_.get_id()) {
    throw std::logic_error(std::string(call) +
                           " from a callback would wait for itself");
  }
}

void PoolCore::submit(std::vector<PoolTask> tasks) {
  const os::MutexLock lock(mu_);
  require_running();
  if (workers_.empty()) {
    add_worker();  // or throws: nobody could run the tasks [I3]
  }
  for (PoolTask& task : tasks) {
    ready_.push_back(std::move(task));
  }
  // Not all is lost if this adds none: there is one worker.
  add_missing_workers();
  dispatch();
}

void PoolCore::submit_from(std::shared_ptr<PoolJob> job, Source source) {
  const os::MutexLock lock(mu_);
  require_running();
  const auto mask = os::ScopedSignalMask::all();
  source_threads_.emplace_back(
      [this, job = std::move(job), source = std::move(source)] {
        pull(*job, source);
      });
  ++sources_;  // pull() waits for the lock before it counts down
}

void PoolCore::pull(PoolJob& job, const Source& source) {
  for (;;) {
    std::optional<PoolTask> task = source();
    std::vector<Failure> failures;
    {
      const os::MutexLock lock(mu_);
      if (state_ == State::kTerminated) {
        break;
      }
      if (!task) {
        --sources_;
        retire_if_done();
        return;
      }
      ready_.push_back(std::move(*task));
      failures = add_missing_workers();
      dispatch();
    }
    tell(failures);
  }
  // terminate() finds only jobs that have a task in the pool.
  job.abandoned();
}

void PoolCore::close() {
  const os::MutexLock lock(mu_);
  if (state_ == State::kRunning) {
    state_ = State::kClosed;
    retire_if_done();
  }
}

void PoolCore::join() {
  require_stranger("join");
  std::vector<std::thread> sources;
  {
    const os::MutexLock lock(mu_);
    if (state_ == State::kRunning) {
      throw std::invalid_argument("join() comes after close() or terminate()");
    }
    sources.swap(source_threads_);
  }
  for (std::thread& source : sources) {
    source.join();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

void PoolCore::terminate() {
  require_stranger("terminate");
  {
    const os::MutexLock lock(mu_);
    state_ = State::kTerminated;
    for (const auto& [id, worker] : workers_) {
      worker->process().kill();
    }
    signal_event(wakeup_.get());
  }
  join();
  // Nobody else is left to touch these; the lock is for the compiler's check.
  std::set<std::shared_ptr<PoolJob>> jobs;
  {
    const os::MutexLock lock(mu_);
    for (const PoolTask& task : ready_) {
      jobs.insert(task.job);
    }
    for (const auto& [id, worker] : workers_) {
      for (const PoolTask& task : worker->held()) {
        jobs.insert(task.job);
      }
    }
    ready_.clear();
    workers_.clear();
  }
  for (const std::shared_ptr<PoolJob>& job : jobs) {
    job->abandoned();  // [I1]
  }
}

void PoolCore::add_worker() {
  auto worker =
      std::make_unique<PoolWorker>(initializer_, max_tasks_per_child_);
  const WorkerId id = ++next_id_;
  watch(epoll_.get(), worker->reply_fd(), EPOLLIN, id, About::kReplies);
  watch(epoll_.get(), worker->process().sentinel(), EPOLLIN, id, About::kEnd);
  // Edge-triggered: one event when a full pipe has room again, and none while
  // there is room and nothing to write.
  watch(epoll_.get(), worker->task_fd(), EPOLLOUT | EPOLLET, id, About::kRoom);
  workers_.emplace(id, std::move(worker));
}

std::vector<PoolCore::Failure> PoolCore::add_missing_workers() {
  std::vector<Failure> failures;
  if (state_ == State::kTerminated) {
    return failures;
  }
  try {
    // Only for work that waits: workers that die at once, before they do
    // anything, are then not replaced for ever.
    while (workers_.size() < processes_ && !ready_.empty()) {
      add_worker();
    }
  } catch (const std::system_error&) {
    if (workers_.empty()) {  // [I3]
      for (PoolTask& task : ready_) {
        failures.push_back({std::move(task), std::current_exception()});
      }
      ready_.clear();
    }
  }
  return failures;
}

void PoolCore::dispatch() {
  // First one task for each idle worker, then work ahead for all, so that no
  // task queues behind another one while somebody is idle.
  for (const auto& [id, worker] : workers_) {
    if (worker->held().empty()) {
      give(*worker, 1);
    }
  }
  for (const auto& [id, worker] : workers_) {
    if (ready_.empty()) {
      return;
    }
    // Never more than half of a fair share: what is ahead in one worker can
    // no longer go to another.
    const size_t share = 1 + ready_.size() / (2 * workers_.size());
    const size_t wanted = std::min(worker->window(), share);
    if (worker->held().size() <= wanted / 2) {
      give(*worker, wanted - worker->held().size());
    }
  }
}

void PoolCore::give(PoolWorker& worker, size_t count) {
  if (count == 0 || ready_.empty() || worker.retired() || worker.used_up()) {
    return;
  }
  for (; count > 0 && !ready_.empty() && !worker.used_up(); --count) {
    worker.hand(std::move(ready_.front()));
    ready_.pop_front();
  }
  worker.flush();  // what does not fit goes when there is room
}

void PoolCore::retire_if_done() {
  const bool idle = state_ == State::kClosed && sources_ == 0 && ready_.empty();
  for (const auto& [id, worker] : workers_) {
    if ((idle || worker->used_up()) && worker->held().empty() &&
        !worker->retired()) {
      unwatch(epoll_.get(), worker->task_fd());
      worker->retire();
    }
  }
  if (idle && workers_.empty()) {
    signal_event(wakeup_.get());
  }
}

bool PoolCore::ended() {
  const os::MutexLock lock(mu_);
  return state_ == State::kTerminated ||
         (state_ == State::kClosed && sources_ == 0 && ready_.empty() &&
          workers_.empty());
}

void PoolCore::run() {
  std::array<epoll_event, 64> events;
  while (!ended()) {
    const int count = os::check(os::retry_on_eintr([&] {
                                  return os::syscalls.epoll_wait(
                                      epoll_.get(), events.data(),
                                      static_cast<int>(events.size()), -1);
                                }),
                                "epoll_wait");
    for (int i = 0; i < count; ++i) {
      const uint64_t tag = events[static_cast<size_t>(i)].data.u64;
      const auto id = static_cast<WorkerId>(tag >> 32);
      switch (static_cast<About>(static_cast<uint32_t>(tag))) {
        case About::kState:
          break;  // the loop's condition looks
        case About::kReplies:
          take_replies(id);
          break;
        case About::kRoom:
          send_rest(id);
          break;
        case About::kEnd:
          bury(id);
          break;
      }
    }
  }
}

PoolWorker* PoolCore::find(WorkerId id) {
  const os::MutexLock lock(mu_);
  const auto found = workers_.find(id);
  return found == workers_.end() || state_ == State::kTerminated
             ? nullptr
             : found->second.get();
}

void PoolCore::send_rest(WorkerId id) {
  if (PoolWorker* const worker = find(id)) {
    const os::MutexLock lock(mu_);
    if (!worker->retired()) {
      worker->flush();
    }
  }
}

void PoolCore::take_replies(WorkerId id) {
  PoolWorker* const worker = find(id);
  if (worker == nullptr || deliver_some(*worker) != Came::kEnd) {
    return;
  }
  // The end of its replies. One that was told to end is let do so in peace:
  // it may have output to flush. Another one is of no use any more.
  unwatch(epoll_.get(), worker->reply_fd());
  const os::MutexLock lock(mu_);
  if (!worker->retired()) {
    worker->process().kill();  // the sentinel will call bury()
  }
}

PoolCore::Came PoolCore::deliver_some(PoolWorker& worker) {
  const auto count = worker.replies().read_from(worker.reply_fd());
  if (!count) {
    return Came::kNothing;
  }
  if (*count == 0) {
    return Came::kEnd;
  }
  struct Answer {
    PoolTask task;
    std::span<const std::byte> reply;
  };
  std::vector<Answer> answers;
  bool sound = true;
  {
    const os::MutexLock lock(mu_);
    try {
      while (const auto reply = worker.replies().next()) {
        if (worker.held().empty()) {
          sound = false;  // an answer to nothing: some job wrote into the pipe
          break;
        }
        answers.push_back({worker.take_answered(), *reply});
      }
    } catch (const std::system_error&) {
      sound = false;  // bytes that are no frame, likewise
    }
    if (!answers.empty()) {
      worker.note_replies(answers.size());
      dispatch();
      retire_if_done();
    }
  }
  for (const Answer& answer : answers) {
    deliver(answer.task, answer.reply);
  }
  return sound ? Came::kReplies : Came::kEnd;
}

void PoolCore::bury(WorkerId id) {
  PoolWorker* const worker = find(id);
  if (worker == nullptr) {
    return;
  }
  // Replies that it managed to write count.
  while (deliver_some(*worker) == Came::kReplies) {
  }
  PoolWorker::Remains remains;
  std::string obituary;
  std::vector<Failure> failures;
  std::unique_ptr<PoolWorker> body;
  {
    const os::MutexLock lock(mu_);
    if (state_ == State::kTerminated) {
      return;
    }
    worker->process().join();
    unwatch(epoll_.get(), worker->reply_fd());
    unwatch(epoll_.get(), worker->process().sentinel());
    if (!worker->retired()) {
      unwatch(epoll_.get(), worker->task_fd());
    }
    remains = worker->take_remains();
    obituary = worker->obituary();
    body = std::move(workers_.at(id));
    workers_.erase(id);
    ready_.insert(ready_.begin(),
                  std::make_move_iterator(remains.untouched.begin()),
                  std::make_move_iterator(remains.untouched.end()));  // [I2]
    failures = add_missing_workers();
    dispatch();
    retire_if_done();
  }
  if (remains.lost) {
    failures.push_back({std::move(*remains.lost),
                        std::make_exception_ptr(
                            WorkerDied(obituary + " while it held this job"))});
  }
  tell(failures);
}

}  // namespace ipc

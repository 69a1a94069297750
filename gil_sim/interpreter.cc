#include "gil_sim/interpreter.h"

#include <sched.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include "gil_sim/allow_threads.h"
#include "gil_sim/thread.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace gil_sim {

// The real world, for one thread. The policy is known to the compiler, so that
// a place that is no check point costs nothing.
template <CheckPolicy policy>
class Interpreter::World {
 public:
  explicit World(Interpreter& shared)
      : shared_(shared), globals_(shared.globals_.get()) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() {
    for (size_t lock = 0; held_ != 0; ++lock, held_ >>= 1) {
      if ((held_ & 1) != 0) {
        shared_.locks_[lock].release();
      }
    }
  }

  bool goes_on(const Instruction*) {
    if constexpr (policy == CheckPolicy::kEveryInstruction) {
      shared_.lock_.check_eval_breaker();
    }
    return true;
  }
  void jumped(bool backward) {
    if (checks_jump(policy, backward)) {
      shared_.lock_.check_eval_breaker();
    }
  }
  void called() {
    if (checks_call(policy)) {
      shared_.lock_.check_eval_breaker();
    }
  }

  // Relaxed: under a lock its mutex orders them, and without one nothing is
  // meant to. [I2]
  int64_t load(size_t global) const {
    return globals_[global].load(std::memory_order_relaxed);
  }
  void store(size_t global, int64_t value) {
    // Relaxed: see load().
    globals_[global].store(value, std::memory_order_relaxed);
  }
  int64_t atomic_add(size_t global, int64_t value) {
    // Relaxed: see load(). That it is one piece is all that is promised.
    return wrapping_add(
        globals_[global].fetch_add(value, std::memory_order_relaxed), value);
  }
  void append(size_t list, int64_t value) {
    List& it = shared_.lists_[list];
    const os::MutexLock lock(it.mutex);
    it.items.push_back(value);
  }
  int64_t length(size_t list) const {
    const List& it = shared_.lists_[list];
    const os::MutexLock lock(it.mutex);
    return static_cast<int64_t>(it.items.size());
  }

  bool acquire(size_t lock) {
    shared_.locks_[lock].acquire();
    held_ |= 1u << lock;
    return true;
  }
  void release(size_t lock) {
    held_ &= ~(1u << lock);
    shared_.locks_[lock].release();
  }

  void sleep(int64_t microseconds) {
    blocking([microseconds] {
      scheduler::SteadyClock::instance().sleep_for(
          std::chrono::microseconds(microseconds));
    });
  }
  void work(int64_t microseconds) {
    const auto& clock = scheduler::SteadyClock::instance();
    const auto end = clock.now() + std::chrono::microseconds(microseconds);
    while (clock.now() < end) {
    }
  }
  int64_t read() {
    unsigned char byte;
    const ssize_t count = blocking([&] {
      return os::retry_on_eintr(
          [&] { return os::syscalls.read(shared_.input_, &byte, 1); });
    });
    os::check(count, "read");
    return count == 0 ? -1 : byte;
  }
  void awaited() {
    const AllowThreads allow;
    sched_yield();
  }

  void assertion_failed(int line) {
    throw std::runtime_error("line " + std::to_string(line) +
                             ": the assertion does not hold");
  }

 private:
  // A thread lets go of the interpreter meanwhile, a coroutine does not.
  template <class Call>
  static auto blocking(Call call) {
    if constexpr (policy == CheckPolicy::kAwaitsOnly) {
      return call();
    } else {
      const AllowThreads allow;
      return call();
    }
  }

  Interpreter& shared_;
  std::atomic<int64_t>* const globals_;
  uint32_t held_ = 0;  // locks of the program, to give back after a failure
};

Interpreter::Interpreter(const Program& program, InterpreterLock& lock,
                         CheckPolicy checks, int input)
    : program_(program),
      lock_(lock),
      checks_(checks),
      input_(input),
      globals_(new std::atomic<int64_t>[program.globals.size()]),
      lists_(program.globals.size()),
      locks_(program.locks.size()) {
  for (size_t i = 0; i < program.globals.size(); ++i) {
    globals_[i] = program.globals[i].initial;
  }
}

void Interpreter::run() {
  std::vector<std::exception_ptr> errors(program_.threads.size());
  {
    std::vector<std::unique_ptr<Thread>> threads;
    for (size_t i = 0; i < program_.threads.size(); ++i) {
      threads.push_back(std::make_unique<Thread>(
          ThreadOptions{.name = program_.threads[i].name, .daemon = false},
          [this, i, &error = errors[i]] {
            try {
              run_thread(i);
            } catch (...) {
              error = std::current_exception();  // rethrown by the starter
            }
          }));
      threads.back()->start();
    }
  }
  for (const std::exception_ptr& error : errors) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
}

void Interpreter::run_thread(size_t thread) {
  switch (checks_) {
    case CheckPolicy::kEveryInstruction:
      return run_under<CheckPolicy::kEveryInstruction>(thread);
    case CheckPolicy::kJumpsAndCalls:
      return run_under<CheckPolicy::kJumpsAndCalls>(thread);
    case CheckPolicy::kBackwardJumpsAndCalls:
      return run_under<CheckPolicy::kBackwardJumpsAndCalls>(thread);
    case CheckPolicy::kAwaitsOnly:
      return run_under<CheckPolicy::kAwaitsOnly>(thread);
  }
}

template <CheckPolicy policy>
void Interpreter::run_under(size_t thread) {
  ThreadFrame frame;
  start_frame(program_, program_.threads[thread], frame);
  const WithGil held(lock_);
  World<policy> world(*this);
  evaluate(program_, frame, world);
}

int64_t Interpreter::global(std::string_view name) const {
  for (size_t i = 0; i < program_.globals.size(); ++i) {
    if (program_.globals[i].name == name) {
      const os::MutexLock lock(lists_[i].mutex);
      // Relaxed: the caller has joined the threads, or holds their lock.
      return program_.globals[i].is_list
                 ? static_cast<int64_t>(lists_[i].items.size())
                 : globals_[i].load(std::memory_order_relaxed);
    }
  }
  throw std::invalid_argument("no global or list is called '" +
                              std::string(name) + "'");
}

}  // namespace gil_sim

#include "ipc/mutex.h"

#include <time.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <stdexcept>

#include "os/syscall.h"

namespace ipc {

Mutex::Mutex(int kind) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, kind);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  const int error = pthread_mutex_init(&mutex_, &attributes);
  pthread_mutexattr_destroy(&attributes);
  if (error != 0) {
    os::throw_error(error, "pthread_mutex_init");
  }
}

void Mutex::lock() {
  took_it(pthread_mutex_lock(&mutex_));
}

bool Mutex::try_lock() {
  return took_it(pthread_mutex_trylock(&mutex_));
}

bool Mutex::lock_within(scheduler::Duration timeout) {
  using std::chrono::nanoseconds;
  const auto until =
      scheduler::deadline_after(std::max(timeout, scheduler::Duration::zero()))
          ->time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(until);
  const timespec when = {.tv_sec = whole.count(),
                         .tv_nsec = nanoseconds(until - whole).count()};
  // Not timedlock, whose time is the wall clock's.
  return took_it(pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &when));
}

// What the attempt has led to.
bool Mutex::took_it(int error) {
  if (error == EOWNERDEAD) {
    // At once, whatever becomes of the caller: a mutex that is unlocked before
    // this is said can never be locked again. The report is kept by us. [I3]
    pthread_mutex_consistent(&mutex_);
    owner_died_ = true;
    return true;
  }
  assert(error != EDEADLK && "this thread holds the mutex already");
  if (error != 0 && error != EBUSY && error != ETIMEDOUT) {
    os::throw_error(error, "pthread_mutex_lock");
  }
  return error == 0;
}

void Mutex::unlock() {
  if (pthread_mutex_unlock(&mutex_) != 0) {
    throw std::runtime_error("only its holder may unlock a mutex");
  }
}

}  // namespace ipc

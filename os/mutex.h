// os/mutex.h - mutex and condition whose use the compiler can check.
//
// CONCEPT     A mutex guards data, not code: every field that two threads
//             touch belongs to one mutex. Written beside the field,
//             GUARDED_BY(mu_) lets Clang refuse a program that touches it
//             without holding the lock (`bazel build --config=clang`).
//             A condition lets a holder sleep until somebody changed the data;
//             it may wake for no reason, so a wait stands in a `while` loop.
// IN PYTHON   threading.Lock and threading.Condition, one level lower
// INVARIANTS  I1. A CondVar is waited on with its mutex held, and it is held
//                 again when the wait returns.
//             I2. Deadlines are on the monotonic clock: setting the wall clock
//                 neither shortens nor lengthens a wait.
// THREADS     Any, that is the point.
// OWNERSHIP   Neither may be destroyed while a thread is inside. A forked
//             child finds a mutex as it was at the fork; one that another
//             thread held stays locked there for ever.
// ERRORS      A bug in the caller (locking twice, unlock by a stranger) is an
//             assert.
// LEFT OUT    Readers-writer locks, priorities, deadlock detection.
// READ NEXT   scheduler/executor.h, or gil_sim/gil.h for the use of both
#ifndef OS_MUTEX_H_
#define OS_MUTEX_H_

#include <pthread.h>

#include <cassert>
#include <chrono>

// The words of Clang's analysis; other compilers see nothing.
#if defined(__clang__)
#define OS_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define OS_THREAD_ANNOTATION(x)
#endif
#define CAPABILITY(x) OS_THREAD_ANNOTATION(capability(x))
#define SCOPED_CAPABILITY OS_THREAD_ANNOTATION(scoped_lockable)
#define GUARDED_BY(x) OS_THREAD_ANNOTATION(guarded_by(x))
#define REQUIRES(...) OS_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) OS_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) OS_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define RELEASE(...) OS_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) \
  OS_THREAD_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS \
  OS_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace os {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  ~Mutex() { pthread_mutex_destroy(&mutex_); }

  void lock() ACQUIRE() {
    [[maybe_unused]] const int error = pthread_mutex_lock(&mutex_);
    assert(error == 0 && "this thread holds the mutex already");
  }
  void unlock() RELEASE() {
    [[maybe_unused]] const int error = pthread_mutex_unlock(&mutex_);
    assert(error == 0 && "only the holder may unlock a mutex");
  }
  bool try_lock() TRY_ACQUIRE(true) {
    return pthread_mutex_trylock(&mutex_) == 0;
  }

 private:
  friend class CondVar;
#ifdef NDEBUG
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
#else
  // The plain kind would not notice what the asserts are there to report.
  pthread_mutex_t mutex_ = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
#endif
};

// Holds a mutex for the length of a scope.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() RELEASE() { mutex_.unlock(); }

 private:
  Mutex& mutex_;
};

class CondVar {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  CondVar() {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);  // [I2]
    pthread_cond_init(&cond_, &attributes);
    pthread_condattr_destroy(&attributes);
  }
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;
  ~CondVar() { pthread_cond_destroy(&cond_); }

  // Lets go of `mutex`, sleeps, holds it again. [I1]
  void wait(Mutex& mutex) REQUIRES(mutex) {
    pthread_cond_wait(&cond_, &mutex.mutex_);
  }

  // As wait, but no longer than until `deadline`; false says it has passed.
  bool wait_until(Mutex& mutex, TimePoint deadline) REQUIRES(mutex) {
    using std::chrono::duration_cast;
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    const auto since_boot = deadline.time_since_epoch();
    const auto whole = duration_cast<seconds>(since_boot);
    const timespec when = {
        .tv_sec = whole.count(),
        .tv_nsec = duration_cast<nanoseconds>(since_boot - whole).count()};
    return pthread_cond_timedwait(&cond_, &mutex.mutex_, &when) == 0;
  }

  void notify_one() { pthread_cond_signal(&cond_); }
  void notify_all() { pthread_cond_broadcast(&cond_); }

 private:
  pthread_cond_t cond_;
};

}  // namespace os

#endif  // OS_MUTEX_H_

#include "loop/sync/semaphore.h"

#include <exception>
#include <stdexcept>

#include "loop/report.h"

namespace loop::sync {

Semaphore::Semaphore(int permits, int bound)
    : bound_(bound), permits_(permits) {
  if (permits < 0) {
    throw std::invalid_argument("a semaphore has no less than 0 permits");
  }
}

void Semaphore::Acquire::end_wait() {
  try {
    Wait::await_resume();
  } catch (...) {
    if (woken()) {
      ++semaphore_.permits_;
      semaphore_.hand_on();  // [I3]
    }
    throw;
  }
  // A newcomer that found a permit and queued behind us nevertheless, because
  // we were on our way, has nobody else to wake it.
  if (semaphore_.permits_ > 0) {
    semaphore_.hand_on();
  }
}

Semaphore::Held::~Held() {
  try {
    semaphore_.release();
  } catch (const std::invalid_argument&) {
    report_unraisable({"a permit of a scope was released before its end",
                       std::current_exception()});
  }
}

void Semaphore::release() {
  if (permits_ >= bound_) {
    throw std::invalid_argument("a semaphore was released too many times");
  }
  ++permits_;
  hand_on();
}

// The permit changes hands here and not when the woken one runs. [I2]
void Semaphore::hand_on() {
  if (waiters_.wake_next()) {
    --permits_;
  }
}

}  // namespace loop::sync

#include "loop/watcher.h"

namespace loop {

void Watcher::queue(Core& core) {
  if (!queued_) {
    queued_ = true;
    core.make_ready(*this);
  }
}

void Watcher::remove() {
  removed_ = true;
  if (!queued_ && !running_) {
    delete this;
  }
}

void Watcher::run() {
  struct Ending {
    Watcher& self;
    ~Ending() {
      self.running_ = false;
      if (self.removed_ && !self.queued_) {
        delete &self;  // it was removed before its turn, or by itself
      }
    }
  } const ending{*this};
  queued_ = false;
  running_ = true;
  if (!removed_) {
    function_();
  }
}

void Watcher::discard() {
  queued_ = false;
  if (removed_) {
    delete this;
  }
}

}  // namespace loop

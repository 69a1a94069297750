#include "loop/watch.h"

#include <memory>
#include <string>
#include <utility>

#include "loop/core.h"
#include "loop/waiting.h"

namespace loop {

struct Watch::Node final : Waiter {
  Node(Watch& its_watch, Function its_function)
      : watch(&its_watch), function(std::move(its_function)) {}

  void finished(FutureSlot& by) override {
    // Only now: a pending future that kept itself would never go.
    future = Ref<FutureSlot>(&by);
    by.core().make_ready(*this);
  }
  void run() override {
    const std::unique_ptr<Node> self(this);
    if (watch != nullptr) {
      leave();  // before the call, which may destroy the watch [I2]
      function(*future);
    }
  }
  void discard() override {
    const std::unique_ptr<Node> self(this);
    leave();
  }
  std::string describe() const override { return "watch of a future"; }

  void leave() {
    if (Watch* const left = std::exchange(watch, nullptr)) {
      left->node_ = nullptr;
      left->future_ = Ref<FutureSlot>();
    }
  }

  Watch* watch;  // null once it has gone [I1]
  const Function function;
  Ref<FutureSlot> future;  // null until it is done
};

namespace {

// Its end would be told in another thread, or never.
FutureSlot& checked(FutureSlot& future) {
  if (const Core* const here = Core::running()) {
    future.check_belongs_to(*here);
  }
  return future;
}

}  // namespace

Watch::Watch(FutureSlot& future, Function function)
    : future_(&checked(future)), node_(new Node(*this, std::move(function))) {
  future.add_waiter(*node_);
}

Watch::~Watch() {
  if (node_ != nullptr) {
    node_->watch = nullptr;
    future_->drop(*node_);  // or it stands in the ready queue and does nothing
  }
}

}  // namespace loop

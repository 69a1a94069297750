#include "loop/gather.h"

#include "scheduler/errors.h"

namespace loop {

void Gathering::watch_children() {
  for (const Ref<FutureSlot>& future : futures_) {
    future->check_belongs_to(outer().core());
  }
  children_ = std::make_unique<Child[]>(futures_.size());
  outer().references += static_cast<uint32_t>(futures_.size());
  for (size_t i = 0; i < futures_.size(); ++i) {
    children_[i].gathering = this;
    futures_[i]->add_waiter(children_[i]);
  }
}

void Gathering::Child::finished(FutureSlot& by) {
  future = Ref<FutureSlot>(&by);
  by.core().make_ready(*this);
}

void Gathering::Child::run() {
  const Ref<FutureSlot> mine = std::move(future);
  struct Release {
    Gathering& gathering;
    ~Release() { gathering.release_one(); }
  } const release{*gathering};
  gathering->child_done(*mine);
}

void Gathering::Child::discard() {
  future = Ref<FutureSlot>();
  gathering->release_one();
}

void Gathering::child_done(FutureSlot& child) {
  ++finished_;
  if (outer().done()) {
    child.mark_retrieved();  // nobody will ask for it any more
    return;
  }
  if (!keep_errors_) {
    std::exception_ptr error =
        child.cancelled() ? std::make_exception_ptr(scheduler::CancelledError())
                          : child.exception();
    if (error) {
      // Before the gather is done: whoever holds it need not hold them.
      let_go_of_children();
      outer().set_exception(std::move(error));
      return;
    }
  }
  if (finished_ < futures_.size()) {
    return;
  }
  if (cancel_requested_) {
    // Children that swallowed it do not make up for the request.
    outer().set_exception(std::make_exception_ptr(scheduler::CancelledError()));
  } else {
    try {
      deliver();
    } catch (...) {  // a result was taken already, or its copy failed
      outer().set_exception(std::current_exception());
    }
  }
  let_go_of_children();
}

bool Gathering::cancel_children() {
  bool any = false;
  for (const Ref<FutureSlot>& child : futures_) {
    any = child->cancel() || any;
  }
  cancel_requested_ = cancel_requested_ || any;
  return any;
}

// A child that is done, or never will be, keeps the gather no longer.
void Gathering::release_one() {
  FutureSlot& slot = outer();
  const Ref<FutureSlot> last(&slot);
  --slot.references;
}

}  // namespace loop

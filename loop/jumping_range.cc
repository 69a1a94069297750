#include "loop/jumping_range.h"

#include "loop/stop_iteration.h"

namespace loop {

Generator<int, int> jumping_range(int up_to) {
  int index = 0;
  while (index < up_to) {
    const std::optional<int> jump = co_yield index;
    index += jump.value_or(1);
  }
}

int JumpingRange::send(int jump) {
  if (place_ == Place::kStart) {
    throw TypeError("a value was sent to a range not yet started");
  }
  return resume(jump);
}

int JumpingRange::resume(std::optional<int> sent) {
  switch (place_) {
    case Place::kStart:
      break;
    case Place::kAtYield:
      index_ += sent.value_or(1);
      break;
    case Place::kOver:
      throw StopIteration();
  }
  if (index_ < up_to_) {
    place_ = Place::kAtYield;
    return index_;
  }
  place_ = Place::kOver;
  throw StopIteration();
}

}  // namespace loop

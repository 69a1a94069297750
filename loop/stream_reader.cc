#include "loop/stream_reader.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "loop/stream_errors.h"

namespace loop {

StreamReader::StreamReader(Ref<Connection> connection, size_t limit)
    : connection_(std::move(connection)), limit_(limit) {
  if (limit == 0) {
    throw std::invalid_argument("the limit of a reader is not zero");
  }
}

Coroutine<std::string> StreamReader::read(ptrdiff_t most) {
  return most < 0 ? read_to_the_end() : read_some(static_cast<size_t>(most));
}

Coroutine<std::string> StreamReader::read_some(size_t most) {
  connection_->check_error();  // [I4]
  while (most > 0 && buffer_.empty() && !connection_->ended()) {
    if (!connection_->receive(buffer_, limit_)) {
      co_await connection_->arrival();
    }
    connection_->check_error();
  }
  co_return buffer_.take(most);
}

Coroutine<std::string> StreamReader::read_to_the_end() {
  std::string all;
  connection_->check_error();
  while (!connection_->ended()) {
    all += buffer_.take(buffer_.size());
    if (!connection_->receive(buffer_, limit_)) {
      co_await connection_->arrival();
    }
    connection_->check_error();
  }
  all += buffer_.take(buffer_.size());
  co_return all;
}

Coroutine<std::string> StreamReader::read_line() {
  try {
    co_return co_await read_until("\n");
  } catch (const IncompleteReadError& e) {
    co_return e.partial;
  } catch (const LimitOverrunError& e) {
    // The line is lost: what is there of it, or all of it if it is there.
    const size_t end = e.consumed;
    const bool whole = buffer_.view().substr(end).starts_with('\n');
    buffer_.drop(whole ? end + 1 : buffer_.size());
    throw std::invalid_argument(e.what());
  }
}

Coroutine<std::string> StreamReader::read_until(std::string separator) {
  if (separator.empty()) {
    throw std::invalid_argument("a separator has at least one byte");
  }
  connection_->check_error();  // [I4]
  size_t searched = 0;         // no separator begins before this
  for (;;) {
    const size_t at = buffer_.view().find(separator, searched);
    if (at != std::string_view::npos) {
      if (at > limit_) {
        throw LimitOverrunError(
            "separator is found, but chunk is longer than limit", at);
      }
      co_return buffer_.take(at + separator.size());
    }
    if (buffer_.size() >= separator.size()) {
      searched = buffer_.size() - separator.size() + 1;
    }
    if (searched > limit_) {
      throw LimitOverrunError(
          "separator is not found, and chunk exceed the limit", searched);
    }
    if (connection_->ended()) {
      throw IncompleteReadError(buffer_.take(buffer_.size()), std::nullopt);
    }
    // [I2] One byte more than the limit and a separator is never of use.
    if (!connection_->receive(buffer_,
                              limit_ + separator.size() - buffer_.size())) {
      co_await connection_->arrival();
    }
    connection_->check_error();
  }
}

Coroutine<std::string> StreamReader::read_exactly(size_t count) {
  connection_->check_error();  // [I4]
  while (buffer_.size() < count) {
    if (connection_->ended()) {
      throw IncompleteReadError(buffer_.take(buffer_.size()), count);
    }
    if (!connection_->receive(
            buffer_, std::max(limit_, count) - buffer_.size())) {  // [I2]
      co_await connection_->arrival();
    }
    connection_->check_error();
  }
  co_return buffer_.take(count);
}

}  // namespace loop

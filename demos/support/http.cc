#include "demos/support/http.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <stdexcept>
#include <vector>

namespace demos::support {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument("HTTP: " + why);
}

// Where the head ends (behind the empty line), or nothing yet. [I1]
std::optional<size_t> end_of_head(std::string_view received) {
  const size_t at = received.substr(0, kMaxHead).find(kHeadEnd);
  if (at != std::string_view::npos) {
    return at + kHeadEnd.size();
  }
  if (received.size() >= kMaxHead) {
    refuse("the head is longer than " + std::to_string(kMaxHead) + " bytes");
  }
  return std::nullopt;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
    return low(x) == low(y);
  });
}

std::string_view trimmed(std::string_view text) {
  const size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t last = text.find_last_not_of(" \t");
  return text.substr(first, last + 1 - first);
}

// The values of all headers of this name. A line that is no header is refused:
// what we would overlook, another reader of the same bytes might not.
std::vector<std::string_view> headers(std::string_view head,
                                      std::string_view name) {
  std::vector<std::string_view> values;
  size_t line = head.find(kLineEnd) + kLineEnd.size();
  for (size_t end = 0; (end = head.find(kLineEnd, line)) != line;
       line = end + kLineEnd.size()) {
    const std::string_view text = head.substr(line, end - line);
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        text.substr(0, colon).find_first_of(" \t") != std::string_view::npos) {
      refuse("a line of the head is no header");
    }
    if (same_word(text.substr(0, colon), name)) {
      values.push_back(trimmed(text.substr(colon + 1)));
    }
  }
  return values;
}

// The first of them; empty if there is none.
std::string_view header(std::string_view head, std::string_view name) {
  const std::vector<std::string_view> values = headers(head, name);
  return values.empty() ? "" : values.front();
}

std::optional<size_t> number_in(std::string_view text) {
  size_t number = 0;
  const auto end = std::from_chars(text.begin(), text.end(), number);
  if (text.empty() || end.ec != std::errc() || end.ptr != text.end()) {
    return std::nullopt;
  }
  return number;
}

bool is_space_or_control(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
}

// Bytes behind the head would be taken for the next request.
void refuse_body(std::string_view head) {
  if (!headers(head, "Transfer-Encoding").empty()) {
    refuse("a request with a body");
  }
  for (const std::string_view length : headers(head, "Content-Length")) {
    const auto number = number_in(length);
    if (!number) {
      refuse("a Content-Length that is no number");
    }
    if (*number != 0) {
      refuse("a request with a body");
    }
  }
}

std::string_view phrase_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 405:
      return "Method Not Allowed";
    default:
      return "Not Found";
  }
}

}  // namespace

std::optional<Request> take_request(std::string& received) {
  const auto end = end_of_head(received);
  if (!end) {
    return std::nullopt;
  }
  const std::string head = received.substr(0, *end);
  const std::string_view line(head.data(), head.find(kLineEnd));
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || first == last ||
      !line.substr(last + 1).starts_with("HTTP/1.")) {
    refuse("not a request line");
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!target.starts_with('/') ||
      std::any_of(target.begin(), target.end(), is_space_or_control)) {
    refuse("the target is no path that begins with a slash");
  }
  refuse_body(head);
  const std::string_view connection = header(head, "Connection");
  const bool newer = line.ends_with("HTTP/1.1");
  received.erase(0, *end);
  return Request{.method = std::string(line.substr(0, first)),
                 .target = std::string(target),
                 .keep_alive = newer ? !same_word(connection, "close")
                                     : same_word(connection, "keep-alive")};
}

std::string format_request(std::string_view target, bool keep_alive) {
  return "GET " + std::string(target) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: " +
         (keep_alive ? "keep-alive" : "close") + "\r\n\r\n";
}

std::string format_response(int status, std::string_view type,
                            std::string_view body, bool keep_alive) {
  std::string text =
      "HTTP/1.1 " + std::to_string(status) + " " +
      std::string(phrase_of(status)) +
      "\r\nContent-Type: " + std::string(type) +
      (status == 405 ? "\r\nAllow: GET, HEAD" : "") +
      "\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nConnection: " + (keep_alive ? "keep-alive" : "close") + "\r\n\r\n";
  text += body;
  return text;
}

std::string_view without_body(std::string_view response) {
  return response.substr(0, response.find(kHeadEnd) + kHeadEnd.size());
}

bool ResponseReader::feed(std::string_view bytes) {
  received_ += bytes;
  if (body_at_ == 0) {
    const auto end = end_of_head(received_);
    if (!end) {
      return false;
    }
    body_at_ = *end;
    const std::string_view head = std::string_view(received_).substr(0, *end);
    if (!head.starts_with("HTTP/1.")) {
      refuse("not a response");
    }
    if (const auto length = header(head, "Content-Length"); !length.empty()) {
      length_ = number_in(length);
      if (!length_ || *length_ > kMaxBody) {
        refuse("a Content-Length that is no number up to " +
               std::to_string(kMaxBody));
      }
    }
  }
  const size_t size = received_.size() - body_at_;
  if (size > length_.value_or(kMaxBody)) {  // [I1]
    refuse("the body is longer than was announced or is allowed");
  }
  complete_ = length_ && size == *length_;
  return complete_;
}

void ResponseReader::feed_end() {
  if (body_at_ == 0 || (length_ && !complete_)) {
    refuse("the peer closed in the middle of a response");
  }
  complete_ = true;
}

Response ResponseReader::take() {
  assert(complete_ && "a response is taken when it is complete");
  // "HTTP/1.1 200 OK": the number behind the first space.
  const std::string_view line(received_.data(), received_.find(kLineEnd));
  const size_t space = std::min(line.find(' '), line.size() - 1);
  const auto status = number_in(line.substr(space + 1, 3));
  if (!status) {
    refuse("a response without a status");
  }
  return {.status = static_cast<int>(*status),
          .body = received_.substr(body_at_)};
}

}  // namespace demos::support

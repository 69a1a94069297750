#include "demos/support/json.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace demos::support {

namespace {

// Deep enough for any report; each level costs a few hundred bytes of stack.
constexpr int kDeepest = 64;

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      result += escape;
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string text_of(double number) {
  if (!std::isfinite(number)) {
    return "null";  // JSON has no word for it
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number);
  return std::string(text, end.ptr);
}

void append_utf8(std::string& text, uint32_t code) {
  const auto byte = [&](uint32_t bits) { text += static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Json document() {
    Json value = read_value(0);
    skip_space();
    if (at_ != text_.size()) {
      refuse("nothing more was expected");
    }
    return value;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument("JSON at byte " + std::to_string(at_) + ": " +
                                why);
  }
  void skip_space() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) {
      ++at_;
    }
  }
  bool take(std::string_view word) {
    skip_space();
    const bool found = text_.substr(at_, word.size()) == word;
    at_ += found ? word.size() : 0;
    return found;
  }
  void expect(std::string_view word) {
    if (!take(word)) {
      refuse("'" + std::string(word) + "' was expected");
    }
  }

  Json read_value(int depth) {
    if (depth > kDeepest) {
      refuse("nested too deeply");
    }
    if (take("{")) {
      return read_object(depth);
    }
    if (take("[")) {
      return read_array(depth);
    }
    if (take("\"")) {
      return read_string();
    }
    if (take("true")) {
      return true;
    }
    if (take("false")) {
      return false;
    }
    if (take("null")) {
      return {};
    }
    return read_number();
  }

  Json read_object(int depth) {
    Json::Object members;
    if (take("}")) {
      return members;
    }
    do {
      expect("\"");
      std::string name = read_string();
      expect(":");
      members.emplace_back(std::move(name), read_value(depth + 1));
    } while (take(","));
    expect("}");
    return members;
  }

  Json read_array(int depth) {
    Json::Array values;
    if (take("]")) {
      return values;
    }
    do {
      values.push_back(read_value(depth + 1));
    } while (take(","));
    expect("]");
    return values;
  }

  // Behind the opening quote.
  std::string read_string() {
    std::string text;
    for (;;) {
      if (at_ >= text_.size()) {
        refuse("the string has no end");
      }
      const char c = text_[at_++];
      if (c == '"') {
        return text;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        refuse("a control character in a string");
      }
      if (c == '\\') {
        read_escape(text);
      } else {
        text += c;
      }
    }
  }

  void read_escape(std::string& text) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    if (const size_t known = kLetters.find(c); known != kLetters.npos) {
      text += kMeant[known];
      return;
    }
    if (c != 'u') {
      refuse("an unknown escape");
    }
    uint32_t code = read_hex();
    if (code >= 0xd800 && code < 0xdc00) {  // the first half of a pair
      if (text_.substr(at_, 2) != "\\u") {
        refuse("half of a surrogate pair");
      }
      at_ += 2;
      const uint32_t low = read_hex();
      if (low < 0xdc00 || low >= 0xe000) {
        refuse("half of a surrogate pair");
      }
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(text, code);
  }

  uint32_t read_hex() {
    uint32_t code = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto end = std::from_chars(digits.begin(), digits.end(), code, 16);
    if (digits.size() < 4 || end.ptr != digits.end()) {
      refuse("four hexadecimal digits were expected");
    }
    at_ += 4;
    return code;
  }

  Json read_number() {
    double number = 0;
    const auto end = std::from_chars(text_.data() + at_,
                                     text_.data() + text_.size(), number);
    // from_chars knows "inf" and "nan"; JSON does not.
    if (end.ec != std::errc() || !std::isfinite(number)) {
      refuse("a value was expected");
    }
    at_ = static_cast<size_t>(end.ptr - text_.data());
    return number;
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

const Json& Json::at(std::string_view name) const {
  for (const auto& [key, value] : object()) {
    if (key == name) {
      return value;
    }
  }
  throw std::out_of_range("no member \"" + std::string(name) + "\"");
}

std::string Json::dump() const {
  struct Writer {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool value) const {
      return value ? "true" : "false";
    }
    std::string operator()(double value) const { return text_of(value); }
    std::string operator()(const std::string& value) const {
      return quoted(value);
    }
    std::string operator()(const Array& values) const {
      std::string text;
      for (const Json& value : values) {
        text += (text.empty() ? "" : ", ") + value.dump();
      }
      return "[" + text + "]";
    }
    std::string operator()(const Object& members) const {
      std::string text;
      for (const auto& [name, value] : members) {
        text += (text.empty() ? "" : ", ") + quoted(name) + ": " + value.dump();
      }
      return "{" + text + "}";
    }
  };
  return std::visit(Writer(), value_);
}

Json Json::parse(std::string_view text) {
  return Reader(text).document();
}

}  // namespace demos::support

// demos/support/json.h - a value that can be written as JSON and read back.
//
// CONCEPT     JSON has six kinds of values; a variant has the same six. One
//             function writes it, one reads it, by recursive descent: a value
//             that starts with '[' is a list of values, and so on. What is
//             read comes from outside, so depth is bounded and each refusal
//             names the place.
// IN PYTHON   json.dumps, json.loads
// INVARIANTS  I1. parse(x.dump()) equals x, for finite numbers.
//             I2. An object keeps the order in which members were added.
// THREADS     Values.
// OWNERSHIP   Owns its members.
// ERRORS      std::invalid_argument (Python's ValueError) from parse(), with
//             the offset; std::out_of_range (KeyError) from at().
// LEFT OUT    Characters beyond the first plane as \u pairs are read, but
//             written as UTF-8 as they are; no streaming, no comments.
// READ NEXT   demos/support/http.h
#ifndef DEMOS_SUPPORT_JSON_H_
#define DEMOS_SUPPORT_JSON_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace demos::support {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<double>(value)) {}
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  // The value as what it is; std::bad_variant_access if it is not.
  bool boolean() const { return std::get<bool>(value_); }
  double number() const { return std::get<double>(value_); }
  const std::string& string() const { return std::get<std::string>(value_); }
  const Array& array() const { return std::get<Array>(value_); }
  const Object& object() const { return std::get<Object>(value_); }

  // The member of that name.
  const Json& at(std::string_view name) const;

  std::string dump() const;
  static Json parse(std::string_view text);

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_JSON_H_

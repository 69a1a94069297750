#include "demos/support/flags.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "demos/support/report.h"
#include "demos/support/run_demo.h"

namespace demos::support {

namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (;;) {
    const size_t comma = text.find(',');
    words.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(comma + 1);
  }
}

// The whole of `text` as a number, or nothing.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto end = std::from_chars(text.begin(), text.end(), number);
  if (end.ec != std::errc() || end.ptr != text.end()) {
    return std::nullopt;
  }
  return number;
}

std::string text_of(int number) {
  return std::to_string(number);
}
std::string text_of(double number) {
  return plain(number);
}

template <class Number>
std::string list_of(const std::vector<Number>& values) {
  std::string text;
  for (const Number value : values) {
    text += (text.empty() ? "" : ",") + text_of(value);
  }
  return text;
}

constexpr size_t kMostInList = 64;

// Reads numbers with commas between them, all within the range or none.
template <class Number>
auto reader_of_list(std::vector<Number>* values, Number low, Number high) {
  return [=](std::string_view text) -> std::optional<std::string> {
    std::vector<Number> read;
    for (const std::string& word : split(text)) {
      const auto number = number_in<Number>(word);
      // Written so that "nan", which compares with nothing, is refused.
      if (!number || !(*number >= low && *number <= high) ||
          read.size() == kMostInList) {
        return "accepted: numbers from " + text_of(low) + " to " +
               text_of(high) + ", with commas between them";
      }
      read.push_back(*number);
    }
    *values = std::move(read);
    return std::nullopt;
  };
}

}  // namespace

Flags::Flags(std::string program, std::string purpose)
    : program_(std::move(program)), purpose_(std::move(purpose)) {}

void Flags::add(Flag flag) {
  assert(std::none_of(flags_.begin(), flags_.end(),
                      [&](const Flag& f) { return f.name == flag.name; }) &&
         "a flag is declared once");
  flags_.push_back(std::move(flag));
}

void Flags::number(std::string name, int* value, int low, int high,
                   std::string meaning, std::string unless_given) {
  add({std::move(name), "=N", std::move(meaning),
       std::to_string(low) + " to " + std::to_string(high),
       unless_given.empty() ? std::to_string(*value) : std::move(unless_given),
       Value::kNeeded,
       [=](std::string_view text) -> std::optional<std::string> {
         const auto number = number_in<int>(text);
         if (!number || *number < low || *number > high) {
           return "accepted: a whole number from " + std::to_string(low) +
                  " to " + std::to_string(high);
         }
         *value = *number;
         return std::nullopt;
       }});
}

void Flags::decimal(std::string name, double* value, double low, double high,
                    std::string meaning, std::string unless_given) {
  add({std::move(name), "=X", std::move(meaning),
       plain(low) + " to " + plain(high),
       unless_given.empty() ? plain(*value) : std::move(unless_given),
       Value::kNeeded,
       [=](std::string_view text) -> std::optional<std::string> {
         const auto number = number_in<double>(text);
         // Written so that "nan", which compares with nothing, is refused.
         if (!number || !(*number >= low && *number <= high)) {
           return "accepted: a number from " + plain(low) + " to " +
                  plain(high);
         }
         *value = *number;
         return std::nullopt;
       }});
}

void Flags::numbers(std::string name, std::vector<int>* values, int low,
                    int high, std::string meaning, std::string unless_given) {
  add({std::move(name), "=N,N", std::move(meaning),
       text_of(low) + " to " + text_of(high),
       unless_given.empty() ? list_of(*values) : std::move(unless_given),
       Value::kNeeded, reader_of_list(values, low, high)});
}

void Flags::decimals(std::string name, std::vector<double>* values, double low,
                     double high, std::string meaning) {
  add({std::move(name), "=X,X", std::move(meaning),
       text_of(low) + " to " + text_of(high), list_of(*values), Value::kNeeded,
       reader_of_list(values, low, high)});
}

void Flags::toggle(std::string name, bool* value, std::string meaning) {
  add({std::move(name), "", std::move(meaning), "", "off", Value::kNone,
       [=](std::string_view) -> std::optional<std::string> {
         *value = true;
         return std::nullopt;
       }});
}

void Flags::choices(std::string name, std::vector<std::string>* value,
                    std::vector<std::string> accepted, std::string meaning,
                    std::string unless_given) {
  add({std::move(name), "=A,B", std::move(meaning),
       "some of " + joined(accepted),
       !unless_given.empty() ? std::move(unless_given)
       : *value == accepted  ? "all"
                             : joined(*value),
       Value::kNeeded,
       [value, accepted = std::move(accepted)](
           std::string_view text) -> std::optional<std::string> {
         std::vector<std::string> chosen;
         for (std::string& word : split(text)) {
           if (std::find(accepted.begin(), accepted.end(), word) ==
               accepted.end()) {
             return "accepted: " + joined(accepted) +
                    "; several with commas between them";
           }
           if (std::find(chosen.begin(), chosen.end(), word) == chosen.end()) {
             chosen.push_back(std::move(word));
           }
         }
         *value = std::move(chosen);
         return std::nullopt;
       }});
}

void Flags::file(std::string name, std::string* value, std::string meaning) {
  add({std::move(name), "[=FILE]", std::move(meaning),
       "a path, or no '=' for the standard output", "off", Value::kOptional,
       [=](std::string_view text) -> std::optional<std::string> {
         *value = text.empty() || text == "-" ? "-" : resolved_path(text);
         return std::nullopt;
       }});
}

void Flags::parsed(std::string name, std::string shape,
                   std::function<void(std::string_view)> read,
                   std::string meaning, std::string accepted,
                   std::string unless_given) {
  add({std::move(name), "=" + shape, std::move(meaning), std::move(accepted),
       std::move(unless_given), Value::kNeeded, stored_by(std::move(read))});
}

void Flags::words(std::string shape, std::function<void(std::string_view)> read,
                  std::string meaning, std::string unless_given) {
  words_ = {"",
            std::move(shape),
            std::move(meaning),
            "",
            std::move(unless_given),
            Value::kNeeded,
            stored_by(std::move(read))};
}

Flags::Store Flags::stored_by(std::function<void(std::string_view)> read) {
  return [read = std::move(read)](
             std::string_view text) -> std::optional<std::string> {
    try {
      read(text);
      return std::nullopt;
    } catch (const std::invalid_argument& refused) {
      return refused.what();
    }
  };
}

std::optional<std::string> Flags::take(std::string_view argument) const {
  const std::string quoted(argument);
  if (words_ && !argument.starts_with("--")) {
    const auto refusal = words_->store(argument);
    return refusal ? std::optional(quoted + ": " + *refusal) : std::nullopt;
  }
  const size_t equals = argument.find('=');
  const std::string_view name = argument.substr(0, equals);
  const auto flag =
      std::find_if(flags_.begin(), flags_.end(),
                   [&](const Flag& f) { return name == "--" + f.name; });
  if (flag == flags_.end()) {
    std::vector<std::string> names = {"--help"};
    for (const Flag& known : flags_) {
      names.push_back("--" + known.name);
    }
    return quoted + ": no such flag; accepted: " + joined(names);
  }
  const bool has_value = equals != std::string_view::npos;
  if (has_value && flag->value == Value::kNone) {
    return quoted + ": --" + flag->name + " takes no value";
  }
  if (!has_value && flag->value == Value::kNeeded) {
    return quoted + ": a value is missing; write --" + flag->name + flag->shape;
  }
  // "--json=$FILE" with an unset variable is no wish for the standard output.
  if (has_value && equals + 1 == argument.size() &&
      flag->value == Value::kOptional) {
    return quoted + ": accepted: " + flag->accepted;
  }
  const auto refusal =
      flag->store(has_value ? argument.substr(equals + 1) : "");
  return refusal ? std::optional(quoted + ": " + *refusal) : std::nullopt;
}

std::optional<int> Flags::parse(std::span<const char* const> arguments,
                                std::ostream& out, std::ostream& error) const {
  for (const std::string_view argument : arguments) {
    if (argument == "--help") {
      out << help();
      return 0;
    }
    if (const auto refused = take(argument)) {
      error << program_ << ": " << *refused << "\n";
      return 2;
    }
  }
  return std::nullopt;
}

std::optional<int> Flags::parse(int argc, char** argv) const {
  const std::vector<const char*> arguments(argv + std::min(argc, 1),
                                           argv + argc);
  std::ostringstream out;
  const auto code = parse(arguments, out, std::cerr);
  print(out.str());
  return code;
}

std::string Flags::help() const {
  std::string text = program_ + " - " + purpose_ + "\n\n";
  size_t width = std::string_view("--help").size();
  for (const Flag& flag : flags_) {
    width = std::max(width, 2 + flag.name.size() + flag.shape.size());
  }
  if (words_) {
    width = std::max(width, words_->shape.size());
  }
  const auto line = [&](const std::string& left, const std::string& meaning) {
    text += "  " + left + std::string(width + 2 - left.size(), ' ') + meaning +
            "\n";
  };
  if (words_) {
    line(words_->shape,
         words_->meaning + " (" + words_->unless_given + " unless given)");
  }
  for (const Flag& flag : flags_) {
    line("--" + flag.name + flag.shape,
         flag.meaning + " (" + flag.accepted +
             (flag.accepted.empty() ? "" : "; ") + flag.unless_given +
             " unless given)");
  }
  line("--help", "this text");
  return text;
}

std::string resolved_path(std::string_view path) {
  const std::filesystem::path given(path);
  const char* const stood_in = std::getenv("BUILD_WORKING_DIRECTORY");
  return given.is_absolute() || stood_in == nullptr
             ? given.string()
             : (std::filesystem::path(stood_in) / given).string();
}

}  // namespace demos::support

#include "demos/support/flags.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace demos::support {

namespace {

// 0.5 is "0.5" and 20 is "20": no digits that say nothing.
std::string text_of(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

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
                   std::string meaning) {
  add({std::move(name), "=N", std::move(meaning), Value::kNeeded,
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
                    std::string meaning) {
  add({std::move(name), "=X", std::move(meaning), Value::kNeeded,
       [=](std::string_view text) -> std::optional<std::string> {
         const auto number = number_in<double>(text);
         // Written so that "nan", which compares with nothing, is refused.
         if (!number || !(*number >= low && *number <= high)) {
           return "accepted: a number from " + text_of(low) + " to " +
                  text_of(high);
         }
         *value = *number;
         return std::nullopt;
       }});
}

void Flags::toggle(std::string name, bool* value, std::string meaning) {
  add({std::move(name), "", std::move(meaning), Value::kNone,
       [=](std::string_view) -> std::optional<std::string> {
         *value = true;
         return std::nullopt;
       }});
}

void Flags::choices(std::string name, std::vector<std::string>* value,
                    std::vector<std::string> accepted, std::string meaning) {
  meaning += ": " + joined(accepted);
  add({std::move(name), "=A,B", std::move(meaning), Value::kNeeded,
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
  add({std::move(name), "[=FILE]", std::move(meaning), Value::kOptional,
       [=](std::string_view text) -> std::optional<std::string> {
         *value = text.empty() || text == "-" ? "-" : resolved_path(text);
         return std::nullopt;
       }});
}

void Flags::parsed(std::string name, std::string shape,
                   std::function<void(std::string_view)> read,
                   std::string meaning) {
  add({std::move(name), "=" + shape, std::move(meaning), Value::kNeeded,
       [read = std::move(read)](
           std::string_view text) -> std::optional<std::string> {
         try {
           read(text);
           return std::nullopt;
         } catch (const std::invalid_argument& refused) {
           return refused.what();
         }
       }});
}

std::optional<std::string> Flags::take(std::string_view argument) const {
  const std::string quoted(argument);
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
  return parse(arguments, std::cout, std::cerr);
}

std::string Flags::help() const {
  std::string text = program_ + " - " + purpose_ + "\n\n";
  size_t width = std::string_view("--help").size();
  for (const Flag& flag : flags_) {
    width = std::max(width, 2 + flag.name.size() + flag.shape.size());
  }
  const auto line = [&](const std::string& left, const std::string& meaning) {
    text += "  " + left + std::string(width + 2 - left.size(), ' ') + meaning +
            "\n";
  };
  for (const Flag& flag : flags_) {
    line("--" + flag.name + flag.shape, flag.meaning);
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

#include "demos/quiz_questions.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <system_error>

namespace demos {

namespace {

// In small letters, without any space.
std::string squeezed(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!std::isspace(byte)) {
      result += static_cast<char>(std::tolower(byte));
    }
  }
  return result;
}

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

bool all_letters(const std::string& text) {
  for (const char c : text) {
    if (c < 'a' || c > 'z') {
      return false;
    }
  }
  return !text.empty();
}

}  // namespace

std::string_view name_of(Question::Kind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"a number", "yes or no",
                                                      "letters, as in ABBA"};
  return kNames[static_cast<size_t>(kind)];
}

std::optional<bool> judge(const Question& question, std::string_view given) {
  const std::string answer = squeezed(question.answer);
  const std::string text = squeezed(given);
  switch (question.kind) {
    case Question::Kind::kNumber: {
      const auto right = number_in(answer);
      const auto number = number_in(text);
      // Answers have one digit after the point at most.
      return number ? std::optional(std::abs(*number - *right) < 0.01)
                    : std::nullopt;
    }
    case Question::Kind::kYesOrNo:
      if (text == "y" || text == "n") {
        return text[0] == answer[0];
      }
      return text == "yes" || text == "no" ? std::optional(text == answer)
                                           : std::nullopt;
    case Question::Kind::kLetters:
      return all_letters(text) ? std::optional(text == answer) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace demos

#include "tests/demos/shown.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace tests {

std::string output_of(const std::string& path,
                      const std::vector<std::string>& arguments) {
  Program program(path, arguments);
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_EQ(program.error, "");
  return program.output;
}

std::string golden(const std::string& name) {
  std::ifstream file("tests/demos/golden/" + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string masked(const std::string& text) {
  static const std::regex kNumber("0x[0-9a-f]+|(C-)?[0-9]+(\\.[0-9]+)?");
  std::string result;
  auto rest = text.begin();
  for (std::sregex_iterator it(text.begin(), text.end(), kNumber), end;
       it != end; ++it) {
    result.append(rest, text.begin() + it->position());
    result += (*it)[1].matched ? it->str() : "N";
    rest = text.begin() + it->position() + it->length();
  }
  result.append(rest, text.end());
  return std::regex_replace(result, std::regex(" +"), " ");
}

std::string without_verdicts(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    result += line.starts_with("VERDICT ") ? "" : line + "\n";
  }
  return result;
}

double number_in(const std::string& text, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) {
    ADD_FAILURE() << "no " << pattern << " in\n" << text;
    return -1;
  }
  return std::stod(match[1]);
}

std::optional<std::string> printed_by_python(const std::string& program) {
  constexpr const char* kPython = "/usr/bin/python3";
  if (access(kPython, X_OK) != 0) {
    return std::nullopt;
  }
  return output_of(kPython, {"-c", program});
}

}  // namespace tests

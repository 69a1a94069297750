// tests/differential/python_logs.h - what the scenarios write in Python.
#ifndef TESTS_DIFFERENTIAL_PYTHON_LOGS_H_
#define TESTS_DIFFERENTIAL_PYTHON_LOGS_H_

#include <stdio.h>
#include <stdlib.h>

#include <map>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace tests {

// A Python 3.11, whose order this is; empty if there is none.
inline std::string find_python() {
  for (const std::string python : {"/usr/bin/python3", "python3"}) {
    const std::string is_3_11 =
        python + " -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'" +
        " 2> /dev/null";
    if (system(is_3_11.c_str()) == 0) {
      return python;
    }
  }
  return {};
}

// Runs a script of this folder, which prints "scenario: words" line by line.
// Empty where there is no Python.
inline std::map<std::string, std::string> python_logs(
    const std::string& script) {
  std::map<std::string, std::string> all;
  const std::string python = find_python();
  if (python.empty()) {
    return all;
  }
  // -B: no compiled files among the sources.
  const std::string command = python + " -B tests/differential/" + script;
  FILE* const out = popen(command.c_str(), "r");
  std::string text;
  for (int c = fgetc(out); c != EOF; c = fgetc(out)) {
    text += static_cast<char>(c);
  }
  EXPECT_EQ(pclose(out), 0) << "python failed";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    all[line.substr(0, colon)] = line.substr(colon + 1);
  }
  return all;
}

}  // namespace tests

#endif  // TESTS_DIFFERENTIAL_PYTHON_LOGS_H_

// tests/demos/shown.h - what a demo printed, beside what it should have.
//
// CONCEPT     In virtual time a demo prints the same bytes every time, so the
//             whole text is compared with a file kept beside the test. In real
//             time the numbers differ from run to run and the words do not:
//             there each number is replaced by N first. Where Python is
//             installed, the same small program in Python has to print the
//             same lines.
// THREADS     One.
// OWNERSHIP   Owns nothing.
// ERRORS      A golden file that is missing fails the comparison.
#ifndef TESTS_DEMOS_SHOWN_H_
#define TESTS_DEMOS_SHOWN_H_

#include <optional>
#include <string>
#include <vector>

namespace tests {

// Runs the program to its end, which must be a good one.
std::string output_of(const std::string& path,
                      const std::vector<std::string>& arguments = {});

std::string golden(const std::string& name);

// Addresses and numbers replaced, and the blanks that align them; the ids of
// concepts stay.
std::string masked(const std::string& text);

// The lines for a learner, without the verdicts.
std::string without_verdicts(const std::string& text);

// The number where `pattern` has its brackets.
double number_in(const std::string& text, const std::string& pattern);

// What Python prints for `program`; nothing where there is no Python.
std::optional<std::string> printed_by_python(const std::string& program);

inline constexpr const char* kNoPython = "skipped: no /usr/bin/python3 here";

}  // namespace tests

#endif  // TESTS_DEMOS_SHOWN_H_

#include "demos/count_sync_async_diff.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/support/run_demo.h"

namespace demos {

namespace {

using support::print;

// The lines of the demo between the n-th pair of marks.
std::vector<std::string> source_of(int n) {
  std::ifstream file("demos/count_sync_async.cc");
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "// --diff shows from here") {
      inside = n-- == 0;
    } else if (line == "// to here") {
      inside = false;
    } else if (inside) {
      lines.push_back(line);
    }
  }
  if (lines.empty()) {
    throw std::runtime_error("--diff needs demos/count_sync_async.cc here");
  }
  return lines;
}

// Prints `lines`, with a mark at those that `others` do not have.
long show_marked(const std::vector<std::string>& lines,
                 const std::vector<std::string>& others) {
  const auto is_new = [&](const std::string& line) {
    return std::find(others.begin(), others.end(), line) == others.end();
  };
  for (const std::string& line : lines) {
    print((is_new(line) ? "* " : "  ") + line + "\n");
  }
  print("\n");
  return std::count_if(lines.begin(), lines.end(), is_new);
}

}  // namespace

void show_diff(support::Verdicts& verdicts) {
  const std::vector<std::string> plain = source_of(0);
  const std::vector<std::string> async = source_of(1);
  const long plain_lines = show_marked(plain, async);
  const long async_lines = show_marked(async, plain);
  verdicts.add("C-068", (async_lines > 0 ? "true: " : "false: ") +
                            std::to_string(plain_lines) +
                            " lines of one form are not in the other, and " +
                            std::to_string(async_lines) +
                            " the other way round");
}

}  // namespace demos

#include <array>
#include <ctime>
#include <string>

#include "demos/snippets/print.h"

void info(const std::string& message) {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  std::array<char, sizeof "23:59:59"> text = {};
  std::strftime(text.data(), text.size(), "%H:%M:%S",
                localtime_r(&now, &parts));
  demos::snippets::print(std::string(text.data()) + ":", message);
}

int main() {
  for (const std::string name : {"one", "two"}) {
    info("response " + name + ": begins");
    info("response " + name + ": ends");
  }
}

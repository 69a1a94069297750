#include <string>

#include "demos/snippets/print.h"
#include "ipc/process.h"

using demos::snippets::print;

void greet(const std::string& name) {
  print("hello", name);
}

int main() {
  ipc::Process process(greet, "bob");
  process.start();
  process.join();
  print("exit code", process.exitcode().value());
}

// tests/ipc/family.h - forked children for a test, and what became of them.
#ifndef TESTS_IPC_FAMILY_H_
#define TESTS_IPC_FAMILY_H_

#include <optional>
#include <utility>
#include <vector>

#include "ipc/process.h"

namespace ipc {

// A child that is running already.
template <class Body>
Process started(Body body) {
  Process process(std::move(body));
  process.start();
  return process;
}

inline std::optional<int> ending_of(Process process) {
  process.join();
  return process.exitcode();
}

// `count` children that all run body(number); the sum of their exit codes.
template <class Body>
int run_family(int count, Body body) {
  std::vector<Process> children;
  for (int i = 0; i < count; ++i) {
    children.push_back(started([=] { body(i); }));
  }
  int codes = 0;
  for (Process& child : children) {
    child.join();
    codes += child.exitcode().value();
  }
  return codes;
}

}  // namespace ipc

#endif  // TESTS_IPC_FAMILY_H_

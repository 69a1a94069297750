#include "tests/support/leak_listener.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>

#include "os/proc.h"
#include "scheduler/clock.h"

namespace tests {

namespace {

std::vector<std::string> names_in(const char* path) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path), &closedir);
  while (const dirent* entry = folder ? readdir(folder.get()) : nullptr) {
    names.emplace_back(entry->d_name);
  }
  return names;
}

}  // namespace

std::vector<std::string> held_resources() {
  std::vector<std::string> lines;
  for (const std::string& fd : os::open_descriptors()) {
    lines.push_back("descriptor " + fd);
  }
  for (const pid_t child : os::children_of(getpid())) {
    lines.push_back("child " + std::to_string(child));
  }
  for (const pid_t thread : os::threads_of(getpid())) {
    lines.push_back("thread " + std::to_string(thread));
  }
  for (const std::string& name : names_in("/dev/shm")) {
    lines.push_back("shared memory " + name);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> leaks_between(const std::vector<std::string>& before,
                                       const std::vector<std::string>& now) {
  std::vector<std::string> leaks;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                      std::back_inserter(leaks));
  return leaks;
}

std::vector<std::string> leaks_since(const std::vector<std::string>& before) {
  // A joined thread stays visible for an instant after pthread_join: the
  // kernel tells the joiner first and clears /proc after. So look again for a
  // while before calling it a leak.
  auto& clock = scheduler::SteadyClock::instance();
  const auto give_up = clock.now() + std::chrono::seconds(2);
  std::vector<std::string> leaks = leaks_between(before, held_resources());
  while (!leaks.empty() && clock.now() < give_up) {
    clock.sleep_for(std::chrono::milliseconds(1));
    leaks = leaks_between(before, held_resources());
  }
  return leaks;
}

void LeakListener::OnTestStart(const testing::TestInfo&) {
  before_ = held_resources();
}

void LeakListener::OnTestEnd(const testing::TestInfo&) {
  for (const std::string& leak : leaks_since(before_)) {
    ADD_FAILURE() << "leaked: " << leak;
  }
}

}  // namespace tests

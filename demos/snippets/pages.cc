#include <array>
#include <cstddef>
#include <list>
#include <string>

#include "demos/snippets/print.h"
#include "gil_sim/thread.h"
#include "scheduler/clock.h"

std::array<std::string, 3> pages;

void download(size_t number) {
  scheduler::SteadyClock::instance().sleep_for(
      scheduler::seconds(0.05 * static_cast<double>(3 - number)));
  pages[number] = "page " + std::to_string(number) + ",";
}

int main() {
  std::list<gil_sim::Thread> threads;
  for (size_t number = 0; number < pages.size(); ++number) {
    threads.emplace_back(download, number);
  }
  for (auto& thread : threads) {
    thread.start();
  }
  for (auto& thread : threads) {
    thread.join();
  }
  demos::snippets::print("in one:", pages[0], pages[1], pages[2]);
}

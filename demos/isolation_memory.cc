#include "demos/isolation_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "demos/support/run_demo.h"
#include "ipc/connection.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "os/mapping.h"
#include "os/proc.h"
#include "os/syscall.h"

namespace demos {

namespace {

using support::print;

// What is looked at. Atomic only because two threads use it.
std::atomic<int> cell = 1;

std::string address_text(const void* address) {
  std::ostringstream text;
  text << address;
  return text.str();
}

// What a process sees at an address.
struct Sight {
  uintptr_t address = 0;
  int value = 0;
};

Sight sight() {
  return {reinterpret_cast<uintptr_t>(&cell), cell};
}

// Pages of one mapping of this process.
struct Pages {
  int64_t shared = 0;      // with another process
  int64_t not_shared = 0;  // ours alone
};

// /proc/self/smaps, from the line of the mapping that holds `address` on.
Pages pages_at(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<uintptr_t>(address);
  bool found = false;
  std::string entry;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t first;
    uintptr_t last;
    char dash;
    std::istringstream words(line);
    if (words >> std::hex >> first >> dash >> last && dash == '-') {
      if (found) {
        break;
      }
      found = first <= wanted && wanted < last;
    }
    if (found) {
      entry += line + "\n";
    }
  }
  const auto kilobytes = [&](const char* key) {
    return os::field(entry, key).value_or(0);
  };
  const int64_t page = sysconf(_SC_PAGESIZE) / 1024;
  return {
      .shared = (kilobytes("Shared_Clean") + kilobytes("Shared_Dirty")) / page,
      .not_shared =
          (kilobytes("Private_Clean") + kilobytes("Private_Dirty")) / page};
}

void touch(std::byte* data, size_t size) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t at = 0; at < size; at += page) {
    data[at] = std::byte{1};
  }
}

}  // namespace

void show_memory(support::Verdicts& verdicts) {
  auto [ours, theirs] = ipc::make_pipe(false);
  ipc::Process child(
      [](ipc::Connection to_parent) {
        cell = 2;
        to_parent.send(sight());
      },
      std::move(theirs));
  child.start();
  const auto there = ours.recv<Sight>();
  child.join();
  const Sight here = sight();
  std::jthread([] { cell = 3; }).join();
  const Sight after_thread = sight();

  support::Table table({"who", "address", "value"});
  const auto add = [&](const char* who, const Sight& seen) {
    table.add({who, address_text(reinterpret_cast<void*>(seen.address)),
               std::to_string(seen.value)});
  };
  add("the child process, after it wrote 2", there);
  add("the parent, after that", here);
  add("the parent, after a thread of it wrote 3", after_thread);
  print(table.text() + "\n");
  const bool apart =
      there.address == here.address && there.value == 2 && here.value == 1;
  verdicts.add("C-021",
               (apart ? "true: " : "false: ") +
                   ("one address holds " + std::to_string(there.value) +
                    " in the child and " + std::to_string(here.value) +
                    " in the parent"));
  verdicts.add("C-129", (apart ? "true: " : "false: ") +
                            std::string("the child wrote to its copy, and the "
                                        "parent's stayed as it was"));
  verdicts.add("C-030", (after_thread.value == 3 ? "true: " : "false: ") +
                            ("what a thread wrote, another reads at the same "
                             "address: " +
                             std::to_string(after_thread.value)));
}

void show_copy_on_write(size_t size, support::Verdicts& verdicts) {
  const os::Mapping memory =
      os::Mapping::anonymous(size, os::Mapping::Sharing::kPrivate);
  // Or two megabytes would be copied for a byte. Refused only by a system that
  // has no large pages.
  madvise(memory.data(), size, MADV_NOHUGEPAGE);
  touch(memory.data(), size);
  const auto code = reinterpret_cast<const void*>(&show_copy_on_write);

  struct Report {
    Pages forked;
    Pages read;
    Pages written;
    Pages program_at_first;
    Pages program;
  };
  auto [ours, theirs] = ipc::make_pipe(false);
  ipc::Process child(
      [&memory, size, code](ipc::Connection to_parent) {
        Report report;
        report.forked = pages_at(memory.data());
        report.program_at_first = pages_at(code);
        int64_t sum = 0;
        for (const std::byte byte : memory.bytes()) {
          sum += static_cast<int>(byte);
        }
        // Used, so that the reading is not left out.
        report.read = sum > 0 ? pages_at(memory.data()) : Pages{};
        touch(memory.data(), size / 2);
        report.written = pages_at(memory.data());
        report.program = pages_at(code);
        to_parent.send(report);
      },
      std::move(theirs));
  child.start();
  const auto report = ours.recv<Report>();
  child.join();

  support::Table table({"the child's pages", "shared", "its own"});
  const auto add = [&](const char* when, const Pages& pages) {
    table.add(
        {when, std::to_string(pages.shared), std::to_string(pages.not_shared)});
  };
  add("after the fork", report.forked);
  add("after it has read all of them", report.read);
  add("after it has written to half", report.written);
  add("the program's code", report.program);
  print(table.text() + "\n");
  const bool shown = report.forked.shared > 0 &&
                     report.written.shared < report.forked.shared &&
                     report.written.not_shared > report.forked.not_shared;
  verdicts.add("C-130",
               (shown ? "imprecise: " : "not shown: ") +
                   ("after the fork " + std::to_string(report.forked.shared) +
                    " pages were shared, after half were written " +
                    std::to_string(report.written.shared) + "; of the code " +
                    std::to_string(report.program_at_first.shared) + " and " +
                    std::to_string(report.program.shared)));
}

}  // namespace demos

// Programs of a known kind, to be diagnosed:
//
//   burn SECONDS         computes
//   echo PORT N          N short questions on one connection
//   get PORT N           N pages, one after another
//   sockets PORT N       N connections at a time, and short questions for 0.3 s
//   test N ITEMS         an experiment of the matrix, one item after another
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/runners/runner.h"
#include "demos/support/http_client.h"
#include "demos/support/machine.h"
#include "demos/support/scratch_folder.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace {

os::UniqueFd connect_to(uint16_t port) {
  os::UniqueFd fd(
      os::check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  os::check(
      connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
      "connect");
  return fd;
}

void ask(int fd) {
  std::array<std::byte, 1> byte{};
  os::write_all(fd, byte);
  os::read_some(fd, byte);
}

void burn(double seconds) {
  const auto until =
      demos::support::thread_cpu_time() + scheduler::seconds(seconds);
  volatile uint64_t mixed = 1;
  while (demos::support::thread_cpu_time() < until) {
    for (int i = 0; i < 10'000; ++i) {
      mixed = mixed * 6364136223846793005u + 1;
    }
  }
}

void hold_sockets(uint16_t port, int count) {
  std::vector<os::UniqueFd> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(connect_to(port));
  }
  auto& clock = scheduler::SteadyClock::instance();
  const auto until = clock.now() + scheduler::seconds(0.3);
  while (clock.now() < until) {
    ask(all.front().get());
  }
}

void run_experiment(int number, int items) {
  const demos::support::ScratchFolder folder;
  const auto& experiment =
      demos::bodies::experiments()[static_cast<size_t>(number) - 1];
  demos::runners::Job job = {.experiment = &experiment, .world = {}};
  job.world.items = items;
  job.world.folder = folder.path();
  experiment.prepare(job.world);
  const auto outcome = demos::runners::run_single(job);
  experiment.check(job.world, outcome.values);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto port = [&] {
    return static_cast<uint16_t>(std::atoi(words.at(1).c_str()));
  };
  const auto number = [&] { return std::atoi(words.at(2).c_str()); };
  if (words.at(0) == "burn") {
    burn(std::atof(words.at(1).c_str()));
  } else if (words[0] == "echo") {
    const os::UniqueFd fd = connect_to(port());
    for (int i = 0; i < number(); ++i) {
      ask(fd.get());
    }
  } else if (words[0] == "get") {
    for (int i = 0; i < number(); ++i) {
      demos::support::http_get(port(), "/item");
    }
  } else if (words[0] == "sockets") {
    hold_sockets(port(), number());
  } else if (words[0] == "test") {
    run_experiment(port(), number());
  } else {
    return 2;
  }
}

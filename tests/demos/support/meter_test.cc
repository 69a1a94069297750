#include "demos/support/meter.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "demos/support/interrupt.h"
#include "gtest/gtest.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/support/swap_syscall.h"

namespace demos::support {
namespace {

using std::chrono::milliseconds;

void sleep_for(scheduler::Duration time) {
  scheduler::SteadyClock::instance().sleep_for(time);
}

std::string refusal(const std::function<std::string()>& body) {
  try {
    measure(body);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

// I1
TEST(Meter, TheBodyRunsInAProcessOfItsOwn) {
  int touched = 0;
  const Measured measured = measure([&] {
    touched = 1;
    return std::to_string(getpid());
  });
  EXPECT_EQ(touched, 0);
  EXPECT_NE(measured.output, std::to_string(getpid()));
}

TEST(Meter, AnOutputLargerThanAPipeComesBackWhole) {
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(measure([&] { return large; }).output, large);
}

TEST(Meter, AnExceptionComesBackWithItsText) {
  EXPECT_EQ(refusal([]() -> std::string { throw std::runtime_error("why"); }),
            "why");
}

TEST(Meter, ADeadChildIsToldByItsSignalOrCode) {
  EXPECT_EQ(refusal([]() -> std::string {
              raise(SIGKILL);
              return "";
            }),
            "the child was ended by signal 9");
  EXPECT_EQ(refusal([]() -> std::string { _exit(3); }),
            "the child ended with code 3");
}

TEST(Meter, SwitchesAreCounted) {
  const Usage usage = measure([] {
                        sleep_for(milliseconds(60));
                        return std::string();
                      }).usage;
  EXPECT_GE(usage.voluntary_switches, 1);
}

TEST(Meter, PeaksAreThoseOfTheWholeFamily) {
  const Usage usage = measure([] {
                        int fds[2];
                        socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
                        if (fork() == 0) {
                          const std::vector<char> touched(20 << 20, 'x');
                          sleep_for(milliseconds(150) +
                                    milliseconds(touched[7] == 'x' ? 0 : 1));
                          _exit(0);
                        }
                        std::thread other([] { sleep_for(milliseconds(150)); });
                        other.join();
                        wait(nullptr);
                        return std::string();
                      }).usage;
  EXPECT_EQ(usage.processes, 2);
  EXPECT_GE(usage.threads, 2);
  EXPECT_GE(usage.sockets, 2);
  EXPECT_GE(usage.memory_bytes, 20 << 20);
}

// I2: the leak listener looks for children; this one looks for the orphan.
TEST(Meter, AnInterruptEndsTheWholeFamily) {
  const InterruptScope scope;
  const pid_t parent = getpid();
  EXPECT_THROW(measure([&]() -> std::string {
                 if (fork() == 0) {
                   kill(parent, SIGINT);
                 }
                 pause();
                 return "";
               }),
               Interrupted);
  EXPECT_TRUE(os::children_of(getpid()).empty());
}

TEST(Meter, ARefusedPipeOrForkLeaksNothing) {
  {
    const tests::SwapSyscall swap(&os::Syscalls::pipe2, [](int*, int) {
      errno = EMFILE;
      return -1;
    });
    EXPECT_THROW(measure([] { return std::string(); }), std::system_error);
  }
  const tests::SwapSyscall swap(&os::Syscalls::fork, [] {
    errno = EAGAIN;
    return pid_t{-1};
  });
  EXPECT_THROW(measure([] { return std::string(); }), std::system_error);
}

TEST(Meter, AProcessThatIsGoneRaisesNoPeak) {
  Usage usage;
  sample_peaks(999999999, usage);
  EXPECT_EQ(usage.processes, 1);
  EXPECT_EQ(usage.memory_bytes, 0);
}

}  // namespace
}  // namespace demos::support

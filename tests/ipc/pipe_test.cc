// The promises of ipc/pipe.h.
#include "ipc/pipe.h"

#include <cerrno>

#include "gtest/gtest.h"
#include "ipc/connection.h"
#include "os/syscall.h"
#include "tests/ipc/refusal.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

// PROC-16
TEST(Pipe, DuplexEndsBothSendAndReceive) {
  auto [a, b] = make_pipe();
  a.send(1);
  b.send(2);
  EXPECT_EQ(b.recv<int>(), 1);
  EXPECT_EQ(a.recv<int>(), 2);
}

// PROC-16
TEST(Pipe, OneWayEndsRefuseTheOtherDirection) {
  auto [reader, writer] = make_pipe(/*duplex=*/false);
  writer.send(1);
  EXPECT_EQ(reader.recv<int>(), 1);
  EXPECT_EQ(refusal([&r = reader] { r.send(1); }), EBADF);
  EXPECT_EQ(refusal([&w = writer] { w.recv<int>(); }), EBADF);
  EXPECT_EQ(refusal([&w = writer] { w.poll(); }), EBADF);
}

TEST(Pipe, TooManyOpenFilesIsAnErrorThatNamesTheCall) {
  const tests::SwapSyscall no_pipe(&os::Syscalls::pipe2, [](int*, int) {
    errno = EMFILE;
    return -1;
  });
  const tests::SwapSyscall no_pair(&os::Syscalls::socketpair,
                                   [](int, int, int, int*) {
                                     errno = EMFILE;
                                     return -1;
                                   });
  EXPECT_EQ(refusal([] { make_pipe(true); }), EMFILE);
  EXPECT_EQ(refusal([] { make_pipe(false); }), EMFILE);
}

}  // namespace
}  // namespace ipc

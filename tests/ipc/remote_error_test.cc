// The promises of ipc/remote_error.h.
#include "ipc/remote_error.h"

#include <cerrno>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "gtest/gtest.h"
#include "ipc/codec.h"
#include "ipc/errors.h"
#include "scheduler/errors.h"

namespace ipc {
namespace {

// What `error` is after its journey as bytes.
template <class Error>
void throw_travelled(const Error& error) {
  Bytes bytes;
  try {
    throw error;
  } catch (...) {
    bytes = encode(current_error());
  }
  std::rethrow_exception(make_error(decode<ErrorReport>(bytes)));
}

template <class Error>
std::string travelled_text(const Error& error) {
  try {
    throw_travelled(error);
  } catch (const Error& arrived) {
    return arrived.what();
  } catch (...) {
    return "arrived as another type";
  }
  return "did not arrive";
}

struct OwnError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// I1
TEST(RemoteError, KnownTypesArriveAsThemselvesWithTheirText) {
  EXPECT_EQ(travelled_text(std::runtime_error("a")), "a");
  EXPECT_EQ(travelled_text(std::invalid_argument("b")), "b");
  EXPECT_EQ(travelled_text(std::out_of_range("c")), "c");
  EXPECT_EQ(travelled_text(scheduler::TimeoutError("d")), "d");
  EXPECT_EQ(travelled_text(scheduler::CancelledError("e")), "e");
  EXPECT_EQ(travelled_text(WorkerDied("f")), "f");
  EXPECT_EQ(travelled_text(std::bad_alloc()), std::bad_alloc().what());
}

// I1
TEST(RemoteError, ASystemErrorKeepsItsCodeAndText) {
  const std::system_error sent(EMFILE, std::generic_category(), "pipe2");
  EXPECT_EQ(travelled_text(sent), sent.what());
  try {
    throw_travelled(sent);
  } catch (const std::system_error& arrived) {
    EXPECT_EQ(arrived.code(), sent.code());
  }
}

TEST(RemoteError, AnUnknownTypeArrivesWithItsNameAndText) {
  try {
    throw_travelled(OwnError("text"));
    FAIL() << "nothing arrived";
  } catch (const RemoteError& error) {
    EXPECT_EQ(error.type_name(), "ipc::(anonymous namespace)::OwnError");
    EXPECT_STREQ(error.what(), "ipc::(anonymous namespace)::OwnError: text");
  }
}

TEST(RemoteError, WhatIsNoExceptionClassArrivesWithItsTypesName) {
  try {
    throw_travelled(42);
    FAIL() << "nothing arrived";
  } catch (const RemoteError& error) {
    EXPECT_EQ(error.type_name(), "int");
  }
}

}  // namespace
}  // namespace ipc

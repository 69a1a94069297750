// The main() of every test: GoogleTest plus the leak listener.
#include <thread>

#include "gtest/gtest.h"
#include "tests/support/leak_listener.h"

// The standard library counts the owners of an exception in code that the
// thread sanitizer has not instrumented, so it takes the last owner's delete
// for a race with the other owner's what().
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // The thread sanitizer starts a helper of its own beside the first thread,
  // and keeps it. It is to be there before the first test, not to look like a
  // leak.
  std::thread([] {}).join();
  // GoogleTest owns and deletes the listener.
  testing::UnitTest::GetInstance()->listeners().Append(new tests::LeakListener);
  return RUN_ALL_TESTS();
}

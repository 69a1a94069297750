// The main() of every test: GoogleTest plus the leak listener.
#include <thread>

#include "gtest/gtest.h"
#include "tests/support/leak_listener.h"

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

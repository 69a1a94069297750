// The main() of every test: GoogleTest plus the leak listener.
#include "gtest/gtest.h"
#include "tests/support/leak_listener.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // GoogleTest owns and deletes the listener.
  testing::UnitTest::GetInstance()->listeners().Append(new tests::LeakListener);
  return RUN_ALL_TESTS();
}

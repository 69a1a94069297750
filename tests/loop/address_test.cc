// The promises of loop/address.h.
#include "loop/address.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace loop {
namespace {

TEST(Address, KnowsBothKindsOfHostAndUnixPaths) {
  EXPECT_EQ(Address::tcp("127.0.0.1", 80).to_string(), "127.0.0.1:80");
  EXPECT_EQ(Address::tcp("localhost", 80).to_string(), "127.0.0.1:80");
  EXPECT_EQ(Address::tcp("::1", 80).to_string(), "[::1]:80");
  EXPECT_EQ(Address::tcp("::1", 65535).port(), 65535);
  EXPECT_EQ(Address::unix_domain("/tmp/s").to_string(), "/tmp/s");
  EXPECT_EQ(Address::unix_domain("/tmp/s").port(), 0);
}

TEST(Address, RefusesWhatIsNone) {
  EXPECT_THROW(Address::tcp("example.org", 80), std::invalid_argument);
  EXPECT_THROW(Address::tcp("", 80), std::invalid_argument);
  EXPECT_THROW(Address::unix_domain(""), std::invalid_argument);
  EXPECT_THROW(Address::unix_domain(std::string(108, 'x')),
               std::invalid_argument);
  for (const std::string& nul :
       {std::string("\0x", 2), std::string("/tmp/s\0", 7),
        std::string("/tmp/s\0t", 8)}) {
    EXPECT_THROW(Address::unix_domain(nul), std::invalid_argument);
  }
  EXPECT_EQ(Address::unix_domain(std::string(107, 'x')).to_string().size(),
            107u);
}

}  // namespace
}  // namespace loop

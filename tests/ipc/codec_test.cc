// The promises of ipc/codec.h and ipc/flat.h.
#include "ipc/codec.h"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/errors.h"
#include "ipc/flat.h"

namespace ipc {
namespace {

struct Point {
  int x = 0;
  std::string label;
  std::vector<double> weights;
  friend bool operator==(const Point&, const Point&) = default;
  static constexpr auto kFields =
      std::tuple(&Point::x, &Point::label, &Point::weights);
};

// Flat: no pointers inside, so its bytes are its value.
struct Pair {
  int32_t a;
  int32_t b;
  friend bool operator==(const Pair&, const Pair&) = default;
};

template <class T>
T there_and_back(const T& value) {
  return decode<T>(encode(value));
}

// I1
// What refers to memory has no encoding.
static_assert(Flat<int> && Flat<std::array<int, 2>>);
static_assert(Flat<int (*)(int)>);
static_assert(!Flat<const int*>);
static_assert(!Flat<std::span<const int>>);
static_assert(!Flat<std::string_view>);
static_assert(!Flat<std::array<const char*, 2>>);
static_assert(!Flat<std::reference_wrapper<int>>);

TEST(Codec, NumbersAndFlatStructsComeBackEqual) {
  EXPECT_EQ(there_and_back(-7), -7);
  EXPECT_EQ(there_and_back(0.1), 0.1);
  EXPECT_EQ(there_and_back(true), true);
  EXPECT_EQ(there_and_back(Pair{1, 2}), (Pair{1, 2}));
}

// I1
TEST(Codec, StringsComeBackWithTheirZeroBytes) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(there_and_back(text), text);
  EXPECT_EQ(there_and_back(std::string()), "");
  EXPECT_EQ(decode<std::string>(encode("a literal")), "a literal");
}

// I1
TEST(Codec, VectorsOfAnythingComeBackEqual) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(there_and_back(std::vector{1, 2, 3}), (std::vector{1, 2, 3}));
  EXPECT_EQ(there_and_back(std::vector<int>()), std::vector<int>());
  EXPECT_EQ(there_and_back(std::vector{true, false}),
            (std::vector{true, false}));
  EXPECT_EQ(there_and_back(Words{"one", "", "two"}), (Words{"one", "", "two"}));
  EXPECT_EQ(there_and_back(std::vector<Words>{{"a"}, {}}),
            (std::vector<Words>{{"a"}, {}}));
}

// I1
TEST(Codec, TuplesOptionalsAndMapsComeBackEqual) {
  const std::tuple tuple(1, std::string("two"), std::optional<int>(3));
  EXPECT_EQ(there_and_back(tuple), tuple);
  EXPECT_EQ(there_and_back(std::pair(1, std::string("b"))),
            std::pair(1, std::string("b")));
  EXPECT_EQ(there_and_back(std::optional<std::string>()), std::nullopt);
  const std::map<std::string, std::vector<int>> map = {{"a", {1}}, {"b", {}}};
  EXPECT_EQ(there_and_back(map), map);
  const std::unordered_map<int, std::string> hashed = {{1, "x"}, {2, "y"}};
  EXPECT_EQ(there_and_back(hashed), hashed);
}

// I1
TEST(Codec, AStructThatListsItsFieldsComesBackEqual) {
  const Point point{.x = 1, .label = "p", .weights = {0.5, 2}};
  EXPECT_EQ(there_and_back(point), point);
  EXPECT_EQ(there_and_back(std::vector{point, point}),
            (std::vector{point, point}));
}

// I2: every message that was cut anywhere is refused.
TEST(Codec, EveryCutOfAMessageIsRefused) {
  using Value = std::tuple<int, std::string, std::vector<Pair>,
                           std::map<int, std::optional<std::string>>>;
  const Bytes whole =
      encode(Value(1, "text", {{1, 2}, {3, 4}}, {{1, "x"}, {2, std::nullopt}}));
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto cut = std::span(whole).first(size);
    EXPECT_THROW(decode<Value>(cut), DecodeError) << size << " bytes";
  }
}

TEST(Codec, BytesLeftOverAreRefused) {
  Bytes bytes = encode(1);
  bytes.push_back(std::byte{0});
  EXPECT_THROW(decode<int>(bytes), DecodeError);
}

// I2: the counts below are near 2^64; multiplying one would overflow.
TEST(Codec, ACountThatLiesIsRefusedBeforeAnythingIsAllocated) {
  for (const uint64_t count :
       {uint64_t{1}, uint64_t{1} << 61, std::numeric_limits<uint64_t>::max()}) {
    const Bytes bytes = encode(count);
    EXPECT_THROW(decode<std::string>(bytes), DecodeError);
    EXPECT_THROW(decode<std::vector<uint64_t>>(bytes), DecodeError);
    EXPECT_THROW(decode<std::vector<std::string>>(bytes), DecodeError);
    EXPECT_THROW((decode<std::map<int, int>>(bytes)), DecodeError);
  }
}

TEST(Codec, ATruthValueThatIsNeitherIsRefused) {
  const Bytes two = encode(uint8_t{2});
  EXPECT_THROW(decode<bool>(two), DecodeError);
  EXPECT_THROW(decode<std::optional<int>>(two), DecodeError);
}

struct Tree {
  std::vector<Tree> branches;
  static constexpr auto kFields = std::tuple(&Tree::branches);
};

// One branch on another, `depth` of them.
Bytes high_tree(size_t depth) {
  Bytes bytes;
  for (; depth > 1; --depth) {
    internal::append_count(bytes, 1);
  }
  internal::append_count(bytes, 0);
  return bytes;
}

// I2
TEST(Codec, StructsInStructsMayNotLieTooDeep) {
  EXPECT_EQ(encode(decode<Tree>(high_tree(kMaxDepth))), high_tree(kMaxDepth));
  EXPECT_THROW(decode<Tree>(high_tree(kMaxDepth + 1)), DecodeError);
  EXPECT_THROW(decode<Tree>(high_tree(2'000'000)), DecodeError);
}

// I1 and I2: what has no bytes could not be counted.
struct Nothing {
  friend bool operator==(const Nothing&, const Nothing&) = default;
};
struct NothingListed {
  static constexpr auto kFields = std::tuple<>();
};
static_assert(!internal::kHasMembers<NothingListed>);
TEST(Codec, AStructWithoutMembersTravelsAsOneByte) {
  EXPECT_EQ(there_and_back(std::vector<Nothing>(3)), std::vector<Nothing>(3));
}

}  // namespace
}  // namespace ipc

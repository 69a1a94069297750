// The promises of loop/ref.h.
#include "loop/ref.h"

#include <cstdint>
#include <utility>

#include "gtest/gtest.h"

namespace loop {
namespace {

struct Counted {
  void let_go() { gone = true; }
  uint32_t references = 0;
  bool gone = false;
};

// I1
TEST(Ref, LetsGoWhenTheLastOneIsGone) {
  Counted object;
  {
    const Ref<Counted> first(&object);
    {
      const Ref<Counted> second = first;
      EXPECT_EQ(object.references, 2u);
    }
    EXPECT_FALSE(object.gone);
  }
  EXPECT_TRUE(object.gone);
}

TEST(Ref, MovingDoesNotCount) {
  Counted object;
  Ref<Counted> first(&object);
  const Ref<Counted> second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(object.references, 1u);
}

TEST(Ref, AssigningLetsTheOldObjectGo) {
  Counted a, b;
  Ref<Counted> ref(&a);
  ref = Ref<Counted>(&b);
  EXPECT_TRUE(a.gone);
  EXPECT_FALSE(b.gone);
  ref = *&ref;
  EXPECT_FALSE(b.gone);
}

}  // namespace
}  // namespace loop

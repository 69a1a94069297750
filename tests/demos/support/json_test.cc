#include "demos/support/json.h"

#include <stdexcept>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

std::string refusal(std::string_view text) {
  try {
    Json::parse(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

// I1, I2
TEST(Json, WhatIsWrittenIsReadBack) {
  const Json value = Json::Object{
      {"name", "a \"quoted\"\nline"},
      {"times", Json::Array{0.5, -3, 1e300}},
      {"empty", Json::Object{}},
      {"none", Json()},
      {"good", true},
  };
  EXPECT_EQ(value.dump(),
            "{\"name\": \"a \\\"quoted\\\"\\u000aline\", \"times\": [0.5, -3, "
            "1e+300], \"empty\": {}, \"none\": null, \"good\": true}");
  EXPECT_EQ(Json::parse(value.dump()), value);
}

TEST(Json, MembersAreFoundByName) {
  const Json value = Json::parse(R"( {"a": [1, {"b": "c"}], "d": false} )");
  EXPECT_EQ(value.at("a").array()[1].at("b").string(), "c");
  EXPECT_FALSE(value.at("d").boolean());
  EXPECT_EQ(value.at("a").array()[0].number(), 1);
  EXPECT_THROW(value.at("e"), std::out_of_range);
}

TEST(Json, EscapesBecomeTheCharactersTheyMean) {
  EXPECT_EQ(Json::parse(R"("\u0041\u00e9\u20ac\ud83d\ude00\t\/")").string(),
            "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\t/");
}

TEST(Json, ARefusalNamesThePlace) {
  EXPECT_EQ(refusal("[1, 2"), "JSON at byte 5: ']' was expected");
  EXPECT_EQ(refusal(""), "JSON at byte 0: a value was expected");
  EXPECT_EQ(refusal("\"abc"), "JSON at byte 4: the string has no end");
  EXPECT_EQ(refusal("nan"), "JSON at byte 0: a value was expected");
}

TEST(Json, GarbageIsRefused) {
  for (const char* const text :
       {"{", "{1: 2}", "[1 2]", "[1,]", "tru", "1 2", "\"\\x\"", "\"\\ud800\"",
        "\"\\u12\"", "\"\x01\"", "{\"a\"}"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
}

TEST(Json, DepthIsBounded) {
  EXPECT_NE(refusal(std::string(100000, '[')), "accepted");
}

}  // namespace
}  // namespace demos::support

#include "demos/pictures/trace_json.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/pictures/picture.h"
#include "demos/pictures/trace_reader.h"
#include "demos/support/json.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"
#include "tests/demos/pictures/sample.h"

namespace demos::pictures {
namespace {

using support::Json;

std::vector<Json> events(const std::string& trace, const std::string& phase) {
  const Json whole = Json::parse(trace);
  std::vector<Json> found;
  for (const Json& event : whole.at("traceEvents").array()) {
    if (event.at("ph").string() == phase) {
      found.push_back(event);
    }
  }
  return found;
}

// trace_reader.h I1
TEST(TraceReader, GivesThePictureThatWasWritten) {
  const Picture picture = sample();
  const Picture read = picture_from_trace(trace_json(picture));
  EXPECT_EQ(trace_json(read), trace_json(picture));
  EXPECT_EQ(read.panels[1].boxes, picture.panels[1].boxes);
  ASSERT_EQ(read.panels[0].slices.size(), picture.panels[0].slices.size());
  const scheduler::Slice& slice = read.panels[0].slices[0];
  EXPECT_EQ(slice.end - slice.start, std::chrono::milliseconds(4));
  EXPECT_EQ(slice.cpu, 1);
  EXPECT_TRUE(slice.switched);
  EXPECT_EQ(slice.decider, scheduler::Decider::kSystem);
}

TEST(TraceReader, KeepsEachNanosecond) {
  Picture picture = sample();
  picture.panels[0].slices[0].end =
      scheduler::TimePoint(std::chrono::nanoseconds(3'999'999));
  EXPECT_EQ(picture_from_trace(trace_json(picture)).panels[0].slices[0].end,
            picture.panels[0].slices[0].end);
}

// I1: the viewer drops slices of one row that overlap.
TEST(TraceJson, SlicesOfARowNeverOverlapAndAddUpToThePicture) {
  std::map<double, double> end_of_row;
  double running = 0;
  for (const Json& slice : events(trace_json(sample()), "X")) {
    double& end = end_of_row[slice.at("tid").number()];
    EXPECT_GE(slice.at("ts").number(), end);
    end = slice.at("ts").number() + slice.at("dur").number();
    if (slice.at("name").string() == "running") {
      running += slice.at("dur").number();
    }
  }
  EXPECT_EQ(end_of_row.size(), 5u);
  EXPECT_EQ(running, 4000 + 2000 + 3000 + 2500 + 4000);
}

TEST(TraceJson, CountsHowManyRun) {
  const auto counters = events(trace_json(sample()), "C");
  EXPECT_EQ(counters.back().at("args").at("running").number(), 0);
  double most = 0;
  for (const Json& counter : counters) {
    most = std::max(most, counter.at("args").at("running").number());
  }
  EXPECT_EQ(most, 3);
}

TEST(TraceJson, NamesEachRowAndProcessOnce) {
  std::map<std::string, int> names;
  for (const Json& name : events(trace_json(sample()), "M")) {
    ++names[name.at("name").string()];
  }
  EXPECT_EQ(names["process_name"], 3);
  EXPECT_EQ(names["thread_name"], 5);
}

TEST(TraceJson, WritesOnlyCharactersThatAViewerReads) {
  Picture picture = sample();
  picture.panels[0].lanes[0] = "\xff\x01\"\\";
  EXPECT_NE(trace_json(picture).find("\"\xef\xbf\xbd\xef\xbf\xbd\\\"\\\\\""),
            std::string::npos);
}

std::string refusal(std::string text, const std::string& from = "",
                    const std::string& to = "") {
  if (const size_t at = text.find(from); !from.empty()) {
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  }
  try {
    picture_from_trace(text);
    return "";
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
}

TEST(TraceReader, AFileThatIsNoneIsRefusedWithItsReason) {
  const std::string whole = trace_json(sample());
  EXPECT_EQ(refusal(whole), "");
  EXPECT_EQ(refusal("[").substr(0, 4), "JSON");
  const std::string no = "not a trace of a picture: ";
  EXPECT_EQ(refusal("[]"), no + "a value of the wrong kind");
  EXPECT_EQ(refusal("{}"), no + "no member \"otherData\"");
  EXPECT_EQ(refusal(whole, "\"tid\": 5, \"ts\"", "\"tid\": 6, \"ts\""),
            no + "a row that no panel has");
  EXPECT_EQ(refusal(whole, "\"name\": \"ready\"", "\"name\": \"steady\""),
            no + "\"steady\" is no state");
  EXPECT_EQ(refusal(whole, "\"ts\": 4000", "\"ts\": -4000"),
            no + "a time out of range");
  EXPECT_EQ(refusal(whole, "\"ts\": 4000", "\"ts\": 1e300"),
            no + "a time out of range");
  EXPECT_EQ(refusal(whole, "\"ts\": 4000", "\"ts\": 3999"),
            no + "two slices of a lane overlap");
  EXPECT_EQ(refusal(whole, "\"lanes\": 2", "\"lanes\": 1e9"),
            no + "a panel with no sensible number of lanes");
  EXPECT_EQ(refusal(whole, "\"unit_ns\": 1e+06", "\"unit_ns\": 0"),
            no + "a unit of no length");
}

}  // namespace
}  // namespace demos::pictures

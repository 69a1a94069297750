#include "demos/matrix/options.h"

#include <optional>
#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/runners/runner.h"
#include "gtest/gtest.h"

namespace demos::matrix {
namespace {

struct Parsed {
  Options options;
  std::optional<int> code;
};

Parsed parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "concurrency_matrix");
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  Parsed parsed;
  parsed.code =
      parse_options(static_cast<int>(argv.size()), argv.data(), parsed.options);
  return parsed;
}

TEST(Options, WithoutArgumentsEverythingIsMeasured) {
  const Parsed parsed = parse({});
  EXPECT_EQ(parsed.code, std::nullopt);
  EXPECT_EQ(chosen_experiments(parsed.options).size(), 7u);
  EXPECT_EQ(chosen_models(parsed.options).size(), runners::models().size());
  EXPECT_EQ(parsed.options.runs, 3);
}

TEST(Options, TestsAndModelsComeInTheOrderOfTheTable) {
  const Parsed parsed = parse({"--test=4,1", "--models=threads,single"});
  ASSERT_EQ(chosen_experiments(parsed.options).size(), 2u);
  EXPECT_EQ(chosen_experiments(parsed.options)[0].number, 1);
  EXPECT_EQ(chosen_experiments(parsed.options)[1].number, 4);
  ASSERT_EQ(chosen_models(parsed.options).size(), 2u);
  EXPECT_EQ(chosen_models(parsed.options)[0].name, "single");
}

TEST(Options, FiveModelsMoreAreThereForThoseWhoAsk) {
  for (const char* const model :
       {"loops", "nonblocking", "async_offload", "processes_x_threads",
        "loops_in_processes"}) {
    const Parsed parsed = parse({std::string("--models=") + model});
    ASSERT_EQ(chosen_models(parsed.options).size(), 2u) << model;
    EXPECT_EQ(chosen_models(parsed.options)[1].name, model);
  }
  const Parsed both = parse({"--models=loops,async"});
  EXPECT_EQ(chosen_models(both.options)[1].name, "async");
}

TEST(Options, OnlyOneReportTakesThePlaceOfTheTables) {
  EXPECT_EQ(parse({"--json", "--html"}).code, 2);
  EXPECT_EQ(parse({"--json", "--html=page.html"}).code, std::nullopt);
}

// I1
TEST(Options, SingleIsAlwaysMeasured) {
  const Parsed parsed = parse({"--models=threads_gil"});
  ASSERT_EQ(chosen_models(parsed.options).size(), 2u);
  EXPECT_EQ(chosen_models(parsed.options)[0].name, "single");
}

TEST(Options, NonsenseGivesExitCodeTwo) {
  for (const char* const wrong :
       {"--models=fibers", "--models=", "--test=8", "--test=0", "--n=0",
        "--n=many", "--runs=0", "--latency=-1", "--workers=0", "--speed",
        "single"}) {
    EXPECT_EQ(parse({wrong}).code, 2) << wrong;
  }
}

TEST(Options, SizesAreTheExperimentsOwnUnlessSaidOtherwise) {
  const bodies::Experiment pages = bodies::pages();
  const std::vector<bodies::World> usual = worlds_of(parse({}).options, pages);
  ASSERT_EQ(usual.size(), 1u);
  EXPECT_EQ(usual[0].items, 100);
  const std::vector<bodies::World> asked_for =
      worlds_of(parse({"--full", "--n=7", "--latency=0"}).options, pages);
  ASSERT_EQ(asked_for.size(), 1u);
  const bodies::World& asked = asked_for[0];
  EXPECT_EQ(asked.items, 7);
  EXPECT_EQ(asked.sizes.fetch_ms, 0);
  EXPECT_EQ(asked.sizes.api_ms, 0);
}

// C-186
TEST(Options, TheFullTestOfTheDocumentsIsASeriesWhereTheyHaveOne) {
  const Parsed full = parse({"--full"});
  std::vector<int> items;
  for (const bodies::World& world : worlds_of(full.options, bodies::pages())) {
    items.push_back(world.items);
    EXPECT_EQ(world.sizes.fetch_ms, 240);
  }
  EXPECT_EQ(items, (std::vector<int>{1, 10, 100, 500, 1000}));
  EXPECT_EQ(worlds_of(full.options, bodies::many_files()).size(), 1u);
}

}  // namespace
}  // namespace demos::matrix

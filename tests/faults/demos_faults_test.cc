// demos/support/ on bad days: a file that appears whole or not at all, and a
// web server that nothing ends.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "demos/support/http.h"
#include "demos/support/http_client.h"
#include "demos/support/http_server.h"
#include "demos/support/meter.h"
#include "demos/support/output_file.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "tests/faults/fault_runs.h"

namespace demos::support {
namespace {

using tests::Days;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

size_t files_in(const std::string& folder) {
  const std::filesystem::directory_iterator files(folder);
  return static_cast<size_t>(std::distance(begin(files), end(files)));
}

// output_file.h I1 I2
TEST(DemosFaults, AFileIsReplacedWholeOrLeftAsItWas) {
  const ScratchFolder folder;
  const std::string path = folder.path() + "/out.txt";
  const std::string report(10'000, 'n');
  Days({path}).run(80, [&] {
    std::ofstream(path) << "old";
    try {
      OutputFile file(path);
      file.publish(report);
      EXPECT_TRUE(text_of(path) == report);
    } catch (const std::system_error&) {
      EXPECT_EQ(text_of(path), "old");
      EXPECT_EQ(files_in(folder.path()), 1u);
      throw;
    }
    EXPECT_EQ(files_in(folder.path()), 1u);
  });
}

// meter.h I2
TEST(DemosFaults, AMeasuredChildGivesItsWholeOutputOrIsNotLeftBehind) {
  const std::string output(100'000, 'o');
  Days({"pipe2", "fork", "pidfd_open", "open(/proc)"}).run(100, [&] {
    const Measured measured = measure([&] { return output; });
    EXPECT_TRUE(measured.output == output) << measured.output.size();
  });
}

// Nothing if the child that was to serve could not; it has said why.
std::optional<HttpServer> started_server() {
  try {
    return std::optional<HttpServer>(std::in_place,
                                     ServerSettings{.body_bytes = 30'000});
  } catch (const std::system_error&) {
    throw;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

// The answer; empty if client or server had a reset or a shortage. A cut one is
// no HTTP.
std::string answer_of(const HttpServer& server) {
  try {
    const Response response =
        http_get(server.port(), "/item", scheduler::seconds(20));
    return response.status == 200 ? response.body : "";
  } catch (const std::system_error&) {
    return "";
  } catch (const std::invalid_argument&) {
    return "";
  }
}

// http_server.h I3
TEST(DemosFaults, AServerAnswersInTheEndWhateverCameInBetween) {
  const std::string expected = body_for("/item", 30'000);
  Days({"pipe2", "fork", "pidfd_open", "read"}).run(24, [&] {
    const std::optional<HttpServer> server = started_server();
    if (!server) {
      return;
    }
    std::string answer;
    while (answer.empty()) {
      answer = answer_of(*server);
    }
    EXPECT_TRUE(answer == expected) << answer.size();
  });
}

}  // namespace
}  // namespace demos::support

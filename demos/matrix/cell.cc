#include "demos/matrix/cell.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "demos/support/machine.h"
#include "ipc/codec.h"
#include "scheduler/clock.h"

namespace demos::matrix {

namespace {

// What the child sends: seconds, CPU seconds, values, events.
using Message = std::tuple<double, double, std::vector<bodies::Value>,
                           std::vector<std::vector<scheduler::Event>>>;

// Whether the server, too, may be out of descriptors: it has one for each
// client and a few of its own.
bool server_may_be_full(const runners::Job& job) {
  constexpr int kItsOwn = 16;
  return job.experiment->needs_server &&
         job.world.items + kItsOwn > support::descriptor_limit();
}

// A client whom the server turns away learns only that the connection is gone.
// The reason is in the server's own line; the cure must be in ours.
runners::Outcome run_items(const runners::Model& model,
                           const runners::Job& job) {
  try {
    return model.run(job);
  } catch (const std::exception& error) {
    const bool has_cure = support::explained(error) != error.what();
    if (has_cure || !server_may_be_full(job)) {
      throw;
    }
    throw std::runtime_error(std::string(error.what()) +
                             ": the server could not serve so many at a time " +
                             support::about_descriptor_limit());
  }
}

std::string run_in_child(const runners::Model& model, const runners::Job& job) {
  support::raise_descriptor_limit();
  auto& clock = scheduler::SteadyClock::instance();
  const auto start = clock.now();
  const auto cpu_at_start = support::process_cpu_time();
  runners::Outcome outcome = run_items(model, job);
  const auto cpu = support::process_cpu_time() - cpu_at_start;
  const Message message(scheduler::in_seconds(clock.now() - start),
                        scheduler::in_seconds(cpu), std::move(outcome.values),
                        std::move(outcome.events));
  const ipc::Bytes bytes = ipc::encode(message);
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// A folder that is empty at the start and gone at the end of a cell.
class CellFolder {
 public:
  explicit CellFolder(const std::string& parent) : path_(parent + "/cell") {
    std::filesystem::create_directory(path_);
  }
  CellFolder(const CellFolder&) = delete;
  CellFolder& operator=(const CellFolder&) = delete;
  ~CellFolder() {
    std::error_code nobody_to_tell;
    std::filesystem::remove_all(path_, nobody_to_tell);
  }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

}  // namespace

Cell run_cell(const runners::Model& model, runners::Job job,
              const std::string& folder) {
  const CellFolder own(folder);
  job.world.folder = own.path();
  const bodies::Experiment& experiment = *job.experiment;
  try {
    experiment.prepare(job.world);
    support::Measured measured =
        support::measure([&] { return run_in_child(model, job); });
    Cell cell;
    cell.usage = measured.usage;
    std::tie(cell.seconds, cell.cpu_seconds, cell.outcome.values,
             cell.outcome.events) =
        ipc::decode<Message>(std::as_bytes(std::span(measured.output)));
    cell.remark = experiment.check(job.world, cell.outcome.values);  // [I1]
    return cell;
  } catch (const std::exception& error) {
    throw std::runtime_error("TEST " + std::to_string(experiment.number) + " " +
                             std::string(model.name) + ": " +
                             support::explained(error));
  }
}

support::Usage empty_cell() {
  return support::measure([] {
           scheduler::SteadyClock::instance().sleep_for(
               scheduler::seconds(0.05));  // long enough to be looked at
           return std::string();
         })
      .usage;
}

support::Spread seconds_of_empty_cells() {
  constexpr int kTimes = 5;
  const auto& clock = scheduler::SteadyClock::instance();
  std::vector<double> seconds;
  for (int i = 0; i < kTimes; ++i) {
    const auto start = clock.now();
    support::measure([] { return std::string(); });
    seconds.push_back(scheduler::in_seconds(clock.now() - start));
  }
  return support::spread_of(std::move(seconds));
}

}  // namespace demos::matrix

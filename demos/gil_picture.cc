#include "demos/gil_picture.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "scheduler/gantt.h"

namespace demos {

using gil_sim::GilEvent;
using scheduler::Duration;
using What = GilEvent::What;

namespace {

constexpr int kColumns = 72;

}  // namespace

GilRun::GilRun(std::vector<gil_sim::GilThread> them,
               const gil_sim::GilModelOptions& options)
    : threads(std::move(them)),
      events(run_gil_model(threads, options, clock, timeline)) {}

std::vector<GilRun::Request> GilRun::requests() const {
  std::vector<Request> all;
  const GilEvent* ask = nullptr;
  for (const GilEvent& event : events) {
    if (event.what == What::kAsk) {
      ask = &event;
    } else if (event.what == What::kDrop && ask != nullptr) {
      all.push_back({ask->thread, ask->time, event.thread, event.time});
      ask = nullptr;
    }
  }
  return all;
}

Duration GilRun::longest(What from, What to,
                         std::optional<size_t> thread) const {
  Duration most{};
  Duration since{};
  for (const GilEvent& event : events) {
    if (thread && event.thread != *thread) {
      continue;
    }
    if (event.what == to) {
      most = std::max(most, event.time - since);
    }
    if (event.what == from) {
      since = event.time;
    }
  }
  return most;
}

int GilRun::takes() const {
  return static_cast<int>(std::count_if(
      events.begin(), events.end(),
      [](const GilEvent& event) { return event.what == What::kTake; }));
}

std::string GilRun::holders() const {
  std::string names;
  for (const GilEvent& event : events) {
    if (event.what == What::kTake) {
      names += threads[event.thread].name;
    }
  }
  return names;
}

bool GilRun::has_one_holder() const {
  std::optional<size_t> holder;
  for (const GilEvent& event : events) {
    if (event.what == What::kTake) {
      if (holder) {
        return false;
      }
      holder = event.thread;
    } else if (event.what == What::kDrop) {
      if (holder != event.thread) {
        return false;
      }
      holder.reset();
    }
  }
  return true;
}

std::string picture_of(const std::string& title, const GilRun& run) {
  std::vector<std::string> names = run.timeline.lanes();
  // Lanes without bars: they get no row, but their names are made room for.
  names.insert(names.end(), {"asks", "drops"});
  size_t label = 0;
  for (const std::string& name : names) {
    label = std::max(label, name.size());
  }
  // As wide as those of the chart.
  const Duration column =
      (run.events.back().time + Duration(kColumns - 1)) / kColumns;
  std::string asks(kColumns, ' ');
  std::string drops(kColumns, ' ');
  const auto mark = [&](std::string& row, Duration time, size_t thread) {
    row[static_cast<size_t>(std::min<int64_t>(time / column, kColumns - 1))] =
        run.threads[thread].name.front();
  };
  for (const GilRun::Request& request : run.requests()) {
    mark(asks, request.asked, request.asker);
    mark(drops, request.dropped, request.holder);
  }
  const auto row = [&](const std::string& name, const std::string& letters) {
    return name + std::string(label - name.size(), ' ') + " |" + letters +
           "|\n";
  };
  return title + "\n" +
         scheduler::draw_gantt(names, run.timeline.slices(), kColumns) +
         row("asks", asks) + row("drops", drops) + "\n";
}

}  // namespace demos

#include "scheduler/gantt.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace scheduler {

namespace {

constexpr std::array<char, 5> kLetters = {'#', '-', '.', 'L', 'g'};

// A time as a reader would say it: "1.5 s", "20 ms", "3 us".
std::string text_of(Duration duration) {
  const double value = in_seconds(duration);
  char text[32];
  if (value >= 1) {
    std::snprintf(text, sizeof text, "%.3g s", value);
  } else if (value >= 1e-3) {
    std::snprintf(text, sizeof text, "%.3g ms", value * 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.3g us", value * 1e6);
  }
  return text;
}

// The columns of one lane.
class Row {
 public:
  Row(TimePoint first, Duration column, int width)
      : first_(first), column_(column), shares_(static_cast<size_t>(width)) {}

  // Spreads a bar over the columns it touches.
  void add(const Slice& slice) {
    const auto from = index_of(slice.start);
    const auto to = index_of(slice.end);
    for (auto i = from; i <= to; ++i) {
      const TimePoint start = first_ + column_ * static_cast<int64_t>(i);
      const Duration share =
          std::min(slice.end, start + column_) - std::max(slice.start, start);
      shares_[i][static_cast<size_t>(slice.state)] +=
          std::max(share, Duration::zero());
    }
    if (slice.switched && slice.state == LaneState::kRunning && to > from + 1) {
      marks_.emplace_back(to - (slice.end == first_ + column_ * to ? 1 : 0),
                          slice.decider == Decider::kSystem ? '!' : '|');
    }
  }

  std::string text() const {
    std::string row(shares_.size(), ' ');
    for (size_t i = 0; i < shares_.size(); ++i) {
      const auto most = std::max_element(shares_[i].begin(), shares_[i].end());
      if (*most > Duration::zero()) {
        row[i] = kLetters[static_cast<size_t>(most - shares_[i].begin())];
      }
    }
    for (const auto& [column, mark] : marks_) {
      row[column] = mark;
    }
    return row;
  }

 private:
  size_t index_of(TimePoint time) const {
    const auto index = static_cast<size_t>((time - first_) / column_);
    return std::min(index, shares_.size() - 1);
  }

  const TimePoint first_;
  const Duration column_;
  std::vector<std::array<Duration, kLetters.size()>> shares_;
  std::vector<std::pair<size_t, char>> marks_;
};

}  // namespace

char gantt_letter(LaneState state) {
  return kLetters[static_cast<size_t>(state)];
}

std::string gantt_legend() {
  return "# running  - ready  . waiting  L waits for a lock  g wants the GIL  "
         "! forced switch  | own switch  x ended";
}

std::string draw_gantt(const std::vector<std::string>& names,
                       const std::vector<Slice>& slices, int width) {
  if (slices.empty()) {
    return "";
  }
  width = std::max(width, 10);
  TimePoint first = slices.front().start;
  TimePoint last = slices.front().end;
  for (const Slice& slice : slices) {
    first = std::min(first, slice.start);
    last = std::max(last, slice.end);
  }
  // Rounded up, so that the last instant still falls into the last column.
  const Duration column =
      std::max((last - first + Duration(width - 1)) / width, Duration(1));

  std::vector<Row> rows(names.size(), Row(first, column, width));
  std::vector<TimePoint> ends(names.size(), first);
  for (const Slice& slice : slices) {
    rows[slice.lane].add(slice);
    ends[slice.lane] = std::max(ends[slice.lane], slice.end);
  }

  size_t label = 0;
  for (const std::string& name : names) {
    label = std::max(label, name.size());
  }
  std::string scale = "0";
  const std::string total = text_of(last - first);
  scale.append(static_cast<size_t>(
                   std::max(1, width - 1 - static_cast<int>(total.size()))),
               ' ');
  std::string text = std::string(label + 2, ' ') + scale + total + "\n";
  for (size_t lane = 0; lane < names.size(); ++lane) {
    std::string row = rows[lane].text();
    if (row.find_first_not_of(' ') == std::string::npos) {
      continue;  // nothing recorded for this lane
    }
    // Behind its last slice; at the right edge there is no place for it.
    if (const size_t end = row.find_last_not_of(' ') + 1;
        end < row.size() && ends[lane] < last) {
      row[end] = 'x';
    }
    text += names[lane] + std::string(label - names[lane].size(), ' ') + " |" +
            row + "|\n";
  }
  return text;
}

}  // namespace scheduler

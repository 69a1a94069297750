// demos/figures.cc - the pictures that the documents lost, drawn from runs.
//
// Where the documents have a drawing, or a place for one, this program has a
// run: it is recorded and drawn as a chart for the terminal, as a drawing
// (SVG), as a page with a slider and buttons that go through the run moment by
// moment (HTML), or as a trace for ui.perfetto.dev. [C-006] [C-128] [C-204]
// [C-207] [C-212] [C-215] [C-216] [C-217] [C-218] [C-219] [C-220] [C-222]
// [C-223] [C-224]
//
//   bazel run //demos:figures -- --list
//   bazel run //demos:figures -- --figure=F1,F2
//   bazel run //demos:figures -- --figure=F3 --format=html --out=f3.html
//   bazel run //demos:figures -- --format=svg,trace --out=FOLDER
//   bazel run //demos:figures -- --from=f3.json --format=svg --out=f3.svg
//
// Predict, before F1 is drawn: which of the three panels is the longest?
// Expected: charts, and last lines such as
//   VERDICT C-128 found: ...
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "demos/figures_control.h"
#include "demos/figures_live.h"
#include "demos/figures_on_loop.h"
#include "demos/figures_simulated.h"
#include "demos/figures_verdicts.h"
#include "demos/pictures/ascii.h"
#include "demos/pictures/html_page.h"
#include "demos/pictures/picture.h"
#include "demos/pictures/svg.h"
#include "demos/pictures/trace_json.h"
#include "demos/pictures/trace_reader.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/output_file.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"

namespace demos {
namespace {

using pictures::Picture;
using support::print;

struct Figure {
  const char* name;
  Picture (*draw)();
  const char* run_by;
  const char* shows;
};

constexpr Figure kFigures[] = {
    {"F1", draw_cpu_work, "simulator", "work for the CPU, three models"},
    {"F2", draw_waits, "simulator, loop", "work that waits, three models"},
    {"F3", draw_turns, "simulator", "concurrency beside parallelism"},
    {"F4", draw_containers, "processes", "one and many, processes and threads"},
    {"F5", draw_choice, "the rule", "which model to choose; has no trace"},
    {"ladder", draw_ladder, "generator", "a call beside a coroutine"},
    {"breakfast", draw_breakfast, "loop", "one cook, in a quarter of an hour"},
    {"kitchens", draw_kitchens, "simulator", "ten dishes, four ways"},
    {"pool", draw_pool, "simulator", "a pool and two shovels, four ways"},
    {"three_operations", draw_three_operations, "loop",
     "in a row and together"},
    {"sixteen", draw_sixteen, "processes", "sixteen tasks, five ways"},
};

const std::vector<std::string> kFormats = {"ascii", "svg", "html", "trace"};
constexpr const char* kStandardOutput = "-";

struct Options {
  std::vector<std::string> figures;
  std::vector<std::string> formats = {"ascii"};
  std::string out = kStandardOutput;
  std::string from;
  bool list = false;

  bool into_folder() const {
    return out != kStandardOutput && std::filesystem::is_directory(out);
  }
};

// What can be refused before anything is run; a sentence, or nothing.
std::string refusal(const Options& options) {
  const size_t pictures = options.from.empty() ? options.figures.size() : 1;
  const std::string& format = options.formats.front();
  if (!options.from.empty() && options.into_folder()) {
    return "--from: its picture needs a file name; accepted with it: "
           "--out=FILE";
  }
  if (!options.into_folder() && options.formats.size() > 1) {
    return "--format: several in one file; accepted: one of them, or "
           "--out=FOLDER with a folder that exists";
  }
  if (!options.into_folder() && pictures > 1 &&
      (format == "svg" || format == "trace")) {
    return "--format=" + format +
           ": one picture in a file; accepted: one --figure, or --out=FOLDER "
           "with a folder that exists";
  }
  if (options.figures == std::vector<std::string>{"F5"} &&
      options.from.empty() && format == "trace") {
    return "--format=trace: F5 takes no time; accepted: ascii, svg, html";
  }
  return "";
}

std::string drawn(const std::vector<Picture>& pictures,
                  const std::string& format) {
  if (format == "html") {
    return html_page("Pictures from runs", pictures);
  }
  std::string text;
  for (const Picture& picture : pictures) {
    text += format == "svg"     ? svg_file(picture)
            : format == "trace" ? trace_json(picture)
                                : ascii_text(picture);
  }
  return text;
}

std::string ending_of(const std::string& format) {
  return format == "ascii" ? "txt" : format == "trace" ? "json" : format;
}

std::string files_written(int count) {
  return std::to_string(count) + (count == 1 ? " file" : " files") +
         " written\n";
}

// Each picture in each format; the names are those of kFigures.
void write_folder(const Options& options,
                  const std::vector<Picture>& pictures) {
  int files = 0;
  std::string without_trace;
  for (const Picture& picture : pictures) {
    for (const std::string& format : options.formats) {
      if (format == "trace" && picture.panels.empty()) {
        without_trace += picture.name + " takes no time: no trace of it\n";
        continue;
      }
      support::OutputFile file(options.out + "/" + picture.name + "." +
                               ending_of(format));
      file.publish(drawn({picture}, format));
      ++files;
    }
  }
  print(files_written(files) + without_trace);
}

std::vector<Picture> run_figures(const Options& options) {
  std::vector<Picture> pictures;
  for (const std::string& name : options.figures) {
    const auto figure =
        std::find_if(std::begin(kFigures), std::end(kFigures),
                     [&](const Figure& each) { return each.name == name; });
    pictures.push_back(figure->draw());
    support::throw_if_interrupted();
  }
  return pictures;
}

// What was kept of an earlier run.
Picture read_trace(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  try {
    text.assign(std::istreambuf_iterator<char>(file), {});
  } catch (const std::ios_base::failure&) {
    // A folder can be opened, but not read.
  }
  if (!file || text.empty()) {
    throw std::invalid_argument("cannot be read, or is empty");
  }
  return pictures::picture_from_trace(text);
}

// `file` is where the pictures go, or null.
void show(const Options& options, const std::vector<Picture>& pictures,
          support::OutputFile* file) {
  support::Verdicts verdicts;
  if (options.from.empty()) {
    for (const Picture& picture : pictures) {
      judge(picture, verdicts);
    }
  }
  const std::string& format = options.formats.front();
  if (options.into_folder()) {
    write_folder(options, pictures);
  } else if (file != nullptr) {
    file->publish(drawn(pictures, format));
    print(files_written(1));
  } else {
    print(drawn(pictures, format));
    if (format != "ascii") {
      return;  // a verdict is no part of a drawing
    }
  }
  print(verdicts.text());
}

std::string list() {
  support::Table table({"figure", "run by"});
  for (const Figure& figure : kFigures) {
    table.add({figure.name, figure.run_by}, figure.shows);
  }
  return table.text();
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("figures", [&] {
    const support::InterruptScope interrupts;
    Options options;
    for (const Figure& figure : kFigures) {
      options.figures.emplace_back(figure.name);
    }
    support::Flags flags("figures", "the pictures of the course, from runs");
    flags.toggle("list", &options.list, "say what there is");
    flags.choices("figure", &options.figures, options.figures, "which to run");
    flags.choices("format", &options.formats, kFormats, "how to draw them");
    flags.file("out", &options.out,
               "where to; in a folder, a file for each figure and format");
    flags.parsed(
        "from", "FILE",
        [&](std::string_view path) {
          if (path.empty()) {
            throw std::invalid_argument("accepted: a path");
          }
          options.from = support::resolved_path(path);
        },
        "draw what was kept by --format=trace, run nothing", "a path",
        "figures are run");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    if (options.list) {
      print(list());
      return 0;
    }
    if (const std::string why = refusal(options); !why.empty()) {
      std::cerr << "figures: " + why + "\n";
      return 2;
    }
    // Opened before anything is run, so that a wrong path costs no time.
    std::optional<support::OutputFile> file;
    if (options.out != kStandardOutput && !options.into_folder()) {
      file.emplace(options.out);
    }
    support::OutputFile* const to = file ? &*file : nullptr;
    if (options.from.empty()) {
      show(options, run_figures(options), to);
      return 0;
    }
    try {
      show(options, {read_trace(options.from)}, to);
    } catch (const std::invalid_argument& refused) {
      std::cerr << "figures: --from=" + options.from + ": " + refused.what() +
                       "\n";
      return 2;
    }
    return 0;
  });
}

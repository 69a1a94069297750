// demos/bodies/step.h - everything a body can ask of the world, on one page.
//
// CONCEPT     A body is written once and runs under five models. So it never
//             blocks by itself: it *yields what it wants* - a time to pass, a
//             page, something done to a file - and stands still until it is
//             sent the answer. What a wait is (a blocked thread, a suspended
//             coroutine) is the runner's business.
//
//               body    co_yield fetch("/item/7")  ---.        .--> goes on
//               runner                   blocks, or awaits ... the page
//
//             Between two steps a body computes. Where that takes long it
//             yields check points, at which a lock may change hands: the
//             places where an interpreter would look.
// IN PYTHON   the traps of a coroutine; `yield` in a generator-based one
// INVARIANTS  I1. A step is performed once, and before the body goes on.
// THREADS     A body may be driven by any thread, one at a time.
// OWNERSHIP   A step borrows the File, which is a local of the body.
// ERRORS      What a step throws ends the body; it is thrown at its runner.
// LEFT OUT    Sending an error into the body: none of ours would handle it.
// READ NEXT   demos/bodies/experiment.h
#ifndef DEMOS_BODIES_STEP_H_
#define DEMOS_BODIES_STEP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "demos/bodies/file.h"
#include "loop/generator.h"
#include "scheduler/clock.h"

namespace demos::bodies {

struct CheckPoint {};
struct Sleep {
  scheduler::Duration duration;
};
struct Fetch {
  std::string target;
};
struct FileStep {
  enum class Verb { kOpenToRead, kOpenToAppend, kWrite, kRead, kClose };
  Verb verb;
  File* file;
  std::string text;  // the path, or what is written
};

using Step = std::variant<CheckPoint, Sleep, Fetch, FileStep>;

// The page that was fetched, the text that was read; empty otherwise.
using Answer = std::string;

// A number that is the same whenever an item went right.
using Value = uint64_t;

using Body = loop::Generator<Step, Answer, Value>;

// Steps come out of functions and are not written as braced temporaries in a
// co_yield: g++ 12 destroys such temporaries twice.
inline Step check_point() {
  return CheckPoint{};
}
inline Step sleep(scheduler::Duration duration) {
  return Sleep{duration};
}
inline Step fetch(std::string target) {
  return Fetch{std::move(target)};
}
inline Step open_to_read(File& file, std::string path) {
  return FileStep{FileStep::Verb::kOpenToRead, &file, std::move(path)};
}
inline Step open_to_append(File& file, std::string path) {
  return FileStep{FileStep::Verb::kOpenToAppend, &file, std::move(path)};
}
inline Step write(File& file, std::string text) {
  return FileStep{FileStep::Verb::kWrite, &file, std::move(text)};
}
inline Step read(File& file) {
  return FileStep{FileStep::Verb::kRead, &file, ""};
}
inline Step close(File& file) {
  return FileStep{FileStep::Verb::kClose, &file, ""};
}

// Does it, blocking the calling thread.
Answer perform(const FileStep& step);

// May it block? A write that stays in the file's buffer does not.
bool blocks(const FileStep& step);

// Numbers every page and text so that a wrong one is noticed (FNV-1a).
Value checksum(std::string_view text);

}  // namespace demos::bodies

#endif  // DEMOS_BODIES_STEP_H_

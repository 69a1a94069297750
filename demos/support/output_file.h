// demos/support/output_file.h - a file that appears whole or not at all.
//
// CONCEPT     A report takes a minute to come about. Opening its file first
//             would empty what stood there before, and Ctrl-C would leave it
//             empty. So a draft is opened beside it - which tells at once
//             whether the path is any good - and takes its name when all is
//             written: renaming is one step of the system.
//
//               out.json.4711.part --write--> whole --rename--> out.json
//                       '-- the end of the object, if there was no rename
//
// IN PYTHON   tempfile.NamedTemporaryFile(dir=...), os.replace
// INVARIANTS  I1. Until publish() returns, the path holds what it held before.
//             I2. When the object is gone, so is the draft.
// THREADS     One.
// OWNERSHIP   Owns the draft.
// ERRORS      std::system_error that begins with the path, if it cannot be
//             written.
// LEFT OUT    Power cuts (fsync), and SIGKILL, which leaves the draft. A device
//             or a pipe cannot be replaced: it is opened and written as it is.
// READ NEXT   demos/concurrency_matrix.cc
#ifndef DEMOS_SUPPORT_OUTPUT_FILE_H_
#define DEMOS_SUPPORT_OUTPUT_FILE_H_

#include <string>
#include <string_view>

#include "os/unique_fd.h"

namespace demos::support {

class [[nodiscard]] OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  // Once: `text` is the whole file.
  void publish(std::string_view text);

 private:
  void open_draft();

  const std::string path_;  // as it was given, for errors
  std::string target_;      // behind all symbolic links
  std::string draft_;       // empty if there is none, or none any more [I2]
  os::UniqueFd fd_;
};

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_OUTPUT_FILE_H_

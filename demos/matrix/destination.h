// demos/matrix/destination.h - where a report goes, if it is wanted.
//
// CONCEPT     A report is given a file, or the standard output; there it takes
//             the place of the tables. Its file is opened before anything is
//             measured: a wrong path should cost no minute.
// IN PYTHON   argparse.FileType("w")
// INVARIANTS  I1. What stood in the file stays until publish() has all of the
//                 new text there (demos/support/output_file.h).
// THREADS     One.
// OWNERSHIP   Owns the file.
// ERRORS      open() tells in one line why a path is refused. publish():
//             std::system_error, as OutputFile and print() throw it.
// READ NEXT   demos/concurrency_matrix.cc
#ifndef DEMOS_MATRIX_DESTINATION_H_
#define DEMOS_MATRIX_DESTINATION_H_

#include <optional>
#include <string>

#include "demos/support/output_file.h"

namespace demos::matrix {

class Destination {
 public:
  // `path` is a file, "-" for the standard output, or empty.
  Destination(std::string flag, std::string path);

  bool wanted() const { return !path_.empty(); }
  bool is_standard_output() const { return path_ == "-"; }

  // False if the path is refused, and told.
  bool open();
  // Once, and only if it is wanted.
  void publish(const std::string& text);

 private:
  const std::string flag_;
  const std::string path_;
  std::optional<support::OutputFile> file_;
};

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_DESTINATION_H_

// demos/lifecycle_programs.h - a file at rest, and the processes it becomes.
#ifndef DEMOS_LIFECYCLE_PROGRAMS_H_
#define DEMOS_LIFECYCLE_PROGRAMS_H_

namespace demos {

// /bin/sleep started twice. [C-020]
void show_one_file_twice();

// tr(1) between two pipes. [C-213]
void show_input_and_output();

}  // namespace demos

#endif  // DEMOS_LIFECYCLE_PROGRAMS_H_

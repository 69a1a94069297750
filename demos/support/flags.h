// demos/support/flags.h - "--name=value" into variables, or one line that says
// what is accepted.
//
// CONCEPT     A demo declares each flag with the variable it fills, the values
//             that make sense, and a sentence. From this one declaration come
//             the parser, the check and the text of --help, so they cannot
//             disagree. A wrong flag never starts a demo half-way: it costs
//             one line and exit code 2.
// IN PYTHON   argparse
// INVARIANTS  I1. When parse() gives no exit code, every variable holds a value
//                 that its flag accepts.
//             I2. A variable whose flag is not given keeps what it held.
// THREADS     One.
// OWNERSHIP   Borrows the variables until parse() has returned.
// ERRORS      parse() writes the line and gives the exit code. It throws only
//             what print() throws, for the text of --help.
// LEFT OUT    Short flags, "--name value" with a space, abbreviations: one
//             spelling is enough to read a lesson's command.
// READ NEXT   demos/support/report.h
#ifndef DEMOS_SUPPORT_FLAGS_H_
#define DEMOS_SUPPORT_FLAGS_H_

#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace demos::support {

class Flags {
 public:
  // `program` starts every error line; `purpose` is the first line of --help.
  Flags(std::string program, std::string purpose);

  // --name=7, from `low` to `high`. The default that --help shows is what the
  // variable holds now, or `unless_given` where that stands for something else.
  void number(std::string name, int* value, int low, int high,
              std::string meaning, std::string unless_given = "");
  // --name=10.6, from `low` to `high`.
  void decimal(std::string name, double* value, double low, double high,
               std::string meaning, std::string unless_given = "");
  // --name=0,1,2 and --name=5,0.1: several of them, in the order given,
  // sixty-four at most.
  void numbers(std::string name, std::vector<int>* values, int low, int high,
               std::string meaning, std::string unless_given = "");
  void decimals(std::string name, std::vector<double>* values, double low,
                double high, std::string meaning);
  // --name, off unless given.
  void toggle(std::string name, bool* value, std::string meaning);
  // --name=a,b: some of `accepted`, in the order given and without repetition.
  void choices(std::string name, std::vector<std::string>* value,
               std::vector<std::string> accepted, std::string meaning,
               std::string unless_given = "");
  // --name or --name=FILE. Without '=' it is "-", the standard output; an empty
  // FILE is refused. A relative one is resolved against the folder where the
  // user stood.
  void file(std::string name, std::string* value, std::string meaning);

  // --name=SHAPE, given to `read`, which stores it or throws
  // std::invalid_argument with the sentence that refuses it.
  void parsed(std::string name, std::string shape,
              std::function<void(std::string_view)> read, std::string meaning,
              std::string accepted, std::string unless_given);

  // What stands on the command line without dashes, each word given to `read`
  // as above. `shape` is what --help calls them: "VALUES".
  void words(std::string shape, std::function<void(std::string_view)> read,
             std::string meaning, std::string unless_given);

  // Reads the arguments (without the program's name). Nothing: go on. A number:
  // leave main() with it; --help gives 0, anything refused gives 2. [I1]
  std::optional<int> parse(std::span<const char* const> arguments,
                           std::ostream& out, std::ostream& error) const;
  // The same for main()'s own arguments and the standard streams.
  std::optional<int> parse(int argc, char** argv) const;

  std::string help() const;

 private:
  // Stores a value, or gives the sentence that refuses it.
  using Store = std::function<std::optional<std::string>(std::string_view)>;
  enum class Value { kNone, kNeeded, kOptional };
  struct Flag {
    std::string name;
    std::string shape;  // "=N", as --help shows it
    std::string meaning;
    std::string accepted;      // a range; empty where there is no value
    std::string unless_given;  // the default
    Value value;
    Store store;
  };
  void add(Flag flag);
  // `read` as a store: its exception is the sentence.
  static Store stored_by(std::function<void(std::string_view)> read);
  // The sentence that refuses `argument`, or nothing once it is stored.
  std::optional<std::string> take(std::string_view argument) const;

  const std::string program_;
  const std::string purpose_;
  std::vector<Flag> flags_;
  std::optional<Flag> words_;  // what needs no name
};

// `path` as the user meant it: `bazel run` starts a program in another folder
// and leaves the user's own in BUILD_WORKING_DIRECTORY.
std::string resolved_path(std::string_view path);

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_FLAGS_H_

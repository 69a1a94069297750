#include "demos/support/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "os/io.h"
#include "os/syscall.h"

namespace demos::support {

OutputFile::OutputFile(const std::string& path) : path_(path), target_(path) {
  std::error_code unresolved;  // a link to nothing is replaced itself
  const auto resolved = std::filesystem::canonical(path, unresolved);
  if (!unresolved) {
    target_ = resolved.string();
  }
  struct stat old {};
  const bool exists = stat(target_.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    // Of a folder it is this call that tells why not.
    fd_.reset(
        os::check(os::syscalls.open(target_.c_str(), O_WRONLY | O_CLOEXEC, 0),
                  path_.c_str()));
    return;
  }
  if (exists) {
    // Renaming asks the folder only, and would replace what is write-protected.
    os::check(access(target_.c_str(), W_OK), path_.c_str());
  }
  open_draft();
  if (exists) {
    fchmod(fd_.get(), old.st_mode & 07777);  // of our own file: cannot fail
  }
}

OutputFile::~OutputFile() {
  if (!draft_.empty()) {
    unlink(draft_.c_str());
  }
}

// O_EXCL: in a folder that others may write to, the name could be a link of
// theirs that leads elsewhere.
void OutputFile::open_draft() {
  const std::string draft = target_ + "." + std::to_string(getpid()) + ".part";
  fd_.reset(os::check(
      os::syscalls.open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                        0666),
      path_.c_str()));
  draft_ = draft;
}

void OutputFile::publish(std::string_view text) {
  assert(fd_ && "a file is published once");
  try {
    os::write_all(fd_.get(), os::bytes_of(text));
    // A late write error shows itself here.
    os::check(os::syscalls.close(fd_.release()), "close");
    if (!draft_.empty()) {
      os::check(std::rename(draft_.c_str(), target_.c_str()), "rename");
      draft_.clear();
    }
  } catch (const std::system_error& refused) {
    os::throw_error(refused.code().value(), path_.c_str());
  }
}

}  // namespace demos::support

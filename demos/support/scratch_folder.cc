#include "demos/support/scratch_folder.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "os/syscall.h"

namespace demos::support {

ScratchFolder::ScratchFolder() : owner_(getpid()) {
  const char* const given = std::getenv("TMPDIR");
  // Set but empty means unset, as everywhere; it is not the root folder.
  const std::string parent =
      given != nullptr && *given != '\0' ? given : "/tmp";
  const std::string pattern = parent + "/demos.XXXXXX";
  path_ = pattern;
  if (mkdtemp(path_.data()) == nullptr) {
    os::throw_errno(("mkdtemp(" + pattern + ")").c_str());
  }
}

ScratchFolder::~ScratchFolder() {
  if (getpid() == owner_) {  // [I1]
    std::error_code nobody_to_tell;
    std::filesystem::remove_all(path_, nobody_to_tell);
  }
}

}  // namespace demos::support

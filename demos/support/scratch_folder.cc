#include "demos/support/scratch_folder.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "os/syscall.h"

namespace demos::support {

ScratchFolder::ScratchFolder() : owner_(getpid()) {
  const char* const parent = std::getenv("TMPDIR");
  path_ = std::string(parent != nullptr ? parent : "/tmp") + "/demos.XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) {
    os::throw_errno("mkdtemp");
  }
}

ScratchFolder::~ScratchFolder() {
  if (getpid() == owner_) {  // [I1]
    std::error_code nobody_to_tell;
    std::filesystem::remove_all(path_, nobody_to_tell);
  }
}

}  // namespace demos::support

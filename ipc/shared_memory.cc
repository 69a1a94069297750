#include "ipc/shared_memory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <random>

#include "os/syscall.h"

namespace ipc {

namespace {

constexpr const char* kFolder = "/dev/shm";

std::string path_of(const std::string& name) {
  if (!can_name_shared_memory(name)) {
    os::throw_error(EINVAL, "shared memory name");
  }
  return std::string(kFolder) + "/" + name;
}

// Not the pid: in containers many programs are number 12, and a stranger who
// guesses the name could take it first. [I4]
std::string random_name() {
  std::random_device dice;
  return "ipc_" + std::to_string(dice()) + "_" + std::to_string(dice());
}

os::UniqueFd nameless_file() {
  return os::UniqueFd(os::check(os::retry_on_eintr([] {
                                  return os::syscalls.open(
                                      kFolder, O_TMPFILE | O_RDWR | O_CLOEXEC,
                                      S_IRUSR | S_IWUSR);  // [I4]
                                }),
                                "open(/dev/shm)"));
}

// Gives the file its name, if nobody has it.
void publish(const os::UniqueFd& file, const std::string& path) {
  const std::string now = "/proc/self/fd/" + std::to_string(file.get());
  os::check(
      linkat(AT_FDCWD, now.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW),
      "linkat(/dev/shm)");
}

}  // namespace

bool can_name_shared_memory(const std::string& name) {
  // With a slash it would be somebody else's file, anywhere on the machine.
  return !name.empty() && name != "." && name != ".." &&
         name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

SharedMemory SharedMemory::create(
    std::string name, size_t size,
    const std::function<void(std::span<std::byte>)>& fill) {
  if (name.empty()) {
    name = random_name();
  }
  const std::string path = path_of(name);
  if (size == 0 ||
      size > static_cast<size_t>(std::numeric_limits<off_t>::max())) {
    os::throw_error(EINVAL, "shared memory size");
  }
  const os::UniqueFd file = nameless_file();
  os::check(os::retry_on_eintr([&] {
              return os::syscalls.fallocate(file.get(), 0, 0,
                                            static_cast<off_t>(size));
            }),
            "fallocate(/dev/shm)");  // [I2]
  os::Mapping mapping = os::Mapping::of_file(file.get(), size);
  if (fill) {
    fill(mapping.bytes());
  }
  publish(file, path);  // [I1]
  return SharedMemory(std::move(name), std::move(mapping), getpid());
}

SharedMemory SharedMemory::attach(std::string name) {
  const std::string path = path_of(name);
  // Everybody may put a link into the folder, to a file that we would not
  // write to.
  const os::UniqueFd file(os::check(os::retry_on_eintr([&] {
                                      return os::syscalls.open(
                                          path.c_str(),
                                          O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
                                    }),
                                    "open(shared memory)"));
  struct stat about;
  os::check(fstat(file.get(), &about), "fstat(shared memory)");
  return SharedMemory(
      std::move(name),
      os::Mapping::of_file(file.get(), static_cast<size_t>(about.st_size)), 0);
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : name_(std::move(other.name_)),
      mapping_(std::move(other.mapping_)),
      owner_(std::exchange(other.owner_, 0)) {}

SharedMemory::~SharedMemory() {
  if (owner_ == getpid()) {
    // Somebody else may have taken the name away already, which is as well.
    ::unlink(path_of(name_).c_str());
  }
}

void SharedMemory::unlink() {
  os::check(::unlink(path_of(name_).c_str()), "unlink(shared memory)");
  owner_ = 0;  // [I3]
}

void SharedMemory::require_size(size_t wanted) const {
  // Another size means another struct, or another version of this one.
  if (size() != wanted) {
    os::throw_error(EINVAL, "shared memory of another size than the object");
  }
}

bool unlink_shared_memory(const std::string& name) {
  return ::unlink(path_of(name).c_str()) == 0;
}

}  // namespace ipc

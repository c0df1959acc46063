// SPDX-License-Identifier: Apache-2.0
#include "golden/model/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "golden/model/error.hpp"
#include "golden/model/utf8.hpp"

namespace htx::model {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& reason) {
  throw Error(printable(path.string()) + ": " + reason);
}

[[noreturn]] void refuse_errno(const std::filesystem::path& path, const char* what, int code) {
  refuse(path, std::string(what) + ": " + std::generic_category().message(code));
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe must answer "not a regular file", not wait for a writer.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) refuse_errno(path, "cannot open", errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) refuse_errno(path, "cannot stat", errno);
  if (!S_ISREG(info.st_mode)) refuse(path, "not a regular file");
  if (info.st_size <= 0) refuse(path, "the file is empty");
  const auto size = static_cast<std::size_t>(info.st_size);
  void* base = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (base == MAP_FAILED) refuse_errno(path, "cannot map", errno);
  bytes_ = {static_cast<const std::byte*>(base), size};
}

MappedFile::~MappedFile() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

}  // namespace htx::model

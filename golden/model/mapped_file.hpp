// SPDX-License-Identifier: Apache-2.0
// A file's bytes without a copy of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace htx::model {

/// Read-only map of a whole regular file. Pages come in when touched, so a model larger than memory can be
/// imported. The file must not shrink while it is mapped (the system then ends the process).
class MappedFile {
 public:
  /// Throws htx::Error naming the file when it is missing, unreadable, empty or not a regular file.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace htx::model

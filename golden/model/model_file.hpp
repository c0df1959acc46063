// SPDX-License-Identifier: Apache-2.0
// A GGUF model on disk: one file, or the parts NAME-00001-of-0000N.gguf that large models are cut into.
#pragma once

#include <deque>
#include <filesystem>

#include "golden/model/gguf.hpp"
#include "golden/model/mapped_file.hpp"

namespace htx::model {

/// Keeps the parts mapped as long as it lives; contents() views them.
class ModelFile {
 public:
  /// `path` is the file, or the first part, whose keys are the model's; the other parts are looked for beside it. Throws
  /// htx::Error naming the part that is missing, malformed, out of place, or holds a tensor that another has.
  explicit ModelFile(const std::filesystem::path& path);

  const gguf::File& contents() const { return file_; }

 private:
  std::deque<MappedFile> maps_;  // a deque: a map cannot be moved
  gguf::File file_;
};

/// The name of part `index`, from 0, of `count`; empty when `first` is not named as the first of `count`.
std::filesystem::path part_path(const std::filesystem::path& first, std::uint64_t index, std::uint64_t count);

}  // namespace htx::model

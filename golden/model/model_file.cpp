// SPDX-License-Identifier: Apache-2.0
#include "golden/model/model_file.hpp"

#include <fmt/format.h>

#include "golden/model/utf8.hpp"

namespace htx::model {
namespace {

constexpr std::string_view kCount = "split.count", kNumber = "split.no", kTensors = "split.tensors.count";
constexpr std::uint64_t kMaxParts = 65535;  // split.count is 16 bits wide

}  // namespace

std::filesystem::path part_path(const std::filesystem::path& first, std::uint64_t index, std::uint64_t count) {
  const std::string name = first.filename().string(), ending = fmt::format("-00001-of-{:05}.gguf", count);
  if (!name.ends_with(ending)) return {};
  return first.parent_path() / fmt::format("{}-{:05}-of-{:05}.gguf", name.substr(0, name.size() - ending.size()), index + 1, count);
}

ModelFile::ModelFile(const std::filesystem::path& path) {
  file_ = gguf::parse(maps_.emplace_back(path).bytes(), path.string());
  const std::uint64_t count = file_.integer(kCount).value_or(1);
  if (count <= 1) return;
  if (count > kMaxParts) file_.fail_key(kCount, fmt::format("{} is not from 1 to {}", count, kMaxParts));
  const std::uint64_t own = file_.integer(kNumber).value_or(0);
  if (own != 0) file_.fail_key(kNumber, fmt::format("this is part {} of {}: name the first one", own + 1, count));
  if (part_path(path, 0, count).empty())
    file_.fail_key(kCount, fmt::format("the first of {} parts must be named NAME-00001-of-{:05}.gguf, or the others are not found", count, count));
  for (std::uint64_t i = 1; i < count; ++i) {
    const std::filesystem::path next = part_path(path, i, count);
    const gguf::File part = gguf::parse(maps_.emplace_back(next).bytes(), next.string());
    const std::uint64_t its = part.integer(kNumber).value_or(0), all = part.integer(kCount).value_or(1);
    if (its != i || all != count) part.fail_key(kNumber, fmt::format("part {} of {}, expected part {} of {}", its + 1, all, i + 1, count));
    file_.add_tensors(part);
  }
  if (const auto tensors = file_.integer(kTensors); tensors && *tensors != file_.tensors().size())
    file_.fail_key(kTensors, fmt::format("{}, but the parts hold {}", *tensors, file_.tensors().size()));
}

}  // namespace htx::model

// SPDX-License-Identifier: Apache-2.0
// Keys and values of a sequence outside any machine: what a decode leaves behind and another goes on from (docs/kv.md).
//
// In the model's terms: by layer, KV head and position, nothing of lanes or pages. Heads are padded as the compiler pads them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "golden/model/model.hpp"

namespace htx::functional {

/// A number over all that keys and values depend on: shapes, weights, norms, rotation.
std::uint64_t fingerprint(const model::Model& model);

/// What one position of one KV head holds.
struct KvEntry {
  std::uint16_t key_scale = 0;        ///< fp16 bits
  std::int8_t exponent = 0;           ///< of the value's scale
  std::span<const std::int8_t> key, value;  ///< `padded` integers
};

class KvCache {
 public:
  KvCache() = default;
  /// Of `model`, without positions.
  explicit KvCache(const model::Model& model);

  std::uint32_t layers() const { return layers_; }
  std::uint32_t kv_heads() const { return kv_heads_; }
  std::uint32_t padded() const { return padded_; }        ///< elements of a head, a multiple of 32
  std::uint32_t positions() const { return positions_; }  ///< whose keys and values are here

  /// Room for so many positions, all zero.
  void resize(std::uint32_t positions);

  KvEntry at(std::uint32_t layer, std::uint32_t head, std::uint32_t position) const;
  void set(std::uint32_t layer, std::uint32_t head, std::uint32_t position, const KvEntry& entry);

  std::vector<std::uint32_t> tokens;         ///< of all positions, and the one that comes next
  std::optional<std::uint64_t> logits_hash;  ///< over the logits of every token generated so far

  bool operator==(const KvCache&) const = default;

  /// Leaves a whole file or, with htx::Error, what stood there before.
  void save(const std::filesystem::path& path) const;
  /// Throws htx::Error, one line with the file's name, for anything but what save() wrote for this model.
  static KvCache load(const std::filesystem::path& path, const model::Model& model);

  std::vector<std::uint8_t> serialise() const;
  static KvCache parse(std::span<const std::uint8_t> bytes, const std::string& name, const model::Model& model);

 private:
  std::size_t place(std::uint32_t layer, std::uint32_t head, std::uint32_t position) const;

  std::uint64_t model_ = 0;  ///< its fingerprint
  std::uint32_t layers_ = 0, kv_heads_ = 0, padded_ = 0, vocab_ = 0, positions_ = 0;
  std::vector<std::uint8_t> entries_;  ///< as in the file
};

}  // namespace htx::functional

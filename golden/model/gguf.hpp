// SPDX-License-Identifier: Apache-2.0
// The GGUF container, versions 2 and 3, little endian: keys, values and a table of tensors. It knows no architecture.
//
// Nothing is copied: keys, strings, arrays and tensor data are views into the bytes given to parse(), which must
// outlive the File. Memory grows with the number of keys and tensors that are really there, never with a count the
// file claims.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "golden/model/error.hpp"
#include "golden/model/tensor_type.hpp"

namespace htx::model::gguf {

/// As numbered in the file.
enum class ValueType : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

/// One metadata value, checked to lie within the file.
struct Value {
  ValueType type{};
  ValueType element{};               ///< of an array
  std::uint64_t count = 0;           ///< elements of an array
  std::span<const std::byte> bytes;  ///< the scalar, the string's characters, or the array's elements as stored
};

/// One tensor, checked to lie within the data section, aligned, overlapping no other.
struct Tensor {
  std::string_view name;
  std::array<std::uint64_t, 4> shape{1, 1, 1, 1};  ///< shape[0] is contiguous: columns, then rows; never 0
  TensorType type{};
  std::span<const std::byte> data;  ///< exactly the bytes that shape and type need

  /// The bytes of one row; `index` is below the product of the other dimensions.
  std::span<const std::byte> row(std::size_t index) const {
    const BlockFormat& format = format_of(type);
    const std::size_t size = shape[0] / format.values * format.bytes;
    return data.subspan(index * size, size);
  }
};

/// A parsed container. The typed getters answer nullopt (or an empty vector) for a missing key and throw htx::Error,
/// naming file and key, for a value of another type.
class File {
 public:
  const std::string& name() const { return name_; }
  std::uint32_t version() const { return version_; }
  const std::unordered_map<std::string_view, Value>& values() const { return values_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }  ///< in the file's order

  const Value* find(std::string_view key) const;           ///< nullptr when missing
  const Tensor* find_tensor(std::string_view name) const;  ///< nullptr when missing

  std::optional<std::uint64_t> integer(std::string_view key) const;  ///< any integer type, not negative
  std::optional<double> real(std::string_view key) const;            ///< f32 or f64, also NaN and infinities
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<std::string_view> string(std::string_view key) const;
  std::vector<std::string_view> strings(std::string_view key) const;
  std::vector<float> reals(std::string_view key) const;            ///< an array of f32
  std::vector<std::int64_t> integers(std::string_view key) const;  ///< an array of i32 or u32

  /// The typed getter's value, or htx::Error "FILE: key KEY: missing".
  std::uint64_t required_integer(std::string_view key) const;
  double required_real(std::string_view key) const;

  /// Adds the tensors of another part of the same model, whose bytes must outlive this, too. Throws htx::Error naming the part
  /// when it holds a tensor that is here already.
  void add_tensors(const File& part);
  std::uint64_t parts() const { return parts_; }  ///< 1, and one more for every add_tensors()

  /// Throw htx::Error "FILE: key KEY: REASON" or "FILE: tensor NAME: REASON".
  [[noreturn]] void fail_key(std::string_view key, std::string_view reason) const;
  [[noreturn]] void fail_tensor(std::string_view tensor, std::string_view reason) const;

 private:
  friend class Parser;
  std::string name_;
  std::uint32_t version_ = 0;
  std::uint64_t parts_ = 1;
  std::unordered_map<std::string_view, Value> values_;
  std::unordered_map<std::string_view, std::size_t> tensor_index_;
  std::vector<Tensor> tensors_;
};

/// Parses a whole file held in memory. `name` is what errors call it. Throws htx::Error for anything malformed.
File parse(std::span<const std::byte> bytes, std::string name);

}  // namespace htx::model::gguf

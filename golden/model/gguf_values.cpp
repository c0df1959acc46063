// SPDX-License-Identifier: Apache-2.0
// The typed getters of a parsed GGUF file.
#include <fmt/format.h>

#include <cstring>

#include "golden/model/gguf.hpp"
#include "golden/model/utf8.hpp"

namespace htx::model::gguf {
namespace {

template <typename T>
T load(std::span<const std::byte> bytes, std::size_t index = 0) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

std::string_view name_of(ValueType type) {
  static constexpr std::array<std::string_view, 13> names = {"u8",      "i8",     "u16",   "i16", "u32", "i32", "f32",
                                                             "boolean", "string", "array", "u64", "i64", "f64"};
  return names[static_cast<std::size_t>(type)];
}

[[noreturn]] void wrong_type(const File& file, std::string_view key, const Value& value, std::string_view expected) {
  const std::string found = value.type == ValueType::array ? fmt::format("array of {}", name_of(value.element))
                                                           : std::string(name_of(value.type));
  file.fail_key(key, fmt::format("is of type {}, expected {}", found, expected));
}

bool is_array_of(const Value& value, ValueType element) {
  return value.type == ValueType::array && value.element == element;
}

}  // namespace

const Value* File::find(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

const Tensor* File::find_tensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

std::optional<std::uint64_t> File::integer(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  switch (value->type) {
    case ValueType::u8:
      return load<std::uint8_t>(value->bytes);
    case ValueType::u16:
      return load<std::uint16_t>(value->bytes);
    case ValueType::u32:
      return load<std::uint32_t>(value->bytes);
    case ValueType::u64:
      return load<std::uint64_t>(value->bytes);
    case ValueType::i8:
      number = load<std::int8_t>(value->bytes);
      break;
    case ValueType::i16:
      number = load<std::int16_t>(value->bytes);
      break;
    case ValueType::i32:
      number = load<std::int32_t>(value->bytes);
      break;
    case ValueType::i64:
      number = load<std::int64_t>(value->bytes);
      break;
    default:
      wrong_type(*this, key, *value, "an integer");
  }
  if (number < 0) fail_key(key, fmt::format("{} is negative", number));
  return static_cast<std::uint64_t>(number);
}

std::optional<double> File::real(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (value->type == ValueType::f32) return load<float>(value->bytes);
  if (value->type == ValueType::f64) return load<double>(value->bytes);
  wrong_type(*this, key, *value, "f32 or f64");
}

std::optional<bool> File::boolean(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (value->type != ValueType::boolean) wrong_type(*this, key, *value, "boolean");
  return load<std::uint8_t>(value->bytes) != 0;
}

std::optional<std::string_view> File::string(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (value->type != ValueType::string) wrong_type(*this, key, *value, "string");
  return std::string_view(reinterpret_cast<const char*>(value->bytes.data()), value->bytes.size());
}

std::vector<std::string_view> File::strings(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return {};
  if (!is_array_of(*value, ValueType::string)) wrong_type(*this, key, *value, "array of string");
  std::vector<std::string_view> result;
  result.reserve(value->count);  // parse() has walked these elements, so the count is true
  const char* at = reinterpret_cast<const char*>(value->bytes.data());
  for (std::uint64_t i = 0; i < value->count; ++i) {
    std::uint64_t length;
    std::memcpy(&length, at, sizeof length);
    result.emplace_back(at + sizeof length, length);
    at += sizeof length + length;
  }
  return result;
}

std::vector<float> File::reals(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return {};
  if (!is_array_of(*value, ValueType::f32)) wrong_type(*this, key, *value, "array of f32");
  std::vector<float> result(value->count);
  if (!result.empty()) std::memcpy(result.data(), value->bytes.data(), value->bytes.size());
  return result;
}

std::vector<std::int64_t> File::integers(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return {};
  const bool is_signed = is_array_of(*value, ValueType::i32);
  if (!is_signed && !is_array_of(*value, ValueType::u32)) wrong_type(*this, key, *value, "array of i32 or u32");
  std::vector<std::int64_t> result(value->count);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = is_signed ? std::int64_t{load<std::int32_t>(value->bytes, i)}
                          : std::int64_t{load<std::uint32_t>(value->bytes, i)};
  }
  return result;
}

std::uint64_t File::required_integer(std::string_view key) const {
  if (const auto value = integer(key)) return *value;
  fail_key(key, "missing");
}

double File::required_real(std::string_view key) const {
  if (const auto value = real(key)) return *value;
  fail_key(key, "missing");
}

void File::add_tensors(const File& part) {
  for (const Tensor& tensor : part.tensors_) {
    if (!tensor_index_.emplace(tensor.name, tensors_.size()).second) part.fail_tensor(tensor.name, "an earlier part has it, too");
    tensors_.push_back(tensor);
  }
  ++parts_;
}

void File::fail_key(std::string_view key, std::string_view reason) const {
  throw Error(fmt::format("{}: key {}: {}", printable(name_), printable(key), reason));
}

void File::fail_tensor(std::string_view tensor, std::string_view reason) const {
  throw Error(fmt::format("{}: tensor {}: {}", printable(name_), printable(tensor), reason));
}

}  // namespace htx::model::gguf

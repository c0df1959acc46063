// SPDX-License-Identifier: Apache-2.0
// A GGUF file as an editable document: tests build a good one, bend it, and serialise it. Nothing is checked here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace htx::test {

using Bytes = std::vector<std::byte>;

template <typename T>
void append_scalar(Bytes& to, T value) {
  const auto* from = reinterpret_cast<const std::byte*>(&value);
  to.insert(to.end(), from, from + sizeof value);
}

inline void append_string(Bytes& to, std::string_view text) {
  append_scalar(to, std::uint64_t{text.size()});
  const auto* from = reinterpret_cast<const std::byte*>(text.data());
  to.insert(to.end(), from, from + text.size());
}

/// Types as numbered in the file.
enum GgufType : std::uint32_t { kU8, kI8, kU16, kI16, kU32, kI32, kF32, kBool, kString, kArray, kU64, kI64, kF64 };
enum GgmlType : std::uint32_t { kTensorF32 = 0, kTensorF16 = 1, kTensorQ4_0 = 2, kTensorQ8_0 = 8 };

struct DocumentKey {
  std::string name;
  std::uint32_t type = kU32;
  Bytes payload;  ///< as it stands in the file after the type
};

struct DocumentTensor {
  std::string name;
  std::vector<std::uint64_t> shape;  ///< columns first
  std::uint32_t type = kTensorF32;
  Bytes data;
  std::optional<std::uint64_t> offset;  ///< written instead of the true one
};

struct Document {
  std::string magic = "GGUF";
  std::uint32_t version = 3;
  std::uint64_t alignment = 32;  ///< used for layout; general.alignment is written only if a test sets it
  std::optional<std::uint64_t> claimed_tensors;
  std::optional<std::uint64_t> claimed_keys;
  std::vector<DocumentKey> keys;
  std::vector<DocumentTensor> tensors;

  /// Replaces the key or appends it.
  void set_raw(const std::string& name, std::uint32_t type, Bytes payload) {
    const auto found = std::ranges::find(keys, name, &DocumentKey::name);
    if (found == keys.end()) {
      keys.push_back({name, type, std::move(payload)});
    } else {
      *found = {name, type, std::move(payload)};
    }
  }

  template <typename T>
  void set_scalar(const std::string& name, std::uint32_t type, T value) {
    Bytes payload;
    append_scalar(payload, value);
    set_raw(name, type, std::move(payload));
  }

  void set(const std::string& name, std::uint32_t value) { set_scalar(name, kU32, value); }
  void set(const std::string& name, float value) { set_scalar(name, kF32, value); }
  void set(const std::string& name, bool value) { set_scalar(name, kBool, std::uint8_t{value}); }
  void set(const std::string& name, const char* value) {
    Bytes payload;
    append_string(payload, value);
    set_raw(name, kString, std::move(payload));
  }
  void set(const std::string& name, const std::vector<std::string>& values) {
    Bytes payload = array_head(kString, values.size());
    for (const std::string& value : values) append_string(payload, value);
    set_raw(name, kArray, std::move(payload));
  }
  void set(const std::string& name, const std::vector<float>& values) { set_array(name, kF32, values); }
  void set(const std::string& name, const std::vector<std::int32_t>& values) { set_array(name, kI32, values); }

  void erase(const std::string& name) {
    std::erase_if(keys, [&](const DocumentKey& key) { return key.name == name; });
  }

  DocumentTensor& tensor(const std::string& name) {
    const auto found = std::ranges::find(tensors, name, &DocumentTensor::name);
    if (found == tensors.end()) throw std::logic_error("the test's model has no tensor " + name);
    return *found;
  }
  void erase_tensor(const std::string& name) {
    std::erase_if(tensors, [&](const DocumentTensor& tensor) { return tensor.name == name; });
  }

  Bytes serialise() const {
    Bytes out;
    for (const char c : magic) append_scalar(out, c);
    append_scalar(out, version);
    append_scalar(out, claimed_tensors.value_or(tensors.size()));
    append_scalar(out, claimed_keys.value_or(keys.size()));
    for (const DocumentKey& key : keys) {
      append_string(out, key.name);
      append_scalar(out, key.type);
      out.insert(out.end(), key.payload.begin(), key.payload.end());
    }
    Bytes data;
    for (const DocumentTensor& tensor : tensors) {
      append_string(out, tensor.name);
      append_scalar(out, static_cast<std::uint32_t>(tensor.shape.size()));
      for (const std::uint64_t n : tensor.shape) append_scalar(out, n);
      append_scalar(out, tensor.type);
      append_scalar(out, tensor.offset.value_or(data.size()));
      data.insert(data.end(), tensor.data.begin(), tensor.data.end());
      pad(data);
    }
    pad(out);
    out.insert(out.end(), data.begin(), data.end());
    return out;
  }

  static Bytes array_head(std::uint32_t element, std::uint64_t count) {
    Bytes payload;
    append_scalar(payload, element);
    append_scalar(payload, count);
    return payload;
  }

 private:
  template <typename T>
  void set_array(const std::string& name, std::uint32_t element, const std::vector<T>& values) {
    Bytes payload = array_head(element, values.size());
    for (const T value : values) append_scalar(payload, value);
    set_raw(name, kArray, std::move(payload));
  }

  void pad(Bytes& bytes) const { bytes.resize((bytes.size() + alignment - 1) / alignment * alignment); }
};

inline void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace htx::test

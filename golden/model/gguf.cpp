// SPDX-License-Identifier: Apache-2.0
#include "golden/model/gguf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "golden/model/utf8.hpp"

namespace htx::model::gguf {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is read as stored, little endian");

constexpr std::uint64_t kMaxKeyBytes = 65535;
constexpr std::uint64_t kMaxNameBytes = 64;
constexpr std::uint32_t kMaxDimensions = 4;

std::uint64_t scalar_bytes(ValueType type) {
  switch (type) {
    case ValueType::u8:
    case ValueType::i8:
    case ValueType::boolean:
      return 1;
    case ValueType::u16:
    case ValueType::i16:
      return 2;
    case ValueType::u32:
    case ValueType::i32:
    case ValueType::f32:
      return 4;
    case ValueType::u64:
    case ValueType::i64:
    case ValueType::f64:
      return 8;
    case ValueType::string:
    case ValueType::array:
      break;
  }
  return 0;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool only_zero_and_one(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b <= std::byte{1}; });
}

// The product of the shape's entries, or nullopt when it does not fit 63 bits.
std::optional<std::uint64_t> element_count(const std::array<std::uint64_t, 4>& shape) {
  std::uint64_t product = 1;
  for (const std::uint64_t n : shape) {
    if (n > (std::uint64_t{1} << 63) / product) return std::nullopt;
    product *= n;
  }
  return product;
}

}  // namespace

// Walks the file once from front to back. `where_` is the part being read, for the message of a truncated file.
class Parser {
 public:
  Parser(std::span<const std::byte> bytes, std::string name) : bytes_(bytes) { file_.name_ = std::move(name); }

  File run() {
    header();
    for (std::uint64_t i = 0; i < key_count_; ++i) key_value(i);
    read_alignment();
    for (std::uint64_t i = 0; i < tensor_count_; ++i) tensor_info(i);
    place_tensors();
    return std::move(file_);
  }

 private:
  std::uint64_t left() const { return bytes_.size() - position_; }

  [[noreturn]] void fail(std::string_view reason) const {
    throw Error(fmt::format("{}: {}: {}", printable(file_.name_), where_, reason));
  }

  std::span<const std::byte> take(std::uint64_t count) {
    if (count > left())
      fail(fmt::format("truncated: needs {} bytes at byte {}, the file has {}", count, position_, bytes_.size()));
    const auto part = bytes_.subspan(position_, count);
    position_ += count;
    return part;
  }

  template <typename T>
  T scalar() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

  std::string_view text(std::uint64_t limit, std::string_view what) {
    const auto length = scalar<std::uint64_t>();
    if (length > limit) fail(fmt::format("{} of {} bytes is longer than {}", what, length, limit));
    return as_text(take(length));
  }

  void header() {
    where_ = "header";
    if (as_text(take(4)) != "GGUF") fail("not a GGUF file (wrong magic)");
    file_.version_ = scalar<std::uint32_t>();
    if (file_.version_ != 0 && (file_.version_ & 0xffff) == 0) fail("big-endian files are not supported");
    if (file_.version_ != 2 && file_.version_ != 3)
      fail(fmt::format("version {} is not supported (2 and 3 are)", file_.version_));
    tensor_count_ = scalar<std::uint64_t>();
    key_count_ = scalar<std::uint64_t>();
    // The shortest key takes 13 bytes and the shortest tensor entry 32: more cannot be in the file.
    if (tensor_count_ > left() / 32)
      fail(fmt::format("{} tensors cannot fit a file of {} bytes", tensor_count_, bytes_.size()));
    if (key_count_ > left() / 13) fail(fmt::format("{} keys cannot fit a file of {} bytes", key_count_, bytes_.size()));
  }

  ValueType value_type() {
    const auto type = scalar<std::uint32_t>();
    if (type > static_cast<std::uint32_t>(ValueType::f64)) fail(fmt::format("unknown value type {}", type));
    return static_cast<ValueType>(type);
  }

  void key_value(std::uint64_t index) {
    where_ = fmt::format("key number {}", index);
    const std::string_view key = text(kMaxKeyBytes, "a key");
    if (key.empty()) fail("empty key");
    where_ = fmt::format("key {}", printable(key));
    Value value;
    value.type = value_type();
    if (value.type == ValueType::array) {
      array(value);
    } else if (value.type == ValueType::string) {
      value.bytes = take(scalar<std::uint64_t>());
    } else {
      value.bytes = take(scalar_bytes(value.type));
    }
    if (value.type == ValueType::boolean && !only_zero_and_one(value.bytes)) fail("a boolean is neither 0 nor 1");
    if (!file_.values_.emplace(key, value).second) fail("appears twice");
  }

  void array(Value& value) {
    value.element = value_type();
    value.count = scalar<std::uint64_t>();
    if (value.element == ValueType::array) fail("arrays of arrays are not supported");
    const std::uint64_t least = value.element == ValueType::string ? 8 : scalar_bytes(value.element);
    if (value.count > left() / least)
      fail(fmt::format("truncated: {} array elements do not fit the rest of the file", value.count));
    const std::uint64_t begin = position_;
    if (value.element == ValueType::string) {
      for (std::uint64_t i = 0; i < value.count; ++i) take(scalar<std::uint64_t>());
    } else {
      take(value.count * least);
    }
    value.bytes = bytes_.subspan(begin, position_ - begin);
    if (value.element == ValueType::boolean && !only_zero_and_one(value.bytes)) fail("a boolean is neither 0 nor 1");
  }

  void read_alignment() {
    alignment_ = file_.integer("general.alignment").value_or(32);
    if (!std::has_single_bit(alignment_) || alignment_ < 8 || alignment_ > (1u << 30)) {
      file_.fail_key("general.alignment", fmt::format("{} is not a power of two from 8 to 2^30", alignment_));
    }
  }

  void tensor_info(std::uint64_t index) {
    where_ = fmt::format("tensor number {}", index);
    Tensor tensor;
    tensor.name = text(kMaxNameBytes, "a name");
    if (tensor.name.empty()) fail("empty name");
    where_ = fmt::format("tensor {}", printable(tensor.name));
    const auto dimensions = scalar<std::uint32_t>();
    if (dimensions < 1 || dimensions > kMaxDimensions) fail(fmt::format("{} dimensions, expected 1 to 4", dimensions));
    for (std::uint32_t d = 0; d < dimensions; ++d) {
      tensor.shape[d] = scalar<std::uint64_t>();
      if (tensor.shape[d] == 0) fail(fmt::format("dimension {} is 0", d));
    }
    const auto type = scalar<std::uint32_t>();
    if (find_format(type) == nullptr) {
      fail(fmt::format("type {} is not supported ({} are)", type_name(type), readable_types()));
    }
    tensor.type = static_cast<TensorType>(type);
    offsets_.push_back(scalar<std::uint64_t>());
    if (!file_.tensor_index_.emplace(tensor.name, file_.tensors_.size()).second) fail("appears twice");
    file_.tensors_.push_back(tensor);
  }

  // Gives every tensor its bytes and proves that none is short, misaligned or shared.
  void place_tensors() {
    const std::uint64_t padding = (alignment_ - position_ % alignment_) % alignment_;
    const std::uint64_t begin = position_ + std::min(padding, left());
    const auto section = bytes_.subspan(begin);
    for (std::size_t i = 0; i < file_.tensors_.size(); ++i) place(file_.tensors_[i], offsets_[i], section);

    std::vector<std::pair<const std::byte*, std::size_t>> order;  // where, then which: the same message every time
    for (std::size_t i = 0; i < file_.tensors_.size(); ++i) order.emplace_back(file_.tensors_[i].data.data(), i);
    std::ranges::sort(order);
    for (std::size_t i = 1; i < order.size(); ++i) {
      const Tensor& before = file_.tensors_[order[i - 1].second];
      const Tensor& after = file_.tensors_[order[i].second];
      if (before.data.data() + before.data.size() > after.data.data()) {
        file_.fail_tensor(after.name, fmt::format("its data overlaps tensor {}", printable(before.name)));
      }
    }
  }

  void place(Tensor& tensor, std::uint64_t offset, std::span<const std::byte> section) {
    where_ = fmt::format("tensor {}", printable(tensor.name));
    const BlockFormat& format = format_of(tensor.type);
    const auto count = element_count(tensor.shape);
    // The file bounds the product: no type packs more than four elements a byte (Q2_K: 256 in 84).
    if (!count || *count / 4 > bytes_.size()) fail("truncated: its shape needs more bytes than the file has");
    if (tensor.shape[0] % format.values != 0) {
      fail(fmt::format("{} columns are no multiple of the {} of a {} block", tensor.shape[0], format.values,
                       format.name));
    }
    if (offset % alignment_ != 0)
      fail(fmt::format("offset {} is not a multiple of the alignment {}", offset, alignment_));
    const std::uint64_t size = *count / format.values * format.bytes;
    if (offset > section.size() || size > section.size() - offset) {
      fail(fmt::format("truncated: {} bytes at offset {} of a data section of {}", size, offset, section.size()));
    }
    tensor.data = section.subspan(offset, size);
  }

  std::span<const std::byte> bytes_;
  std::uint64_t position_ = 0;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t key_count_ = 0;
  std::uint64_t alignment_ = 32;
  std::string where_;
  std::vector<std::uint64_t> offsets_;
  File file_;
};

File parse(std::span<const std::byte> bytes, std::string name) { return Parser(bytes, std::move(name)).run(); }

}  // namespace htx::model::gguf

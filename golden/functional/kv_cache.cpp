// SPDX-License-Identifier: Apache-2.0
#include "golden/functional/kv_cache.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <cstring>
#include <fstream>

#include "golden/compile/graph.hpp"
#include "golden/model/mapped_file.hpp"
#include "golden/model/utf8.hpp"

namespace htx::functional {
namespace {

constexpr std::string_view kMagic = "HTX3KV\r\n";  // a transfer that bends line ends breaks it
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeader = 72;  // docs/kv.md has the table

static_assert(std::endian::native == std::endian::little, "the file is little endian, as the host");

/// Mixes words of 64 bits; a tail counts as a word filled with zeros, and with its length.
class Mixer {
 public:
  void word(std::uint64_t w) {
    h_ = (h_ ^ w) * 0x9e3779b97f4a7c15U;
    h_ ^= h_ >> 29;
  }
  template <class T>
  void all(std::span<const T> items) {
    const auto* p = reinterpret_cast<const std::uint8_t*>(items.data());
    std::size_t left = items.size_bytes();
    word(left);
    for (; left > 0; p += 8, left -= std::min<std::size_t>(left, 8)) {
      std::uint64_t w = 0;
      std::memcpy(&w, p, std::min<std::size_t>(left, 8));
      word(w);
    }
  }
  void matrix(const model::QMatrix& m) {
    word(m.rows);
    word(m.cols);
    word(static_cast<std::uint64_t>(m.bits));
    all(std::span<const std::uint16_t>(m.scales));
    all(std::span<const std::int8_t>(m.values));
  }
  std::uint64_t value() const { return h_; }

 private:
  std::uint64_t h_ = 0x243f6a8885a308d3U;
};

template <class T>
void put(std::vector<std::uint8_t>& to, std::size_t at, T value) {
  std::memcpy(to.data() + at, &value, sizeof value);
}
template <class T>
T get(std::span<const std::uint8_t> from, std::size_t at) {
  T value;
  std::memcpy(&value, from.data() + at, sizeof value);
  return value;
}

/// Of a file: all but the eight bytes that hold it.
std::uint64_t checksum(std::span<const std::uint8_t> file) {
  Mixer m;
  m.all(file.first(16));
  m.all(file.subspan(24));
  return m.value();
}

std::uint32_t padded_of(const model::Model& m) { return static_cast<std::uint32_t>(compile::lay_out_heads(m.hyper).padded()); }

}  // namespace

std::uint64_t fingerprint(const model::Model& m) {
  Mixer h;
  for (const int n : {m.hyper.dim, m.hyper.layers, m.hyper.heads, m.hyper.kv_heads, m.hyper.head_size, m.hyper.ffn, m.hyper.vocab}) h.word(static_cast<std::uint64_t>(n));
  h.word(std::bit_cast<std::uint32_t>(m.hyper.eps));
  for (int pair = 0; pair < m.hyper.head_size / 2; ++pair) h.word(std::bit_cast<std::uint64_t>(model::rope_frequency(m, pair)));
  h.matrix(m.embedding);
  h.matrix(m.head());
  h.all(std::span<const float>(m.output_norm));
  for (const model::Layer& l : m.layers) {
    h.all(std::span<const float>(l.attn_norm));
    h.all(std::span<const float>(l.ffn_norm));
    for (const auto* matrix : {&l.attn_q, &l.attn_k, &l.attn_v, &l.attn_output, &l.ffn_gate, &l.ffn_up, &l.ffn_down}) h.matrix(*matrix);
  }
  return h.value();
}

KvCache::KvCache(const model::Model& model)
    : model_(fingerprint(model)),
      layers_(static_cast<std::uint32_t>(model.hyper.layers)),
      kv_heads_(static_cast<std::uint32_t>(model.hyper.kv_heads)),
      padded_(padded_of(model)),
      vocab_(static_cast<std::uint32_t>(model.hyper.vocab)) {}

void KvCache::resize(std::uint32_t positions) {
  positions_ = positions;
  entries_.assign(std::size_t{layers_} * kv_heads_ * positions * (4 + 2 * std::size_t{padded_}), 0);
}

std::size_t KvCache::place(std::uint32_t layer, std::uint32_t head, std::uint32_t position) const {
  if (layer >= layers_ || head >= kv_heads_ || position >= positions_) throw Error(fmt::format("no keys for layer {}, head {}, position {}", layer, head, position));
  return ((std::size_t{layer} * kv_heads_ + head) * positions_ + position) * (4 + 2 * std::size_t{padded_});
}

KvEntry KvCache::at(std::uint32_t layer, std::uint32_t head, std::uint32_t position) const {
  const std::size_t from = place(layer, head, position);
  const auto* integers = reinterpret_cast<const std::int8_t*>(entries_.data() + from + 4);
  return {get<std::uint16_t>(entries_, from), get<std::int8_t>(entries_, from + 2), {integers, padded_}, {integers + padded_, padded_}};
}

void KvCache::set(std::uint32_t layer, std::uint32_t head, std::uint32_t position, const KvEntry& e) {
  const std::size_t to = place(layer, head, position);
  if (e.key.size() != padded_ || e.value.size() != padded_) throw Error(fmt::format("keys of {} elements in heads of {}", e.key.size(), padded_));
  put(entries_, to, e.key_scale);
  put(entries_, to + 2, e.exponent);
  std::memcpy(entries_.data() + to + 4, e.key.data(), padded_);
  std::memcpy(entries_.data() + to + 4 + padded_, e.value.data(), padded_);
}

std::vector<std::uint8_t> KvCache::serialise() const {
  std::vector<std::uint8_t> bytes(kHeader + 4 * tokens.size() + entries_.size());
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  put(bytes, 8, kVersion);
  put(bytes, 12, static_cast<std::uint32_t>(logits_hash.has_value()));
  put(bytes, 24, model_);
  put(bytes, 32, logits_hash.value_or(0));
  put(bytes, 40, layers_);
  put(bytes, 44, kv_heads_);
  put(bytes, 48, padded_);
  put(bytes, 52, vocab_);
  put(bytes, 56, positions_);
  put(bytes, 60, static_cast<std::uint32_t>(tokens.size()));
  put(bytes, 64, static_cast<std::uint64_t>(bytes.size()));
  std::memcpy(bytes.data() + kHeader, tokens.data(), 4 * tokens.size());
  if (!entries_.empty()) std::memcpy(bytes.data() + kHeader + 4 * tokens.size(), entries_.data(), entries_.size());
  put(bytes, 16, checksum(bytes));
  return bytes;
}

KvCache KvCache::parse(std::span<const std::uint8_t> bytes, const std::string& name, const model::Model& model) {
  const auto refuse = [&](const std::string& why) { return Error(fmt::format("{}: {}", name, why)); };
  if (bytes.size() < kMagic.size() || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) throw refuse("no saved KV cache: it does not begin with HTX3KV");
  if (bytes.size() < kHeader) throw refuse("cut off within its header");
  if (const auto v = get<std::uint32_t>(bytes, 8); v != kVersion) throw refuse(fmt::format("version {} of the format; this program knows {}", v, kVersion));
  const auto size = get<std::uint64_t>(bytes, 64);
  if (bytes.size() < size) throw refuse(fmt::format("cut off: {} bytes of {}", bytes.size(), size));
  if (bytes.size() > size) throw refuse(fmt::format("{} bytes follow its end", bytes.size() - size));
  if (checksum(bytes) != get<std::uint64_t>(bytes, 16)) throw refuse("damaged: its checksum is another");
  KvCache c(model);
  const auto positions = get<std::uint32_t>(bytes, 56), tokens = get<std::uint32_t>(bytes, 60);
  const auto same = [&](std::size_t at, std::uint32_t ours, const char* what) {
    if (const auto theirs = get<std::uint32_t>(bytes, at); theirs != ours) throw refuse(fmt::format("of another model: {} {}, not {}", theirs, what, ours));
  };
  same(40, c.layers_, "layers");
  same(44, c.kv_heads_, "KV heads");
  same(48, c.padded_, "elements a head");
  same(52, c.vocab_, "tokens of vocabulary");
  if (get<std::uint64_t>(bytes, 24) != c.model_) throw refuse("of another model: same shape, other weights (or other --weights)");
  if (positions > static_cast<std::uint32_t>(model.hyper.context)) throw refuse(fmt::format("{} positions; the model's context is {}", positions, model.hyper.context));
  if (tokens != positions + 1) throw refuse(fmt::format("{} tokens for {} positions", tokens, positions));
  const std::size_t entries = std::size_t{c.layers_} * c.kv_heads_ * positions * (4 + 2 * std::size_t{c.padded_});
  if (size != kHeader + 4 * std::size_t{tokens} + entries) throw refuse(fmt::format("{} bytes, not the {} of {} positions", size, kHeader + 4 * std::size_t{tokens} + entries, positions));
  c.positions_ = positions;
  if (get<std::uint32_t>(bytes, 12) & 1) c.logits_hash = get<std::uint64_t>(bytes, 32);
  for (std::uint32_t i = 0; i < tokens; ++i) {
    c.tokens.push_back(get<std::uint32_t>(bytes, kHeader + 4 * std::size_t{i}));
    if (c.tokens.back() >= c.vocab_) throw refuse(fmt::format("token {} is {}, beyond the vocabulary of {}", i, c.tokens.back(), c.vocab_));
  }
  const auto from = bytes.subspan(kHeader + 4 * std::size_t{tokens});
  c.entries_.assign(from.begin(), from.end());
  return c;
}

void KvCache::save(const std::filesystem::path& path) const {
  const std::vector<std::uint8_t> bytes = serialise();
  const auto failed = [&] { return Error(fmt::format("{}: cannot be written", model::printable(path.string()))); };
  if (std::filesystem::exists(path) && !std::filesystem::is_regular_file(path)) {  // a pipe, /dev/stdout: nothing stands there before
    std::ofstream out(path, std::ios::binary);
    if (!out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())).flush()) throw failed();
    return;
  }
  std::filesystem::path part = path;
  part += fmt::format(".part{}", ::getpid());
  std::error_code ignored;
  std::ofstream out(part, std::ios::binary);
  if (!out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())).flush()) {
    std::filesystem::remove(part, ignored);
    throw failed();
  }
  out.close();
  std::error_code error;
  std::filesystem::rename(part, path, error);
  if (!error) return;
  std::filesystem::remove(part, ignored);
  throw failed();
}

KvCache KvCache::load(const std::filesystem::path& path, const model::Model& model) {
  const model::MappedFile file(path);
  return parse({reinterpret_cast<const std::uint8_t*>(file.bytes().data()), file.bytes().size()}, model::printable(path.string()), model);
}

}  // namespace htx::functional

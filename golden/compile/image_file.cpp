// SPDX-License-Identifier: Apache-2.0
// The file format .htx. docs/compiler.md has the table.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <type_traits>

#include "golden/compile/image.hpp"

namespace htx::compile {
namespace {

constexpr std::string_view kMagic = "HTX301\r\n";  // a transfer that bends line ends breaks it
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeader = kHeaderBytes;  // magic, version, checksum, length
constexpr std::uint32_t kMaxLanes = 8, kMaxChips = 6;

static_assert(std::endian::native == std::endian::little, "the file is little endian, as the host");

/// CRC-32 as in IEEE 802.3.
std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  static const auto table = [] {
    std::array<std::array<std::uint32_t, 256>, 8> t{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
      t[0][n] = c;
    }
    for (std::uint32_t n = 0; n < 256; ++n)
      for (std::size_t k = 1; k < 8; ++k) t[k][n] = t[0][t[k - 1][n] & 255] ^ (t[k - 1][n] >> 8);
    return t;
  }();
  std::uint32_t c = ~0u;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {  // 8 bytes a step: images are gigabytes
    std::uint32_t lo, hi;
    std::memcpy(&lo, bytes.data() + i, 4);
    std::memcpy(&hi, bytes.data() + i + 4, 4);
    lo ^= c;
    c = table[7][lo & 255] ^ table[6][lo >> 8 & 255] ^ table[5][lo >> 16 & 255] ^ table[4][lo >> 24] ^
        table[3][hi & 255] ^ table[2][hi >> 8 & 255] ^ table[1][hi >> 16 & 255] ^ table[0][hi >> 24];
  }
  for (; i < bytes.size(); ++i) c = table[0][(c ^ bytes[i]) & 255] ^ (c >> 8);
  return ~c;
}

class Writer {
 public:
  static constexpr bool kReads = false;
  template <typename T>
  requires std::is_arithmetic_v<T>
  void operator()(T& value) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
    bytes_.insert(bytes_.end(), from, from + sizeof value);
  }
  void operator()(SegmentKind& kind) {
    auto number = static_cast<std::uint8_t>(kind);
    (*this)(number);
  }
  void operator()(bool& value) {
    auto number = static_cast<std::uint8_t>(value);
    (*this)(number);
  }
  void operator()(std::string& text) {
    size(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  template <typename T>
  std::size_t count(std::vector<T>& items, std::size_t) {
    size(items.size());
    return items.size();
  }
  template <typename T>
  void raw(std::vector<T>& items) {
    size(items.size());
    const auto* from = reinterpret_cast<const std::uint8_t*>(items.data());
    bytes_.insert(bytes_.end(), from, from + items.size() * sizeof(T));
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  void size(std::uint64_t n) { (*this)(n); }
  std::vector<std::uint8_t> bytes_;
};

class Reader {
 public:
  static constexpr bool kReads = true;
  Reader(std::span<const std::uint8_t> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[noreturn]] void fail(std::string_view reason) const { throw Error(fmt::format("{}: {}", name_, reason)); }
  bool at_end() const { return bytes_.empty(); }

  template <typename T>
  requires std::is_arithmetic_v<T>
  void operator()(T& value) { std::memcpy(&value, take(sizeof value), sizeof value); }
  void operator()(SegmentKind& kind) {
    std::uint8_t number;
    (*this)(number);
    if (number > static_cast<std::uint8_t>(SegmentKind::pages)) fail(fmt::format("segment kind {} is unknown", number));
    kind = static_cast<SegmentKind>(number);
  }
  void operator()(bool& value) {
    std::uint8_t number;
    (*this)(number);
    if (number > 1) fail(fmt::format("{} is neither 0 nor 1", number));
    value = number == 1;
  }
  void operator()(std::string& text) {
    const std::size_t n = size(1);
    text.assign(reinterpret_cast<const char*>(take(n)), n);
  }
  /// Items of at least `least` bytes each.
  template <typename T>
  std::size_t count(std::vector<T>& items, std::size_t least) {
    items.resize(size(least));
    return items.size();
  }
  template <typename T>
  void raw(std::vector<T>& items) {
    items.resize(size(sizeof(T)));
    if (!items.empty()) std::memcpy(items.data(), take(items.size() * sizeof(T)), items.size() * sizeof(T));
  }

 private:
  const std::uint8_t* take(std::size_t n) {
    if (n > bytes_.size()) fail("ends too early");
    const std::uint8_t* at = bytes_.data();
    bytes_ = bytes_.subspan(n);
    return at;
  }
  std::size_t size(std::size_t least) {
    std::uint64_t n;
    (*this)(n);
    if (n > bytes_.size() / least) fail(fmt::format("a list of {} items is longer than the file", n));
    return n;
  }
  std::span<const std::uint8_t> bytes_;
  std::string name_;
};

template <typename Io, std::size_t N>
void words(Io& io, Bits<N>& v) {
  for (std::uint64_t& w : v) io(w);
}

template <typename Io>
void transfer(Io& io, pkg::instr_t& i) {
  auto v = i.pack();
  words(io, v);
  if constexpr (Io::kReads) i = pkg::instr_t::unpack(v);
}

template <typename Io>
void transfer(Io& io, pkg::seg_t& s) {
  auto v = s.pack();
  words(io, v);
  if constexpr (Io::kReads) s = pkg::seg_t::unpack(v);
}

template <typename Io>
void transfer(Io& io, InstructionSymbol& s) {
  io(s.text);
  io(s.in_layers);
}

template <typename Io>
void transfer(Io& io, VectorSymbol& v) {
  io(v.name);
  io(v.block);
  io(v.blocks);
}

template <typename Io>
void transfer(Io& io, SegmentPart& p) {
  io(p.tensor);
  io.raw(p.rows);
}

template <typename Io, typename T>
void list(Io& io, std::vector<T>& items, std::size_t least) {
  const std::size_t n = io.count(items, least);
  for (std::size_t i = 0; i < n; ++i) transfer(io, items[i]);
}

template <typename Io>
void transfer(Io& io, Segment& s) {
  io(s.kind);
  io(s.layer);
  io(s.name);
  io(s.kv_head);
  io(s.bits);
  io(s.pair);
  io(s.units);
  io(s.unit_bursts);
  io(s.start);
  list(io, s.parts, 16);
  io.raw(s.cols);
}

template <typename Io>
void transfer(Io& io, LaneImage& lane) {
  io(lane.kv_bytes);
  list(io, lane.segments, 8);
  io.raw(lane.dram);
}

template <typename Io>
void transfer(Io& io, UsefulBytes& u) {
  for (std::uint64_t* n : {&u.layers, &u.head, &u.norms, &u.embedding, &u.rotation, &u.kv_token}) io(*n);
}

template <typename Io>
void transfer(Io& io, Image& image) {
  io(image.model);
  io(image.lanes);
  io(image.chips);
  io(image.vocab);
  io(image.context);
  io(image.eos);
  io(image.first_layer_segment);
  io(image.layer_stride);
  transfer(io, image.useful);
  list(io, image.program, 16);
  list(io, image.symbols, 9);
  list(io, image.vectors, 16);
  list(io, image.segments, 40);
  list(io, image.lane_images, 24);
}

// What every reader of an image may rely on; the content of DRAM and program stays the business of who runs them.
void check(const Image& image, const Reader& reader) {
  const auto need = [&](bool right, std::string_view what) {
    if (!right) reader.fail(what);
  };
  need(image.lanes >= 1 && image.lanes <= kMaxLanes, "the number of lanes is not from 1 to 8");
  need(image.chips >= 1 && image.chips <= kMaxChips, "the number of chips is not from 1 to 6");
  need(image.lane_images.size() == image.lanes_total(), "there is not one image a lane");
  need(image.vocab >= 1 && image.vocab <= 1u << 18, "the vocabulary is not from 1 to 262144");
  need(image.context >= 1 && image.context <= pkg::TOKEN_WORDS, "the context exceeds the token memory");
  need(!image.program.empty() && image.program.size() <= pkg::PROG_WORDS, "the program exceeds the program memory");
  need(image.symbols.size() == image.program.size(), "there is not one symbol an instruction");
  need(!image.segments.empty() && image.segments.size() <= pkg::SEG_ENTRIES, "the segments exceed the segment table");
  for (const Segment& s : image.segments) {
    need(s.unit_bursts > 0, "a segment has empty units");
    need(s.start < image.lanes_total(), "a segment starts on a lane that is not there");
    if (s.kind != SegmentKind::matrix) continue;
    std::size_t rows = 0;
    for (const SegmentPart& p : s.parts) {
      need(p.rows.size() % pkg::BLK == 0, "a matrix has rows outside row groups");
      rows += p.rows.size();
    }
    need(!s.pair || (s.parts.size() == 2 && s.parts[0].rows.size() == s.parts[1].rows.size()), "a pair is no pair");
    need(s.bits == 4 || s.bits == 8, "a matrix has neither 4 nor 8 bits");
    need(s.cols.size() % pkg::BLK == 0 && !s.cols.empty(), "a matrix has columns outside tiles");
    need(rows == std::size_t{s.units} * s.groups_per_unit() * pkg::BLK, "a matrix has other rows than units");
    need(s.unit_bursts == s.groups_per_unit() * s.tiles() * s.tile_bursts(), "a matrix has units of another size");
  }
  const std::uint64_t limit = (std::uint64_t{1} << pkg::ADDR_W) * pkg::BURST_BYTES;
  for (const LaneImage& lane : image.lane_images) {
    need(lane.segments.size() == image.segments.size(), "a lane has another number of segments");
    need(lane.dram.size() % pkg::BURST_BYTES == 0 && lane.kv_bytes % pkg::BURST_BYTES == 0,
         "a lane ends within a burst");
    need(lane.dram.size() <= limit && lane.kv_bytes <= limit - lane.dram.size(), "a lane exceeds 8 GiB");
    for (std::size_t i = 0; i < lane.segments.size(); ++i) {
      const pkg::seg_t& e = lane.segments[i];
      const Segment& s = image.segments[i];
      std::uint64_t units = e.count;
      if (s.kind == SegmentKind::pages) units = (s.units + image.lanes_total() - 1) / image.lanes_total();
      if (s.kind == SegmentKind::rotation)
        units = std::uint64_t{image.context} * ((s.units + image.lanes_total() - 1) / image.lanes_total());
      need(e.first < image.lanes_total(), "a lane's first unit is beyond the lanes");
      need(s.kind == SegmentKind::pages || e.count == 0 ||
               e.first + std::uint64_t{e.count - 1u} * image.lanes_total() < s.units,
           "a lane has units beyond its segment");
      need((e.addr + units * s.unit_bursts) * pkg::BURST_BYTES <= lane.dram.size() + lane.kv_bytes,
           "a segment reaches beyond its lane");
    }
  }
}

}  // namespace

std::vector<std::uint8_t> serialise(const Image& image) {
  Writer payload;
  transfer(payload, const_cast<Image&>(image));  // one function for both directions; this one does not write to it
  return with_header(payload.take());
}

std::vector<std::uint8_t> with_header(std::span<const std::uint8_t> body) {
  std::vector<std::uint8_t> file(kHeader);
  const std::uint32_t crc = crc32(body);
  const std::uint64_t size = body.size();
  std::memcpy(file.data(), kMagic.data(), kMagic.size());
  std::memcpy(file.data() + 8, &kVersion, 4);
  std::memcpy(file.data() + 12, &crc, 4);
  std::memcpy(file.data() + 16, &size, 8);
  file.insert(file.end(), body.begin(), body.end());
  return file;
}

Image deserialise(std::span<const std::uint8_t> bytes, const std::string& name) {
  const auto fail = [&](const std::string& reason) { throw Error(fmt::format("{}: {}", name, reason)); };
  if (bytes.size() < kHeader || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0)
    fail("is no HTX301 image");
  std::uint32_t version, crc;
  std::uint64_t size;
  std::memcpy(&version, bytes.data() + 8, 4);
  std::memcpy(&crc, bytes.data() + 12, 4);
  std::memcpy(&size, bytes.data() + 16, 8);
  if (version != kVersion) fail(fmt::format("image version {} is not supported ({} is)", version, kVersion));
  if (size != bytes.size() - kHeader) fail(fmt::format("{} bytes of {}", bytes.size() - kHeader, size));
  const auto body = bytes.subspan(kHeader);
  if (crc32(body) != crc) fail("the checksum is wrong");
  Reader reader(body, name);
  Image image;
  transfer(reader, image);
  if (!reader.at_end()) reader.fail("has bytes behind its end");
  check(image, reader);
  return image;
}

void save(const Image& image, const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = serialise(image);
  const auto write = [&](const std::filesystem::path& to) {
    std::ofstream out(to, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw Error(fmt::format("{}: cannot write", path.string()));
  };
  // A device or a pipe is written to; a file appears, or takes the place of an older one, whole or not at all.
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) return write(path);
  std::filesystem::path target = std::filesystem::weakly_canonical(path, error);  // through links
  if (error) target = path;
  std::filesystem::path part = target;
  part += fmt::format(".{}.part", ::getpid());
  try {
    write(part);
    std::filesystem::rename(part, target, error);
    if (error) throw Error(fmt::format("{}: cannot write", path.string()));
  } catch (...) {
    std::filesystem::remove(part, error);
    throw;
  }
}

Image load(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) throw Error(fmt::format("{}: cannot read", path.string()));
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(in.tellg()));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in) throw Error(fmt::format("{}: cannot read", path.string()));
  return deserialise(bytes, path.string());
}

}  // namespace htx::compile

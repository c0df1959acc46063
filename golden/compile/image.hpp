// SPDX-License-Identifier: Apache-2.0
// A compiled model: what every lane's DRAM and segment table and every chip's program memory hold, and what it all
// means.
//
// Formats are those of docs/architecture.md, the choices behind them those of docs/compiler.md.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "golden/model/error.hpp"
#include "htx/pkg.hpp"

namespace htx::compile {

/// What a segment holds.
enum class SegmentKind : std::uint8_t { constants, rotation, norm, matrix, pages };

/// "constants", "rotation", ...
const char* to_string(SegmentKind kind);

/// One tensor among those stacked in a segment.
struct SegmentPart {
  std::string tensor;              ///< its name in the model file, e.g. "blk.3.attn_q.weight"
  std::vector<std::int32_t> rows;  ///< row of the tensor behind each padded row, -1: padding; a multiple of 32
  bool operator==(const SegmentPart&) const = default;
};

/// What a segment means, the same on every lane. A unit is what is dealt: a row group, a pair of them, an fp32 block, a
/// page.
struct Segment {
  SegmentKind kind{};
  int layer = -1;                  ///< -1: belongs to no layer
  std::string name;                ///< "blk.3.attn_qkv", unique in the image
  int kv_head = -1;                ///< pages: of this KV head
  int bits = 0;                    ///< matrix: 4 or 8
  bool pair = false;               ///< matrix: unit u is row group u of parts[0], then row group u of parts[1]
  std::uint32_t units = 0;         ///< over all lanes; pages: reserved ones
  std::uint32_t unit_bursts = 0;   ///< size of a unit
  std::uint32_t start = 0;         ///< global lane of unit 0
  std::vector<SegmentPart> parts;  ///< matrix: stacked one after the other, or paired
  std::vector<std::int32_t> cols;  ///< matrix: column behind each padded column, -1: padding; a multiple of 32
  bool operator==(const Segment&) const = default;

  std::uint32_t tiles() const { return static_cast<std::uint32_t>(cols.size() / pkg::BLK); }  ///< of a row group
  std::uint32_t tile_bursts() const { return bits == 4 ? pkg::TILE4_BURSTS : pkg::TILE8_BURSTS; }
  std::uint32_t groups_per_unit() const { return pair ? 2 : 1; }
};

/// One global lane: chip = lane / lanes a chip.
struct LaneImage {
  std::vector<std::uint8_t> dram;    ///< from address 0, whole bursts; what follows is KV
  std::uint64_t kv_bytes = 0;        ///< reserved from dram.size() on, needs no initial content
  std::vector<pkg::seg_t> segments;  ///< its table, by segment number
  bool operator==(const LaneImage&) const = default;
};

/// What a program instruction is for.
struct InstructionSymbol {
  std::string text;        ///< "attention norm: x * r"
  bool in_layers = false;  ///< inside the loop over layers
  bool operator==(const InstructionSymbol&) const = default;
};

/// Bytes a decoded token needs, each counted once: no padding, no check bits, scales included, at the model's bit
/// widths.
struct UsefulBytes {
  std::uint64_t layers = 0;     ///< the layers' matrices
  std::uint64_t head = 0;       ///< 0 for a position whose successor is known
  std::uint64_t norms = 0;      ///< the layers' norms (the last norm belongs to the head)
  std::uint64_t embedding = 0;  ///< one row
  std::uint64_t rotation = 0;   ///< one position
  std::uint64_t kv_token = 0;   ///< one token's keys and values, over layers and heads
  bool operator==(const UsefulBytes&) const = default;

  /// Read and written at `position` (from 0): positions 0..position are read, one is written.
  std::uint64_t at(std::uint64_t position, bool with_head) const {
    return layers + norms + embedding + rotation + (with_head ? head : 0) + kv_token * (position + 2);
  }
  /// Over positions `first` to `end` - 1 of a decode whose first `known` tokens are a prompt's: `pass` of them in one go
  /// while more than those are known (compile::pass_tokens), which needs weights once and the rest for each.
  std::uint64_t over(std::uint64_t first, std::uint64_t end, std::uint64_t known, std::uint64_t pass) const {
    std::uint64_t sum = 0;
    for (std::uint64_t i = first, left = 0; i < end; ++i) {
      const bool begins = left == 0;
      if (begins) left = pass > 1 && i + pass < known ? pass : 1;
      sum += at(i, i + 1 >= known) - (begins ? 0 : layers + norms);
      --left;
    }
    return sum;
  }
};

/// Blocks of vector memory worth knowing outside.
struct VectorSymbol {
  std::string name;
  std::uint32_t block = 0, blocks = 0;
  bool operator==(const VectorSymbol&) const = default;
};

/// Where a weight comes from; row or col -1: padding.
struct Place {
  std::string tensor;
  int layer = -1;
  std::int64_t row = -1, col = -1;
};

struct Image {
  std::string model;   ///< its name, may be empty
  unsigned lanes = 0;  ///< of a chip
  unsigned chips = 0;
  std::uint32_t vocab = 0;
  std::uint32_t context = 0;               ///< positions that KV pages and rotation tables are reserved for
  std::int32_t eos = -1;                   ///< token that ends a generation, -1: none
  std::vector<pkg::instr_t> program;       ///< the same on every chip; starts at 0
  std::vector<InstructionSymbol> symbols;  ///< one an instruction
  std::vector<VectorSymbol> vectors;
  std::vector<Segment> segments;                            ///< by segment number
  std::uint32_t first_layer_segment = 0, layer_stride = 0;  ///< register 1 holds layer * layer_stride inside the layers
  UsefulBytes useful;
  std::vector<LaneImage> lane_images;  ///< by global lane
  bool operator==(const Image&) const = default;

  unsigned lanes_total() const { return lanes * chips; }

  /// The weight in part `group` (0, or 1 of a pair), row 0..31, of unit `unit`, tile `tile`, element 0..31.
  Place place(std::uint32_t segment, std::uint32_t unit, std::uint32_t group, std::uint32_t tile, std::uint32_t row,
              std::uint32_t element) const;

  /// Words for a burst of a lane's DRAM: segment, unit, tile, row, tensor; "beyond the image" where there is nothing.
  std::string describe(unsigned lane, std::uint64_t burst) const;
};

/// The file format .htx (docs/compiler.md).
std::vector<std::uint8_t> serialise(const Image& image);
/// `content`, whatever it is, behind a header whose length and checksum are right.
std::vector<std::uint8_t> with_header(std::span<const std::uint8_t> content);
inline constexpr std::size_t kHeaderBytes = 24;
/// Throws htx::Error, one line beginning with `name`, for anything but what serialise() writes.
Image deserialise(std::span<const std::uint8_t> bytes, const std::string& name);
/// Leaves a whole file or, with htx::Error, what stood there before.
void save(const Image& image, const std::filesystem::path& path);
Image load(const std::filesystem::path& path);

}  // namespace htx::compile

// SPDX-License-Identifier: Apache-2.0
// Pass 1, graph: which tensors a position reads, in which padded shape, and under which segment numbers.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "golden/compile/image.hpp"
#include "golden/compile/limits.hpp"
#include "golden/model/model.hpp"

namespace htx::compile {

/// Where the elements of a head stand among its `blocks` padded blocks. Queries and keys stand in their own order. A
/// value's element shares a block only with elements whose columns of attn_output share a scale block in every query
/// head that reads them, so that a head size which does not divide 32 keeps its weights exactly.
struct HeadLayout {
  int size = 0;                                       ///< elements of a head
  int blocks = 0;                                     ///< kt
  std::vector<std::vector<std::int32_t>> value_slot;  ///< by KV head: padded place of each element
  int padded() const { return blocks * static_cast<int>(pkg::BLK); }
};
HeadLayout lay_out_heads(const model::Hyper& hyper);

/// The sizes the later passes plan with, in blocks of 32 where not said otherwise.
struct Shape {
  int dim = 0;                              ///< of the residual
  int ffn = 0;                              ///< of the gate, an expert's
  int router = 0;                           ///< of its logits; 0 without experts
  int experts = 0, experts_used = 0;        ///< counts
  int vocab = 0;                            ///< row groups of the head
  int layers = 0, heads = 0, kv_heads = 0;  ///< counts
  HeadLayout head;
  std::vector<int> gate_parts;              ///< the gate's blocks in parts, each with a segment of its own; one without need

  int qkv() const { return (heads + 2 * kv_heads) * head.blocks; }  ///< queries, keys and values of a token
};

/// Passes over a KV head's pages that its group of query heads takes on a chip with so many columns.
inline int passes_of(const Shape& shape, int columns) { return (shape.heads / shape.kv_heads + columns - 1) / columns; }

/// Elements of the constants' block.
enum Constant : unsigned { kNegLog2e, kOne, kInvDim, kEps, kInv127, kQueryScale, kZero, kNegHalfLog2e, kConstants };

/// A segment with its content. Matrices point into the model, which must live as long.
struct Tensor {
  Segment symbol;
  std::vector<const model::QMatrix*> matrices;  ///< one a part
  std::vector<float> values;                    ///< constants and norms: padded to blocks
};

/// Numbers of the segments that every image has, and offsets within a layer's.
enum SegmentNumber : std::uint32_t { kSegConstants, kSegRotation, kSegEmbedding, kSegHead };
enum LayerSegment : std::uint32_t { kAttnNorm, kQkv, kAttnOutput, kFfnNorm, kGateUp, kDown, kPages };

struct Graph {
  const model::Model* model = nullptr;
  Shape shape;
  std::uint32_t context = 0;
  std::vector<Tensor> tensors;  ///< by segment number
  std::uint32_t head_segment = 0, first_layer = 0, layer_stride = 0;

  std::uint32_t layer_segment(int layer, LayerSegment which) const {
    return first_layer + static_cast<std::uint32_t>(layer) * layer_stride + which;
  }
  /// Behind the pages, so that models without experts have no gap.
  std::uint32_t router_segment(int layer) const { return layer_segment(layer, kPages) + static_cast<std::uint32_t>(shape.kv_heads); }
  /// Parts of gate and up; the first where it always was, the others at the layer's end.
  std::uint32_t gate_segment(int layer, int part) const { return part == 0 ? layer_segment(layer, kGateUp) : first_layer + static_cast<std::uint32_t>(layer + 1) * layer_stride - static_cast<std::uint32_t>(shape.gate_parts.size()) + static_cast<std::uint32_t>(part); }
  /// The last norm stands where one more layer's first norm would.
  std::uint32_t output_norm() const { return layer_segment(shape.layers, kAttnNorm); }
};

/// `model` must outlive the graph. `lanes_total`: lanes over all chips that its gate is divided for; 0: not at all. Throws
/// htx::Error for head sizes beyond the hardware.
Graph build_graph(const model::Model& model, std::uint32_t context, std::uint32_t lanes_total = 0, const Limits& limits = {});

/// The rotation table: for each position 2 * kt blocks, the cosine of each pair twice, then -sine and sine; where
/// nothing rotates, 1 and 0.
class Rotation {
 public:
  Rotation(const model::Model& model, const HeadLayout& head);
  std::vector<float> row(std::uint32_t position) const;

 private:
  std::size_t half_;                 ///< elements of a padded head
  std::vector<double> frequencies_;  ///< radians a position, one a pair
};

/// 32 weights of a padded row and block: their fp16 scale and integers.
struct WeightBlock {
  std::uint16_t scale = 0;
  std::int8_t values[pkg::BLK] = {};
};
WeightBlock weight_block(const Tensor& tensor, std::size_t part, std::size_t padded_row, std::size_t tile);

/// The padded row group `unit`, `group` of a matrix: part number and first padded row in it.
struct GroupPlace {
  std::size_t part, row;
};
GroupPlace group_place(const Segment& segment, std::uint32_t unit, std::uint32_t group);

}  // namespace htx::compile

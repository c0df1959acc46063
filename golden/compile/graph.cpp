// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "golden/numerics/numerics.hpp"

namespace htx::compile {
namespace {

constexpr int kBlk = static_cast<int>(pkg::BLK);
using Map = std::vector<std::int32_t>;

int blocks_of(std::size_t elements) { return static_cast<int>((elements + pkg::BLK - 1) / pkg::BLK); }

// Padded at the end only.
Map plain_map(std::size_t count) {
  Map map(static_cast<std::size_t>(blocks_of(count) * kBlk), -1);
  for (std::size_t i = 0; i < count; ++i) map[i] = static_cast<std::int32_t>(i);
  return map;
}

// Every expert's rows padded on their own.
Map expert_map(int experts, std::size_t rows) {
  Map map;
  for (int x = 0; x < experts; ++x)
    for (const std::int32_t row : plain_map(rows)) map.push_back(row < 0 ? row : static_cast<std::int32_t>(static_cast<std::size_t>(x) * rows) + row);
  return map;
}

// Every head padded on its own; slot[h][e]: padded place of element e of head h.
template <typename Slot>
Map head_map(int heads, const HeadLayout& layout, Slot slot) {
  Map map(static_cast<std::size_t>(heads * layout.padded()), -1);
  for (int h = 0; h < heads; ++h)
    for (int e = 0; e < layout.size; ++e)
      map[static_cast<std::size_t>(h * layout.padded() + slot(h, e))] = h * layout.size + e;
  return map;
}

std::vector<float> padded(const std::vector<float>& values) {
  std::vector<float> result = values;
  result.resize(static_cast<std::size_t>(blocks_of(values.size()) * kBlk), 0.0f);
  return result;
}

// A gate of many blocks in four parts of whole rounds over the lanes, so that SwiGLU of one runs behind the stream of the
// next. The parts' activations stand behind the input, which the next part still reads: without room, no parts.
std::vector<int> gate_parts(const Shape& s, std::uint32_t lanes_total, const Limits& limits) {
  constexpr int kParts = 4;
  const int lanes = static_cast<int>(lanes_total), rounds = lanes == 0 ? 0 : (s.ffn + lanes - 1) / lanes;
  if (rounds < kParts || s.experts > 0 || static_cast<std::uint64_t>(s.ffn) < limits.gate_in_parts || static_cast<std::uint64_t>(s.dim + s.ffn) > limits.act_blocks) return {s.ffn};
  std::vector<int> parts;
  for (int part = 0, first = 0; part < kParts; ++part) {
    const int end = std::min(rounds * (part + 1) / kParts * lanes, s.ffn);
    parts.push_back(end - first);
    first = end;
  }
  return parts;
}

class Builder {
 public:
  Builder(const model::Model& model, std::uint32_t context, std::uint32_t lanes_total, const Limits& limits) : m_(model) {
    g_.model = &model;
    g_.context = context;
    const model::Hyper& h = model.hyper;
    g_.shape = {blocks_of(static_cast<std::size_t>(h.dim)),
                blocks_of(static_cast<std::size_t>(h.ffn)),
                blocks_of(static_cast<std::size_t>(h.experts)),
                h.experts,
                h.experts_used,
                blocks_of(static_cast<std::size_t>(h.vocab)),
                h.layers,
                h.heads,
                h.kv_heads,
                lay_out_heads(h),
                {}};
    g_.shape.gate_parts = gate_parts(g_.shape, lanes_total, limits);
    // One instruction serves all layers, so a tensor kind is 8-bit everywhere if it is anywhere.
    for (const model::Layer& l : model.layers) {
      bits_qkv_ = std::max({bits_qkv_, l.attn_q.bits, l.attn_k.bits, l.attn_v.bits});
      bits_output_ = std::max(bits_output_, l.attn_output.bits);
      bits_gate_up_ = std::max({bits_gate_up_, l.ffn_gate.bits, l.ffn_up.bits});
      bits_down_ = std::max(bits_down_, l.ffn_down.bits);
    }
  }

  Graph run() {
    constants();
    rotation();
    const auto dim = static_cast<std::size_t>(m_.hyper.dim), vocab = static_cast<std::size_t>(m_.hyper.vocab);
    matrix(-1, "token_embd", 8, plain_map(dim), {{"token_embd.weight", &m_.embedding, plain_map(vocab)}});
    g_.head_segment = kSegEmbedding;
    if (!m_.tied_head) {
      g_.head_segment = kSegHead;
      matrix(-1, "output", m_.output.bits, plain_map(dim), {{"output.weight", &m_.output, plain_map(vocab)}});
    }
    g_.first_layer = static_cast<std::uint32_t>(g_.tensors.size());
    g_.layer_stride = kPages + static_cast<std::uint32_t>(m_.hyper.kv_heads) + (m_.hyper.experts > 0 ? 1 : 0) + static_cast<std::uint32_t>(g_.shape.gate_parts.size()) - 1;
    for (int i = 0; i < m_.hyper.layers; ++i) layer(i);
    norm(-1, "output_norm", m_.output_norm);
    return std::move(g_);
  }

 private:
  struct Source {
    std::string tensor;
    const model::QMatrix* matrix;
    Map rows;
  };

  Tensor& add(SegmentKind kind, int layer, std::string name) {
    Tensor& t = g_.tensors.emplace_back();
    t.symbol.kind = kind;
    t.symbol.layer = layer;
    t.symbol.name = std::move(name);
    return t;
  }

  void blocks(Tensor& t) {
    t.symbol.units = static_cast<std::uint32_t>(t.values.size() / pkg::BLK);
    t.symbol.unit_bursts = 4;
  }

  void constants() {
    std::vector<float> c(pkg::BLK, 0.0f);
    c[kNegLog2e] = numerics::kNegLog2e;
    c[kOne] = 1.0f;
    c[kInvDim] = 1.0f / static_cast<float>(m_.hyper.dim);
    c[kEps] = m_.hyper.eps;
    c[kInv127] = numerics::kInv127;
    c[kNegHalfLog2e] = numerics::kNegHalfLog2e;
    c[kQueryScale] = numerics::score_factor(static_cast<std::uint32_t>(m_.hyper.head_size));
    Tensor& t = add(SegmentKind::constants, -1, "constants");
    t.values = std::move(c);
    blocks(t);
  }

  // Its values are made when it is laid out: a row a position.
  void rotation() {
    Tensor& t = add(SegmentKind::rotation, -1, "rotation");
    t.symbol.units = 2 * static_cast<std::uint32_t>(g_.shape.head.blocks);
    t.symbol.unit_bursts = 4;
  }

  void norm(int layer, std::string name, const std::vector<float>& weights) {
    Tensor& t = add(SegmentKind::norm, layer, std::move(name));
    t.values = padded(weights);
    blocks(t);
  }

  void matrix(int layer, std::string name, int bits, Map cols, std::vector<Source> sources, bool pair = false) {
    Tensor& t = add(SegmentKind::matrix, layer, std::move(name));
    Segment& s = t.symbol;
    s.bits = bits;
    s.pair = pair;
    s.cols = std::move(cols);
    std::size_t rows = 0;
    for (Source& from : sources) {
      rows += from.rows.size();
      s.parts.push_back({std::move(from.tensor), std::move(from.rows)});
      t.matrices.push_back(from.matrix);
    }
    s.units = static_cast<std::uint32_t>(rows / pkg::BLK) / s.groups_per_unit();
    s.unit_bursts = s.groups_per_unit() * s.tiles() * s.tile_bursts();
  }

  void layer(int index) {
    const model::Layer& l = m_.layers[static_cast<std::size_t>(index)];
    const HeadLayout& head = g_.shape.head;
    const int group = m_.hyper.heads / m_.hyper.kv_heads;
    const auto at = [index](const char* part) { return fmt::format("blk.{}.{}", index, part); };
    const auto weight = [index](const char* part) { return fmt::format("blk.{}.{}.weight", index, part); };
    const auto natural = [](int, int e) { return e; };
    const auto of_value = [&](int h, int e) {
      return head.value_slot[static_cast<std::size_t>(h)][static_cast<std::size_t>(e)];
    };
    const auto of_query = [&](int h, int e) { return of_value(h / group, e); };
    const auto dim = static_cast<std::size_t>(m_.hyper.dim), ffn = static_cast<std::size_t>(m_.hyper.ffn);

    norm(index, at("attn_norm"), l.attn_norm);
    matrix(index, at("attn_qkv"), bits_qkv_, plain_map(dim),
           {{weight("attn_q"), &l.attn_q, head_map(m_.hyper.heads, head, natural)},
            {weight("attn_k"), &l.attn_k, head_map(m_.hyper.kv_heads, head, natural)},
            {weight("attn_v"), &l.attn_v, head_map(m_.hyper.kv_heads, head, of_value)}});
    matrix(index, at("attn_output"), bits_output_, head_map(m_.hyper.heads, head, of_query),
           {{weight("attn_output"), &l.attn_output, plain_map(dim)}});
    norm(index, at("ffn_norm"), l.ffn_norm);
    // all experts of a layer are one stack
    const int experts = std::max(m_.hyper.experts, 1);
    const auto feed = [&](const char* part) { return weight(m_.hyper.experts > 0 ? fmt::format("{}_exps", part).c_str() : part); };
    const Map gate = expert_map(experts, ffn);
    const auto gate_up = [&](const std::string& name, int first, int units) {
      const auto rows = experts > 1 ? gate : Map(gate.begin() + first * kBlk, gate.begin() + (first + units) * kBlk);
      matrix(index, name, bits_gate_up_, plain_map(dim), {{feed("ffn_gate"), &l.ffn_gate, rows}, {feed("ffn_up"), &l.ffn_up, rows}}, true);
    };
    gate_up(at("ffn_gate_up"), 0, g_.shape.gate_parts[0]);
    matrix(index, at("ffn_down"), bits_down_, plain_map(ffn), {{feed("ffn_down"), &l.ffn_down, expert_map(experts, dim)}});
    for (int h = 0; h < m_.hyper.kv_heads; ++h) {
      Segment& s = add(SegmentKind::pages, index, at(fmt::format("kv.{}", h).c_str())).symbol;
      s.kv_head = h;
      s.unit_bursts = pkg::PAGE_HDR_BURSTS + 2 * pkg::PAGE_TILE_BURSTS * static_cast<std::uint32_t>(head.blocks);
      s.units = (g_.context + pkg::BLK - 1) / pkg::BLK;
    }
    if (m_.hyper.experts > 0)
      matrix(index, at("ffn_gate_inp"), 8, plain_map(dim), {{weight("ffn_gate_inp"), &l.router, plain_map(static_cast<std::size_t>(m_.hyper.experts))}});
    for (std::size_t part = 1, first = static_cast<std::size_t>(g_.shape.gate_parts[0]); part < g_.shape.gate_parts.size(); first += static_cast<std::size_t>(g_.shape.gate_parts[part++]))
      gate_up(at(fmt::format("ffn_gate_up.{}", part).c_str()), static_cast<int>(first), g_.shape.gate_parts[part]);
  }

  const model::Model& m_;
  Graph g_;
  int bits_qkv_ = 4, bits_output_ = 4, bits_gate_up_ = 4, bits_down_ = 4;
};

}  // namespace

HeadLayout lay_out_heads(const model::Hyper& hyper) {
  HeadLayout layout;
  layout.size = hyper.head_size;
  layout.blocks = blocks_of(static_cast<std::size_t>(hyper.head_size));
  const int group = hyper.heads / hyper.kv_heads;
  for (int kv = 0; kv < hyper.kv_heads; ++kv) {
    Map slot;
    int block = 0, used = 0;
    for (int e = 0; e < hyper.head_size; ++e) {
      bool cut = false;  // a query head's column e begins a new scale block of attn_output
      for (int q = kv * group; q < (kv + 1) * group; ++q) cut = cut || (q * hyper.head_size + e) % kBlk == 0;
      if (cut && e > 0) {
        ++block;
        used = 0;
      }
      slot.push_back(block * kBlk + used++);
    }
    layout.blocks = std::max(layout.blocks, block + 1);
    layout.value_slot.push_back(std::move(slot));
  }
  if (layout.blocks > static_cast<int>(pkg::HEAD_BLOCKS))
    throw Error(fmt::format("too big: heads of {} elements take {} blocks of 32, the chip has {} a head", layout.size,
                            layout.blocks, pkg::HEAD_BLOCKS));
  return layout;
}

Graph build_graph(const model::Model& model, std::uint32_t context, std::uint32_t lanes_total, const Limits& limits) { return Builder(model, context, lanes_total, limits).run(); }

Rotation::Rotation(const model::Model& model, const HeadLayout& head) : half_(static_cast<std::size_t>(head.padded())) {
  const model::Hyper& h = model.hyper;
  const auto dim = static_cast<std::uint32_t>(h.rope_dim);
  for (std::uint32_t i = 0; i < dim / 2; ++i) {
    const double factor = model.rope_factors.empty() ? 1.0 : double{model.rope_factors[i]};
    frequencies_.push_back(numerics::rope_frequency(double{h.rope_base}, i, dim, factor) * double{h.rope_scale});
  }
}

std::vector<float> Rotation::row(std::uint32_t position) const {
  std::vector<float> row(2 * half_, 0.0f);
  std::fill_n(row.begin(), half_, 1.0f);
  for (std::size_t i = 0; i < frequencies_.size(); ++i) {
    const numerics::CosSin cs = numerics::rope_cos_sin(position, frequencies_[i]);
    row[2 * i] = row[2 * i + 1] = cs.c;
    row[half_ + 2 * i] = -cs.s;
    row[half_ + 2 * i + 1] = cs.s;
  }
  return row;
}

WeightBlock weight_block(const Tensor& tensor, std::size_t part, std::size_t padded_row, std::size_t tile) {
  WeightBlock block;
  const std::int32_t row = tensor.symbol.parts[part].rows[padded_row];
  if (row < 0) return block;
  const model::QMatrix& m = *tensor.matrices[part];
  const std::int32_t* cols = tensor.symbol.cols.data() + tile * pkg::BLK;
  std::int32_t scale_block = -1;
  for (std::size_t j = 0; j < pkg::BLK; ++j) {
    if (cols[j] < 0) continue;
    const std::int32_t from = cols[j] / kBlk;
    if (scale_block >= 0 && from != scale_block) throw std::logic_error("a padded block mixes two weight scales");
    scale_block = from;
    block.values[j] = m.value(static_cast<std::size_t>(row), static_cast<std::size_t>(cols[j]));
  }
  if (scale_block >= 0)
    block.scale = m.scale_bits(static_cast<std::size_t>(row), static_cast<std::size_t>(scale_block));
  return block;
}

GroupPlace group_place(const Segment& segment, std::uint32_t unit, std::uint32_t group) {
  if (segment.pair) return {group, unit * std::size_t{pkg::BLK}};
  std::size_t row = unit * std::size_t{pkg::BLK}, part = 0;
  while (row >= segment.parts[part].rows.size()) row -= segment.parts[part++].rows.size();
  return {part, row};
}

}  // namespace htx::compile

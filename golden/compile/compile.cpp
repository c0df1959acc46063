// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/compile.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "golden/compile/buffers.hpp"
#include "golden/compile/codegen.hpp"
#include "golden/compile/graph.hpp"
#include "golden/compile/layout.hpp"
#include "golden/compile/memory_map.hpp"
#include "golden/compile/schedule.hpp"
#include "golden/compile/shard.hpp"

namespace htx::compile {
namespace {

constexpr unsigned kMaxLanes = 8, kMaxChips = 6;  // 48 lanes: the hardware counts them in 6 bits

std::uint64_t matrix_bytes(const model::QMatrix& m) {
  return (std::uint64_t{m.rows} * m.cols * static_cast<unsigned>(m.bits) + 7) / 8 +
         std::uint64_t{m.rows} * m.blocks() * 2;
}

UsefulBytes useful_bytes(const model::Model& m) {
  const auto dim = static_cast<std::uint64_t>(m.hyper.dim), head = static_cast<std::uint64_t>(m.hyper.head_size);
  const auto layers = static_cast<std::uint64_t>(m.hyper.layers);
  UsefulBytes u;
  for (const model::Layer& l : m.layers) {
    for (const model::QMatrix* q : {&l.attn_q, &l.attn_k, &l.attn_v, &l.attn_output, &l.router}) u.layers += matrix_bytes(*q);
    for (const model::QMatrix* q : {&l.ffn_gate, &l.ffn_up, &l.ffn_down})  // of all experts those that are used
      u.layers += m.hyper.experts > 0 ? matrix_bytes(*q) / static_cast<unsigned>(m.hyper.experts) * static_cast<unsigned>(m.hyper.experts_used) : matrix_bytes(*q);
  }
  u.norms = 2 * layers * dim * sizeof(float);
  u.head = matrix_bytes(m.head()) + dim * sizeof(float);
  u.embedding = matrix_bytes(m.embedding) / m.embedding.rows;
  u.rotation = head * sizeof(float);
  u.kv_token = m.hyper.kv_bytes();
  return u;
}

Pass plan(const Shape& shape, const Options& options, int tokens) {
  return {map_vectors(shape, options.limits, tokens), map_quantised(shape, options.limits, tokens, static_cast<int>(options.columns))};
}

// The pass over as many known tokens as the chip has columns, or as there is memory for; its program takes `program`'s place.
std::optional<Pass> widest_pass(const Graph& graph, const Options& options, std::uint32_t rotation, Program& program) {
  const Pass single = plan(graph.shape, options, 1);
  for (int tokens = static_cast<int>(options.columns); tokens > 1; --tokens) {
    try {
      Pass several = plan(graph.shape, options, tokens);
      Program wide = generate(graph, single, &several, rotation, options.columns);
      require(wide.code.size(), options.limits.program, "instructions", "program");
      program = std::move(wide);
      return several;
    } catch (const Error&) {  // not for so many
    }
  }
  return {};
}

}  // namespace

void check_lanes(unsigned lanes, unsigned chips, unsigned columns) {
  if (lanes < 1 || lanes > kMaxLanes)
    throw Error(fmt::format("{} lanes a chip are not from 1 to {}", lanes, kMaxLanes));
  if (chips < 1 || chips > kMaxChips) throw Error(fmt::format("{} chips are not from 1 to {}", chips, kMaxChips));
  if (columns < 1 || columns > pkg::MAX_COLUMNS) throw Error(fmt::format("{} columns are not from 1 to {}", columns, pkg::MAX_COLUMNS));
}

std::uint32_t checked_context(const model::Model& model, std::uint32_t requested) {
  const auto trained = static_cast<std::uint32_t>(model.hyper.context);
  if (requested > trained)
    throw Error(fmt::format("context {} exceeds the {} positions the model was trained for", requested, trained));
  return requested == 0 ? trained : requested;
}

Image compile(const model::Model& model, const Options& options) {
  check_lanes(options.lanes, options.chips, options.columns);
  const std::uint32_t lanes_total = options.lanes * options.chips;
  require(static_cast<std::uint64_t>(model.hyper.vocab), options.limits.vocab, "token numbers", "vocabulary");
  Graph graph = build_graph(model, checked_context(model, options.context), lanes_total, options.limits);
  const std::vector<Dealing> dealings = shard(graph, lanes_total);
  const std::vector<LaneMap> maps = map_memory(graph, dealings, lanes_total, options.limits);
  const std::uint32_t rotation = rotation_stride(graph, lanes_total);
  const Pass single = plan(graph.shape, options, 1);
  Program program = generate(graph, single, nullptr, rotation, options.columns);
  require(program.code.size(), options.limits.program, "instructions", "program");
  const std::optional<Pass> several = widest_pass(graph, options, rotation, program);

  Image image;
  image.model = model.name;
  image.lanes = options.lanes;
  image.chips = options.chips;
  image.vocab = static_cast<std::uint32_t>(model.hyper.vocab);
  image.context = graph.context;
  image.eos = model.vocab.eos;
  image.first_layer_segment = graph.first_layer;
  image.layer_stride = graph.layer_stride;
  image.useful = useful_bytes(model);
  image.vectors = single.vectors.symbols;
  if (several) image.vectors.insert(image.vectors.end(), several->vectors.symbols.begin(), several->vectors.symbols.end());
  for (std::uint32_t lane = 0; lane < lanes_total; ++lane) {
    image.lane_images.push_back(
        {lane_dram(graph, dealings, maps[lane], lane), maps[lane].kv_bursts * pkg::BURST_BYTES, maps[lane].segments});
  }
  for (Tensor& t : graph.tensors) image.segments.push_back(std::move(t.symbol));
  set_waits(program.code, image.segments);
  image.program = std::move(program.code);
  image.symbols = std::move(program.symbols);
  return image;
}

}  // namespace htx::compile

// SPDX-License-Identifier: Apache-2.0
#include "golden/compile/codegen.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace htx::compile {
namespace {

// Index registers.
enum Reg : std::uint8_t {
  kNone = 0,
  kLayer = 1,    // layer * layer_stride
  kKvPages = 2,  // kLayer + KV head
  kFrom = 3,     // running source offset
  kTo = 4,       // running destination offset
};

struct At {
  std::uint32_t block;
  Reg reg = kNone;
};

class Generator {
 public:
  Generator(const Graph& graph, const VectorMap& v, const QuantMap& q, std::uint32_t rotation_blocks, unsigned columns)
      : g_(graph), s_(graph.shape), v_(v), q_(q), rotation_blocks_(rotation_blocks), columns_(static_cast<int>(columns)) {}

  Program run() {
    prologue();
    const std::uint32_t position = here();
    note("position");
    op(pkg::OP_TOKEN);
    note("embedding");
    lane(pkg::OP_EMBED, {kSegEmbedding}, {}, s_.dim, {v_.x});
    set(pkg::FLAG_W8);
    note("rotation table");
    lane(pkg::OP_LOADV, {kSegRotation}, {}, static_cast<int>(rotation_blocks_), {v_.rotation});
    set(pkg::FLAG_POS);
    note("first norm");
    lane(pkg::OP_LOADV, {g_.layer_segment(0, kAttnNorm)}, {}, 0, {v_.norm_attn});
    load(kLayer, 0);
    load(kKvPages, 0);
    loop(s_.layers);
    in_layers_ = true;
    attention();
    s_.experts > 0 ? experts() : feed_forward();
    note("next layer");
    add(kLayer, static_cast<int>(g_.layer_stride));
    end_loop();
    in_layers_ = false;
    note("head");
    const std::uint32_t skip = here();
    op(pkg::OP_SKIP);
    norm("last norm", v_.norm_attn);
    note("logits");
    lane(pkg::OP_MATVEC, {g_.head_segment}, {q_.act}, s_.dim, {v_.logits});
    wide(g_.head_segment);
    set(pkg::FLAG_ARGMAX);
    if (!v_.store_logits) set(pkg::FLAG_NOSTORE);
    p_.code[skip].e = static_cast<std::uint16_t>(here());
    note("end of position");
    op(pkg::OP_NEXT).e = static_cast<std::uint16_t>(position);
    op(pkg::OP_HALT);
    return std::move(p_);
  }

 private:
  std::uint32_t here() const { return static_cast<std::uint32_t>(p_.code.size()); }
  void note(std::string_view text) { note_ = text; }
  void set(unsigned flag) { set_flag(p_.code.back(), flag); }
  void wide(std::uint32_t segment) {
    if (g_.tensors[segment].symbol.bits == 8) set(pkg::FLAG_W8);
  }

  pkg::instr_t& op(pkg::op_e code) {
    p_.symbols.push_back({note_, in_layers_});
    p_.code.emplace_back();
    p_.code.back().op = code;
    return p_.code.back();
  }

  void load(Reg reg, int value) {
    pkg::instr_t& i = op(pkg::OP_LDI);
    i.rd = reg;
    i.a = static_cast<std::uint16_t>(value);
  }
  void add(Reg reg, int value) {
    pkg::instr_t& i = op(pkg::OP_ADDI);
    i.rd = reg;
    i.a = static_cast<std::uint16_t>(value);
  }
  void loop(int passes) { op(pkg::OP_LOOP).n = static_cast<std::uint16_t>(passes); }
  void end_loop() { op(pkg::OP_ENDL); }

  pkg::instr_t& operate(pkg::op_e code, At a, At b, int n, At d) {
    pkg::instr_t& i = op(code);
    i.a = static_cast<std::uint16_t>(a.block);
    i.ra = a.reg;
    i.b = static_cast<std::uint16_t>(b.block);
    i.rb = b.reg;
    i.n = static_cast<std::uint16_t>(n);
    i.d = static_cast<std::uint16_t>(d.block);
    i.rd = d.reg;
    return i;
  }
  pkg::instr_t& lane(pkg::op_e code, At segment, At act, int n, At d) { return operate(code, segment, act, n, d); }

  // d = a OP b, block by block
  void binary(pkg::op_e code, At a, At b, int n, At d) { operate(code, a, b, n, d); }
  // d = a OP element `elem` of block b
  void scalar(pkg::op_e code, At a, At b, unsigned elem, int n, At d) {
    operate(code, a, b, n, d).elem = static_cast<std::uint8_t>(elem);
    set(pkg::FLAG_BSCALAR);
  }
  void constant(pkg::op_e code, At a, Constant c, int n, At d) { scalar(code, a, {v_.constants}, c, n, d); }
  // d = a OP the b that repeats every `period` blocks
  void periodic(pkg::op_e code, At a, At b, int period, int n, At d) {
    operate(code, a, b, n, d).e = static_cast<std::uint16_t>(period);
    set(pkg::FLAG_BPERIOD);
  }
  void unary(pkg::op_e code, At a, int n, At d) { operate(code, a, {}, n, d); }
  void quantise(pkg::quant_e mode, At a, int group, int n, At d) {
    pkg::instr_t& i = operate(pkg::OP_VQUANT, a, {}, n, d);
    i.e = static_cast<std::uint16_t>(group);
    i.flags = static_cast<std::uint16_t>(i.flags | static_cast<unsigned>(mode) << pkg::FLAG_QMODE);
    if (mode == pkg::Q_QRY) {
      i.b = static_cast<std::uint16_t>(v_.constants);
      i.elem = kQueryScale;
      set(pkg::FLAG_BSCALAR);
    }
  }

  // Constants, and zeros where PV leaves words of its {L, F} blocks untouched that VRCP reads with them.
  void prologue() {
    note("constants");
    lane(pkg::OP_LOADV, {kSegConstants}, {}, 0, {v_.constants});
    note("clear {L, F}");
    load(kTo, 0);
    loop(s_.heads);
    constant(pkg::OP_VMUL, {v_.constants}, kZero, 1, {v_.attention + static_cast<std::uint32_t>(s_.head.blocks), kTo});
    add(kTo, s_.head.blocks + 1);
    end_loop();
  }

  // y = x / rms(x) * weights, quantised into the activation memory
  void norm(const std::string& name, std::uint32_t weights) {
    note(name);
    unary(pkg::OP_VSUMSQ, {v_.x}, s_.dim, {v_.scalar});
    constant(pkg::OP_VMUL, {v_.scalar}, kInvDim, 1, {v_.scalar});
    constant(pkg::OP_VADD, {v_.scalar}, kEps, 1, {v_.scalar});
    unary(pkg::OP_VRSQRT, {v_.scalar}, 1, {v_.scalar});
    scalar(pkg::OP_VMUL, {v_.x}, {v_.scalar}, 0, s_.dim, {v_.y});
    binary(pkg::OP_VMUL, {v_.y}, {weights}, s_.dim, {v_.y});
    quantise(pkg::Q_ACT, {v_.y}, 1, s_.dim, {q_.act});
  }

  // heads in place: x0 c - x1 s, x0 s + x1 c
  void rotate(std::uint32_t at, int heads) {
    const int kt = s_.head.blocks, n = heads * kt;
    periodic(pkg::OP_VMUL, {at}, {v_.rotation + static_cast<std::uint32_t>(kt)}, kt, n, {v_.swapped});
    set(pkg::FLAG_SWAP);
    periodic(pkg::OP_VMUL, {at}, {v_.rotation}, kt, n, {at});
    binary(pkg::OP_VADD, {at}, {v_.swapped}, n, {at});
  }

  void matvec(LayerSegment which, int inputs, std::uint32_t to) {
    lane(pkg::OP_MATVEC, {g_.layer_segment(0, which), kLayer}, {q_.act}, inputs, {to});
    wide(g_.layer_segment(0, which));
  }

  void columns(int n) { p_.code.back().cols = static_cast<std::uint8_t>(n - 1); }

  // The query heads of a KV head in passes over its pages, `width` heads at a time, the last pass with what is left. Heads are
  // dealt round robin over columns: pass p holds heads p * width ... in the same block of every column.
  void attend(std::uint32_t pages, int group) {
    const int kt = s_.head.blocks, passes = (group + columns_ - 1) / columns_, width = (group + passes - 1) / passes;
    const int left = group - (passes - 1) * width;  // heads of the last pass
    if (left == width) {
      quantise(pkg::Q_QRY, {v_.q}, kt, s_.heads * kt, {q_.act});
      columns(width);
    } else {  // every KV head begins at column 0 again
      load(kFrom, 0);
      load(kTo, 0);
      loop(s_.kv_heads);
      quantise(pkg::Q_QRY, {v_.q, kFrom}, kt, group * kt, {q_.act, kTo});
      columns(width);
      add(kFrom, group * kt);
      add(kTo, passes * kt);
      end_loop();
    }
    note("attend");
    const auto pass = [&](int heads) {
      lane(pkg::OP_SCORE, {pages, kKvPages}, {q_.act, kFrom}, kt, {});
      columns(heads);
      lane(pkg::OP_PV, {pages, kKvPages}, {}, kt, {v_.attention, kTo});
      columns(heads);
      add(kFrom, kt);
      add(kTo, heads * (kt + 1));
    };
    load(kFrom, 0);
    load(kTo, 0);
    loop(s_.kv_heads);
    if (const int full = left == width ? passes : passes - 1; full > 0) {
      loop(full);
      pass(width);
      end_loop();
    }
    if (left != width) pass(left);
    add(kKvPages, 1);
    end_loop();
  }

  // Keys come first: their pages are written while the queries are still being rotated.
  void attention() {
    const int kt = s_.head.blocks, group = s_.heads / s_.kv_heads;
    const auto pages = g_.layer_segment(0, kPages);
    norm("attention norm", v_.norm_attn);
    note("q, k, v");
    matvec(kQkv, s_.dim, v_.q);
    note("rotate k");
    rotate(v_.k, s_.kv_heads);
    note("norm of the feed-forward");
    lane(pkg::OP_LOADV, {g_.layer_segment(0, kFfnNorm), kLayer}, {}, 0, {v_.norm_ffn});
    note("append k, v");
    load(kFrom, 0);
    load(kTo, 0);
    loop(s_.kv_heads);
    quantise(pkg::Q_KEY, {v_.k, kFrom}, kt, kt, {q_.key(0, kt), kTo});
    quantise(pkg::Q_VAL, {v_.v, kFrom}, kt, kt, {q_.key(0, kt) + static_cast<std::uint32_t>(kt), kTo});
    lane(pkg::OP_APPEND, {pages, kKvPages}, {q_.key(0, kt), kTo}, kt, {});
    add(kKvPages, 1);
    add(kFrom, kt);
    add(kTo, 2 * kt);
    end_loop();
    add(kKvPages, -s_.kv_heads);
    note("rotate q");
    rotate(v_.q, s_.heads);
    attend(pages, group);
    add(kKvPages, static_cast<int>(g_.layer_stride) - s_.kv_heads);

    note("normalise heads");
    const std::uint32_t sums = v_.attention + static_cast<std::uint32_t>(kt);
    load(kFrom, 0);
    load(kTo, 0);
    loop(s_.heads);
    unary(pkg::OP_VRCP, {sums, kFrom}, 1, {v_.scalar});
    constant(pkg::OP_VMUL, {v_.scalar}, kInv127, 1, {v_.scalar});
    scalar(pkg::OP_VMUL, {v_.attention, kFrom}, {v_.scalar}, 0, kt, {v_.mixed, kTo});
    scalar(pkg::OP_VMUL, {v_.mixed, kTo}, {sums, kFrom}, 1, kt, {v_.mixed, kTo});
    add(kFrom, kt + 1);
    add(kTo, kt);
    end_loop();
    quantise(pkg::Q_ACT, {v_.mixed}, 1, s_.heads * kt, {q_.act});
    note("attention output");
    matvec(kAttnOutput, s_.heads * kt, v_.y);
    note("residual");
    binary(pkg::OP_VADD, {v_.x}, {v_.y}, s_.dim, {v_.x});
  }

  // gate and up to block `at` of each
  void gate_up(std::uint32_t at) {
    matvec(kGateUp, s_.dim, v_.gate + at);
    p_.code.back().e = static_cast<std::uint16_t>(v_.up - v_.gate);
    set(pkg::FLAG_PAIR);
  }

  void swiglu(int n, std::uint32_t to) {
    note("SwiGLU");
    constant(pkg::OP_VMUL, {v_.gate}, kNegLog2e, n, {v_.act});
    unary(pkg::OP_VEXP2, {v_.act}, n, {v_.act});
    constant(pkg::OP_VADD, {v_.act}, kOne, n, {v_.act});
    unary(pkg::OP_VRCP, {v_.act}, n, {v_.act});
    binary(pkg::OP_VMUL, {v_.gate}, {v_.act}, n, {v_.act});
    binary(pkg::OP_VMUL, {v_.act}, {v_.up}, n, {v_.act});
    quantise(pkg::Q_ACT, {v_.act}, 1, n, {to});
  }

  void next_norm() {
    note("next norm");
    lane(pkg::OP_LOADV, {g_.layer_segment(1, kAttnNorm), kLayer}, {}, 0, {v_.norm_attn});
  }

  // An expert's matrix: `units` of the stack for choice `choice`, known before any lane asks.
  void pick(int choice, int units) {
    pkg::instr_t& i = op(pkg::OP_EXPERT);
    i.a = static_cast<std::uint16_t>(choice);
    i.e = static_cast<std::uint16_t>(units);
  }

  // Gates of the chosen follow each other on the lanes without a wait between them, and so do their down products.
  void experts() {
    const int used = s_.experts_used, round = v_.experts_at_once;
    const std::uint32_t gates = q_.act + static_cast<std::uint32_t>(s_.dim);  // quantised, behind the experts' input
    norm("feed-forward norm", v_.norm_ffn);
    note("router");
    lane(pkg::OP_MATVEC, {g_.router_segment(0), kLayer}, {q_.act}, s_.dim, {v_.router});
    wide(g_.router_segment(0));
    note("choose experts");
    pkg::instr_t& top = operate(pkg::OP_VTOPK, {v_.router}, {}, s_.router, {v_.shares});
    top.e = static_cast<std::uint16_t>(s_.experts);
    top.elem = static_cast<std::uint8_t>(used);
    for (int first = 0; first < used; first += round) {
      const int count = std::min(round, used - first);
      note("experts' gate, up");
      for (int j = 0; j < count; ++j) {
        pick(first + j, s_.ffn);
        gate_up(static_cast<std::uint32_t>(j * s_.ffn));
        set(pkg::FLAG_EXPERT);
      }
      if (first == 0) shares();
      swiglu(count * s_.ffn, gates + static_cast<std::uint32_t>(first * s_.ffn));
    }
    next_norm();
    note("experts' down");
    for (int j = 0; j < used; ++j) {
      pick(j, s_.dim);
      lane(pkg::OP_MATVEC, {g_.layer_segment(0, kDown), kLayer}, {gates + static_cast<std::uint32_t>(j * s_.ffn)}, s_.ffn, {v_.down + static_cast<std::uint32_t>(j * s_.dim)});
      wide(g_.layer_segment(0, kDown));
      set(pkg::FLAG_EXPERT);
    }
    note("sum by choice");
    for (int j = 0; j < used; ++j) {
      const std::uint32_t result = v_.down + static_cast<std::uint32_t>(j * s_.dim);
      scalar(pkg::OP_VMUL, {result}, {v_.shares}, static_cast<unsigned>(j), s_.dim, {j == 0 ? v_.y : result});
      if (j > 0) binary(pkg::OP_VADD, {v_.y}, {result}, s_.dim, {v_.y});
    }
    note("residual");
    binary(pkg::OP_VADD, {v_.x}, {v_.y}, s_.dim, {v_.x});
  }

  // Roots of the chosen experts' shares, their squares over the sum of squares.
  void shares() {
    note("shares");
    constant(pkg::OP_VMUL, {v_.shares}, kNegHalfLog2e, 1, {v_.shares});
    unary(pkg::OP_VEXP2, {v_.shares}, 1, {v_.shares});
    unary(pkg::OP_VSUMSQ, {v_.shares}, 1, {v_.scalar});
    unary(pkg::OP_VRCP, {v_.scalar}, 1, {v_.scalar});
    binary(pkg::OP_VMUL, {v_.shares}, {v_.shares}, 1, {v_.shares});
    scalar(pkg::OP_VMUL, {v_.shares}, {v_.scalar}, 0, 1, {v_.shares});
  }

  void feed_forward() {
    norm("feed-forward norm", v_.norm_ffn);
    note("gate, up");
    gate_up(0);
    swiglu(s_.ffn, q_.act);
    next_norm();
    note("down");
    matvec(kDown, s_.ffn, v_.y);
    note("residual");
    binary(pkg::OP_VADD, {v_.x}, {v_.y}, s_.dim, {v_.x});
  }

  const Graph& g_;
  const Shape& s_;
  const VectorMap& v_;
  const QuantMap& q_;
  std::uint32_t rotation_blocks_;
  int columns_;
  Program p_;
  std::string note_;
  bool in_layers_ = false;
};

}  // namespace

Program generate(const Graph& graph, const VectorMap& vectors, const QuantMap& quantised,
                 std::uint32_t rotation_blocks, unsigned columns) {
  return Generator(graph, vectors, quantised, rotation_blocks, columns).run();
}

}  // namespace htx::compile

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
  Generator(const Graph& graph, std::uint32_t rotation_blocks, unsigned columns)
      : g_(graph), s_(graph.shape), rotation_blocks_(rotation_blocks), columns_(static_cast<int>(columns)) {}

  Program run(const Pass& single, const Pass* several) {
    work_on(single);
    prologue();
    if (several) {
      work_on(*several);
      clear_sums();
    }
    const std::uint32_t position = here();
    if (several) {
      note("several tokens known");
      op(pkg::OP_SKIP).a = static_cast<std::uint16_t>(tokens_ - 1);
    }
    work_on(single);
    layers();
    note("head");
    const std::uint32_t skip = here();
    op(pkg::OP_SKIP);
    head();
    p_.code[skip].e = static_cast<std::uint16_t>(here());
    note("end of position");
    op(pkg::OP_NEXT).e = static_cast<std::uint16_t>(position);
    op(pkg::OP_HALT);
    if (several) {
      p_.code[position].e = static_cast<std::uint16_t>(here());
      work_on(*several);
      layers();
      note("end of positions");
      pkg::instr_t& next = op(pkg::OP_NEXT);
      next.a = static_cast<std::uint16_t>(tokens_ - 1);
      next.e = static_cast<std::uint16_t>(position);
    }
    return std::move(p_);
  }

 private:
  void work_on(const Pass& pass) {
    v_ = pass.vectors;
    q_ = pass.quantised;
    tokens_ = pass.vectors.tokens;
  }

  // Token and position of the token so many positions on.
  void token(int t) {
    note("position");
    op(pkg::OP_TOKEN).a = static_cast<std::uint16_t>(t);
  }

  void layers() {
    for (int t = 0; t < tokens_; ++t) {
      token(t);
      note("embedding");
      lane(pkg::OP_EMBED, {kSegEmbedding}, {}, s_.dim, {x(t)});
      set(pkg::FLAG_W8);
      note("rotation table");
      lane(pkg::OP_LOADV, {kSegRotation}, {}, static_cast<int>(rotation_blocks_), {rotation(t)});
      set(pkg::FLAG_POS);
    }
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
  }

  void head() {
    norm("last norm", v_.norm_attn);
    note("logits");
    lane(pkg::OP_MATVEC, {g_.head_segment}, {q_.act}, s_.dim, {v_.logits});
    wide(g_.head_segment);
    set(pkg::FLAG_ARGMAX);
    if (!v_.store_logits) set(pkg::FLAG_NOSTORE);
  }

  // Where a token's vectors stand.
  static std::uint32_t behind(std::uint32_t first, int t, int blocks) { return first + static_cast<std::uint32_t>(t * blocks); }
  std::uint32_t x(int t) const { return behind(v_.x, t, s_.dim); }
  std::uint32_t y(int t) const { return behind(v_.y, t, s_.dim); }
  std::uint32_t rotation(int t) const { return behind(v_.rotation, t, 2 * s_.head.blocks); }
  std::uint32_t sums(int t) const { return behind(v_.attention, t, s_.heads * (s_.head.blocks + 1)); }

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
    clear_sums();
  }
  void clear_sums() {
    note("clear {L, F}");
    load(kTo, 0);
    loop(tokens_ * s_.heads);
    constant(pkg::OP_VMUL, {v_.constants}, kZero, 1, {v_.attention + static_cast<std::uint32_t>(s_.head.blocks), kTo});
    add(kTo, s_.head.blocks + 1);
    end_loop();
  }

  // y = x / rms(x) * weights, quantised into the activation memory: each token into its own column, or all into the first
  // one behind each other.
  enum class Into { columns, first };
  void norm(const std::string& name, std::uint32_t weights, Into into = Into::columns) {
    note(name);
    for (int t = 0; t < tokens_; ++t) unary(pkg::OP_VSUMSQ, {x(t)}, s_.dim, {behind(v_.scalar, t, 1)});
    constant(pkg::OP_VMUL, {v_.scalar}, kInvDim, tokens_, {v_.scalar});
    constant(pkg::OP_VADD, {v_.scalar}, kEps, tokens_, {v_.scalar});
    unary(pkg::OP_VRSQRT, {v_.scalar}, tokens_, {v_.scalar});
    for (int t = 0; t < tokens_; ++t) {
      scalar(pkg::OP_VMUL, {x(t)}, {behind(v_.scalar, t, 1)}, 0, s_.dim, {y(t)});
      binary(pkg::OP_VMUL, {y(t)}, {weights}, s_.dim, {y(t)});
      into == Into::columns ? activations({y(t)}, s_.dim, t) : quantise(pkg::Q_ACT, {y(t)}, 1, s_.dim, {behind(q_.act, t, s_.dim)});
    }
  }

  // A token's quantised vector, into its column.
  void activations(At a, int n, int t) { activations(a, n, t, q_.act); }
  void activations(At a, int n, int t, std::uint32_t to) {
    quantise(pkg::Q_ACT, a, 1, n, {to});
    p_.code.back().cols = static_cast<std::uint8_t>(t);
  }

  // heads in place: x0 c - x1 s, x0 s + x1 c
  void rotate(std::uint32_t first, int heads, int t) {
    const int kt = s_.head.blocks, n = heads * kt;
    const std::uint32_t at = behind(first, t, s_.qkv());
    periodic(pkg::OP_VMUL, {at}, {rotation(t) + static_cast<std::uint32_t>(kt)}, kt, n, {v_.swapped});
    set(pkg::FLAG_SWAP);
    periodic(pkg::OP_VMUL, {at}, {rotation(t)}, kt, n, {at});
    binary(pkg::OP_VADD, {at}, {v_.swapped}, n, {at});
  }

  // All tokens' products with a matrix; `outputs` blocks of one behind those of the one before.
  void matvec(LayerSegment which, int inputs, std::uint32_t to, int outputs) { matvec(which, inputs, to, outputs, q_.act); }
  void matvec(LayerSegment which, int inputs, std::uint32_t to, int outputs, std::uint32_t from) {
    lane(pkg::OP_MATVEC, {g_.layer_segment(0, which), kLayer}, {from}, inputs, {to});
    wide(g_.layer_segment(0, which));
    if (tokens_ == 1) return;
    columns(tokens_);
    p_.code.back().e = static_cast<std::uint16_t>(outputs);
  }

  void columns(int n) { p_.code.back().cols = static_cast<std::uint8_t>(n - 1); }

  // The query heads of a KV head in passes over its pages, `width` heads at a time, the last pass with what is left. Heads are
  // dealt round robin over columns: pass p holds heads p * width ... in the same block of every column.
  void attend(std::uint32_t pages, int t) {
    const int kt = s_.head.blocks, group = s_.heads / s_.kv_heads, passes = passes_of(s_, columns_), width = (group + passes - 1) / passes;
    const int left = group - (passes - 1) * width;  // heads of the last pass
    const std::uint32_t q = behind(v_.q, t, s_.qkv()), act = q_.act + static_cast<std::uint32_t>(t) * q_.queries;
    if (left == width) {
      quantise(pkg::Q_QRY, {q}, kt, s_.heads * kt, {act});
      columns(width);
    } else {  // every KV head begins at column 0 again
      load(kFrom, 0);
      load(kTo, 0);
      loop(s_.kv_heads);
      quantise(pkg::Q_QRY, {q, kFrom}, kt, group * kt, {act, kTo});
      columns(width);
      add(kFrom, group * kt);
      add(kTo, passes * kt);
      end_loop();
    }
    note("attend");
    const auto pass = [&](int heads) {
      lane(pkg::OP_SCORE, {pages, kKvPages}, {act, kFrom}, kt, {});
      columns(heads);
      lane(pkg::OP_PV, {pages, kKvPages}, {}, kt, {sums(t), kTo});
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

  // A token's keys and values into the pages.
  void append(std::uint32_t pages, int t) {
    const int kt = s_.head.blocks;
    note("append k, v");
    load(kFrom, 0);
    load(kTo, 0);
    loop(s_.kv_heads);
    quantise(pkg::Q_KEY, {behind(v_.k, t, s_.qkv()), kFrom}, kt, kt, {q_.key(t), kTo});
    quantise(pkg::Q_VAL, {behind(v_.v, t, s_.qkv()), kFrom}, kt, kt, {q_.key(t) + static_cast<std::uint32_t>(kt), kTo});
    lane(pkg::OP_APPEND, {pages, kKvPages}, {q_.key(t), kTo}, kt, {});
    add(kKvPages, 1);
    add(kFrom, kt);
    add(kTo, 2 * kt);
    end_loop();
    add(kKvPages, -s_.kv_heads);
  }

  // A token's sums over their shares, quantised.
  void mix(int t) {
    const int kt = s_.head.blocks;
    note("normalise heads");
    const std::uint32_t first = sums(t), shares = first + static_cast<std::uint32_t>(kt);
    load(kFrom, 0);
    load(kTo, 0);
    loop(s_.heads);
    unary(pkg::OP_VRCP, {shares, kFrom}, 1, {v_.scalar});
    constant(pkg::OP_VMUL, {v_.scalar}, kInv127, 1, {v_.scalar});
    scalar(pkg::OP_VMUL, {first, kFrom}, {v_.scalar}, 0, kt, {v_.mixed, kTo});
    scalar(pkg::OP_VMUL, {v_.mixed, kTo}, {shares, kFrom}, 1, kt, {v_.mixed, kTo});
    add(kFrom, kt + 1);
    add(kTo, kt);
    end_loop();
    activations({v_.mixed}, s_.heads * kt, t);
  }

  // Keys come first: their pages are written while the queries are still being rotated. Of several tokens each appends
  // before it attends, so that it sees those before it and itself, and nothing behind.
  void attention() {
    const auto pages = g_.layer_segment(0, kPages);
    norm("attention norm", v_.norm_attn);
    note("q, k, v");
    matvec(kQkv, s_.dim, v_.q, s_.qkv());
    for (int t = 0; t < tokens_; ++t) {
      note("rotate k");
      rotate(v_.k, s_.kv_heads, t);
      if (t == 0) {
        note("norm of the feed-forward");
        lane(pkg::OP_LOADV, {g_.layer_segment(0, kFfnNorm), kLayer}, {}, 0, {v_.norm_ffn});
      }
      if (tokens_ > 1) token(t);
      append(pages, t);
      note("rotate q");
      rotate(v_.q, s_.heads, t);
      attend(pages, t);
      add(kKvPages, (t + 1 < tokens_ ? 0 : static_cast<int>(g_.layer_stride)) - s_.kv_heads);
    }
    for (int t = 0; t < tokens_; ++t) mix(t);
    note("attention output");
    matvec(kAttnOutput, s_.heads * s_.head.blocks, v_.y, s_.dim);
    note("residual");
    binary(pkg::OP_VADD, {v_.x}, {v_.y}, tokens_ * s_.dim, {v_.x});
  }

  // an expert's gate and up to block `at` of each, of the activations at block `act`
  void expert_gate_up(std::uint32_t act, std::uint32_t at) {
    lane(pkg::OP_MATVEC, {g_.layer_segment(0, kGateUp), kLayer}, {act}, s_.dim, {v_.gate + at});
    wide(g_.layer_segment(0, kGateUp));
    p_.code.back().e = static_cast<std::uint16_t>(v_.up - v_.gate);
    set(pkg::FLAG_PAIR);
    set(pkg::FLAG_EXPERT);
  }

  void swiglu(std::uint32_t gate, std::uint32_t up, std::uint32_t to, int n) {
    note("SwiGLU");
    constant(pkg::OP_VMUL, {gate}, kNegLog2e, n, {to});
    unary(pkg::OP_VEXP2, {to}, n, {to});
    constant(pkg::OP_VADD, {to}, kOne, n, {to});
    unary(pkg::OP_VRCP, {to}, n, {to});
    binary(pkg::OP_VMUL, {gate}, {to}, n, {to});
    binary(pkg::OP_VMUL, {to}, {up}, n, {to});
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

  // Each token has experts of its own.
  void experts() {
    norm("feed-forward norm", v_.norm_ffn, Into::first);
    for (int t = 0; t < tokens_; ++t) experts(t);
    note("residual");
    binary(pkg::OP_VADD, {v_.x}, {v_.y}, tokens_ * s_.dim, {v_.x});
  }

  // Gates of the chosen follow each other on the lanes without a wait between them, and so do their down products.
  void experts(int t) {
    const int used = s_.experts_used, round = v_.experts_at_once;
    const std::uint32_t input = behind(q_.act, t, s_.dim), gates = behind(q_.act, tokens_, s_.dim);  // quantised, behind the experts' inputs
    note("router");
    lane(pkg::OP_MATVEC, {g_.router_segment(0), kLayer}, {input}, s_.dim, {v_.router});
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
        expert_gate_up(input, static_cast<std::uint32_t>(j * s_.ffn));
      }
      if (first == 0) shares();
      swiglu(v_.gate, v_.up, v_.act, count * s_.ffn);
      quantise(pkg::Q_ACT, {v_.act}, 1, count * s_.ffn, {behind(gates, first, s_.ffn)});
    }
    if (t == 0) next_norm();
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
      scalar(pkg::OP_VMUL, {result}, {v_.shares}, static_cast<unsigned>(j), s_.dim, {j == 0 ? y(t) : result});
      if (j > 0) binary(pkg::OP_VADD, {y(t)}, {result}, s_.dim, {y(t)});
    }
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
    const int parts = static_cast<int>(s_.gate_parts.size());
    const std::uint32_t gated = q_.act + (parts > 1 ? static_cast<std::uint32_t>(s_.dim) : 0);  // behind the input, which the next part still reads
    for (int part = 0, first = 0; part < parts; first += s_.gate_parts[static_cast<std::size_t>(part++)]) {
      const int n = s_.gate_parts[static_cast<std::size_t>(part)];
      note("gate, up");
      lane(pkg::OP_MATVEC, {g_.gate_segment(0, part), kLayer}, {q_.act}, s_.dim, {behind(v_.gate, first, 1)});
      wide(g_.gate_segment(0, part));
      set(pkg::FLAG_PAIR);
      if (tokens_ > 1) columns(tokens_);
      p_.code.back().e = static_cast<std::uint16_t>(s_.ffn);  // of a token gate, then up
      for (int t = 0; t < tokens_; ++t) {
        const std::uint32_t gate = behind(v_.gate, 2 * t * s_.ffn + first, 1), act = behind(v_.act, first, 1);
        swiglu(gate, behind(gate, s_.ffn, 1), act, n);
        activations({act}, n, t, behind(gated, first, 1));
      }
    }
    next_norm();
    note("down");
    matvec(kDown, s_.ffn, v_.y, s_.dim, gated);
    note("residual");
    binary(pkg::OP_VADD, {v_.x}, {v_.y}, tokens_ * s_.dim, {v_.x});
  }

  const Graph& g_;
  const Shape& s_;
  VectorMap v_;
  QuantMap q_;
  int tokens_ = 1;  // of the pass
  std::uint32_t rotation_blocks_;
  int columns_;
  Program p_;
  std::string note_;
  bool in_layers_ = false;
};

}  // namespace

Program generate(const Graph& graph, const Pass& single, const Pass* several, std::uint32_t rotation_blocks, unsigned columns) {
  return Generator(graph, rotation_blocks, columns).run(single, several);
}

}  // namespace htx::compile

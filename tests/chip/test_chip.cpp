// SPDX-License-Identifier: Apache-2.0
// The whole chip: RTL and golden in lockstep at every clock, loaded and started through the host port.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <random>

#include "golden/chip/chip.hpp"
#include "golden/chip/driver.hpp"
#include "golden/compile/compile.hpp"
#include "golden/numerics/numerics.hpp"
#include "verif/block_lockstep.hpp"
#include "verif/rtl_machine.hpp"

namespace {

using namespace htx;

std::unique_ptr<verif::RtlMachine> make_rtl(unsigned lanes, unsigned seed) {
  const std::string path = fmt::format(HTX_RTL_DIR "/htx_rtl_L{}.so", lanes);
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  const auto create = reinterpret_cast<verif::CreateRtl>(dlsym(library, "htx_rtl_create"));
  if (create == nullptr) throw std::runtime_error(path + ": no htx_rtl_create");
  return std::unique_ptr<verif::RtlMachine>(create(seed, ""));
}

/// Both chips behind one driver; clock() compares every probe after every edge and says false at a difference.
class Bench {
 public:
  Bench(unsigned lanes, unsigned seed) : golden_(lanes), rtl_(make_rtl(lanes, seed)) {
    for (int i = 0; i < 4; ++i) step(false);
  }
  bool clock() {
    step(true);
    ++cycle_;
    golden_.probe(*expected_);
    rtl_->read(*actual_);
    logits += golden_.logits().valid;
    if (golden_.logits().valid) words[golden_.logits().addr + (golden_.seq().out().pos << 16)] = golden_.logits().data;
    if (chip::probe::Chip::same(*expected_, *actual_, golden_.lanes(), golden_.columns())) return true;
    std::string text;
    chip::probe::Chip::each(*expected_, golden_.lanes(), golden_.columns(), [&](const auto& block, unsigned copy) {
      using P = std::remove_cvref_t<decltype(block)>;
      const auto at = reinterpret_cast<const char*>(&block) - reinterpret_cast<const char*>(expected_.get());
      const auto& other = *reinterpret_cast<const P*>(reinterpret_cast<const char*>(actual_.get()) + at);
      if (!verif::same(block, other)) text += fmt::format("copy {}: ", copy) + verif::differences(block, other);
    });
    ADD_FAILURE() << "clock " << cycle_ << "\n" << text;
    return false;
  }
  /// Plays everything queued.
  bool drain(unsigned limit = 500000) {
    while (!driver.idle() && limit-- > 0)
      if (!clock()) return false;
    EXPECT_TRUE(driver.idle());
    return driver.idle();
  }
  /// Starts the program and runs until the interrupt; false at a difference or after `limit` clocks.
  bool run(unsigned limit = 2000000) {
    const auto ticket = driver.start();
    if (!drain()) return false;
    EXPECT_EQ(ticket->resp, 0U);
    for (int i = 0; i < 3; ++i)
      if (!clock()) return false;
    while (!golden_.answer().irq && limit-- > 0)
      if (!clock()) return false;
    EXPECT_TRUE(golden_.answer().irq) << "still running at pc " << golden_.seq().pc();
    return golden_.answer().irq;
  }
  std::uint32_t read(std::uint32_t offset) {
    const auto t = driver.read_reg(offset);
    drain();
    return t->value;
  }
  void write_storage(unsigned lane, std::uint64_t at, std::span<const std::uint8_t> bytes) {
    golden_.storage(lane).write_bytes(at, bytes);
    rtl_->storage(lane).write_bytes(at, bytes);
  }
  void expect_same_storage(unsigned lane, std::uint64_t at, std::size_t bytes) {
    std::vector<std::uint8_t> a(bytes), b(bytes);
    golden_.storage(lane).read_bytes(at, a);
    rtl_->storage(lane).read_bytes(at, b);
    EXPECT_EQ(a, b);
  }
  const chip::Chip& golden() const { return golden_; }
  float value(unsigned block, unsigned element) const {
    return numerics::from_bits(static_cast<std::uint32_t>(golden_.vmem().word(4 * block + element / 8)[element % 8 / 2] >> 32 * (element % 2)));
  }
  chip::Driver driver;
  unsigned logits = 0;
  std::map<unsigned, Bits<4>> words;  ///< of the logits, by position and place

 private:
  void step(bool rst_n) {
    const chip::HostPins pins = driver.pins();
    if (rst_n) driver.step(rtl_->answer());
    golden_.step(pins, rst_n);
    rtl_->step(pins, rst_n);
  }
  chip::Chip golden_;
  std::unique_ptr<verif::RtlMachine> rtl_;
  std::unique_ptr<chip::probe::Chip> expected_ = std::make_unique<chip::probe::Chip>(), actual_ = std::make_unique<chip::probe::Chip>();
  std::uint64_t cycle_ = 0;
};

constexpr unsigned kWait = 1 << pkg::FLAG_WAIT;

pkg::instr_t op(unsigned code, unsigned a = 0, unsigned b = 0, unsigned d = 0, unsigned n = 0, unsigned e = 0, unsigned flags = 0) {
  pkg::instr_t i;
  i.op = static_cast<std::uint8_t>(code);
  i.a = static_cast<std::uint16_t>(a);
  i.b = static_cast<std::uint16_t>(b);
  i.d = static_cast<std::uint16_t>(d);
  i.n = static_cast<std::uint16_t>(n);
  i.e = static_cast<std::uint16_t>(e);
  i.flags = static_cast<std::uint16_t>(flags);
  return i;
}

/// The segment entry of `units` units dealt from lane 0, as lane `lane` of `lanes` has it.
pkg::seg_t dealt(unsigned lane, unsigned lanes, unsigned units, std::uint32_t addr) {
  pkg::seg_t s;
  s.addr = addr;
  s.first = static_cast<std::uint8_t>(lane);
  s.count = static_cast<std::uint16_t>(units > lane ? (units - lane + lanes - 1) / lanes : 0);
  return s;
}

std::vector<std::uint8_t> float_bytes(std::span<const float> values) {
  std::vector<std::uint8_t> bytes(4 * values.size());
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

class ChipTest : public testing::TestWithParam<unsigned> {};

TEST_P(ChipTest, LoadsAddsAndHalts) {
  const unsigned lanes = GetParam();
  Bench bench(lanes, 1);
  auto& d = bench.driver;
  // five blocks for a, five for b, dealt over the lanes, written through the host port
  constexpr unsigned kBlocks = 5;
  std::mt19937 rng(7);
  std::normal_distribution<float> normal;
  std::vector<float> values(2 * kBlocks * 32);
  for (auto& v : values) v = normal(rng);
  std::vector<std::vector<std::uint8_t>> image(lanes);
  for (unsigned t = 0; t < 2; ++t) {
    for (unsigned l = 0; l < lanes; ++l) d.write_segments(l, t, std::vector{dealt(l, lanes, kBlocks, static_cast<std::uint32_t>(image[l].size() / 32))});
    for (unsigned u = 0; u < kBlocks; ++u) {
      const auto block = float_bytes(std::span(values).subspan((t * kBlocks + u) * 32, 32));
      image[u % lanes].insert(image[u % lanes].end(), block.begin(), block.end());
    }
  }
  for (unsigned l = 0; l < lanes; ++l) d.write_dram(l, 0, image[l]);
  d.write_program(0, std::vector{op(pkg::OP_LOADV, 0, 0, 100), op(pkg::OP_LOADV, 1, 0, 200),
                                 op(pkg::OP_VADD, 100, 200, 300, kBlocks, 0, kWait), op(pkg::OP_VMUL, 300, 100, 400, kBlocks), op(pkg::OP_HALT)});
  d.write_reg(pkg::REG_VOCAB, 32);
  ASSERT_TRUE(bench.drain());
  ASSERT_TRUE(bench.run());
  EXPECT_EQ(bench.read(pkg::REG_STATUS), 2U);
  EXPECT_GT(bench.read(pkg::REG_CYCLES), 50U);
  for (unsigned i = 0; i < kBlocks * 32; ++i) {
    const float a = values[i], b = values[kBlocks * 32 + i];
    ASSERT_EQ(bench.value(300 + i / 32, i % 32), a + b) << i;
    ASSERT_EQ(bench.value(400 + i / 32, i % 32), (a + b) * a) << i;
  }
  // read back, through the same port
  for (unsigned l = 0; l < lanes; ++l) {
    const auto back = d.read_dram(l, 0, image[l].size());
    ASSERT_TRUE(bench.drain());
    EXPECT_EQ(back->bytes, image[l]);
  }
}

/// A program of every instruction over random data, with its memories filled first.
class Everything {
 public:
  Everything(Bench& bench, unsigned lanes, unsigned seed) : bench_(bench), lanes_(lanes), rng_(seed) {}
  unsigned pick(unsigned n) { return static_cast<unsigned>(rng_() % n); }

  void load() {
    std::normal_distribution<float> normal;
    for (unsigned l = 0; l < lanes_; ++l) {
      // fp32 blocks, then weight tiles (scales first), then empty pages
      std::vector<float> blocks(kVmem * 32);
      for (auto& v : blocks) v = normal(rng_);
      bench_.write_storage(l, 0, float_bytes(blocks));
      std::vector<std::uint8_t> tiles(kTiles * pkg::TILE8_BURSTS * 32);
      for (auto& b : tiles) b = static_cast<std::uint8_t>(rng_());
      // any burst may be read as scales: keep every other byte's exponent small, so that fp16 stays finite
      for (std::size_t i = 1; i < tiles.size(); i += 2) tiles[i] &= 0xbb;
      bench_.write_storage(l, 32ULL * kTileBurst, tiles);
      std::vector<pkg::seg_t> segments;
      segments.push_back(dealt(l, lanes_, kVmem, 0));
      for (unsigned s = 1; s < 8; ++s) segments.push_back(dealt(l, lanes_, 1 + pick(7), kTileBurst + 34 * pick(kTiles / 4)));
      for (unsigned s = 8; s < 12; ++s) segments.push_back(dealt(l, lanes_, pick(9), 4 * pick(100)));  // fp32 blocks
      for (unsigned h = 0; h < 4; ++h) {
        pkg::seg_t page;
        page.addr = kPageBurst + h * 0x4000;
        page.first = static_cast<std::uint8_t>((l + lanes_ - h % lanes_) % lanes_);
        segments.push_back(page);
      }
      bench_.driver.write_segments(l, 0, segments);
    }
    std::vector<std::uint32_t> tokens(64);
    for (auto& t : tokens) t = pick(kVocab);
    bench_.driver.write_tokens(0, tokens);
  }

  std::vector<pkg::instr_t> program() {
    std::vector<pkg::instr_t> p = {
        op(pkg::OP_LOADV, 0, 0, 0),
        op(pkg::OP_VQUANT, 0, 0, 0, pkg::ACT_BLOCKS, 4, kWait),
        op(pkg::OP_VQUANT, 0, 0, 0, pkg::KVBUF_BLOCKS / 2, 2, pkg::Q_KEY << pkg::FLAG_QMODE),
        op(pkg::OP_VQUANT, 0, 0, pkg::KVBUF_BLOCKS / 2, pkg::KVBUF_BLOCKS / 2, 2, pkg::Q_VAL << pkg::FLAG_QMODE),
    };
    const auto top = static_cast<unsigned>(p.size());
    p.push_back(op(pkg::OP_TOKEN));
    const unsigned length = 12 + pick(12);
    for (unsigned i = 0; i < length; ++i) {
      const unsigned n = 1 + pick(6), from = pick(900), to = 1000 + pick(900);
      switch (pick(12)) {
        case 0: p.push_back(op(pkg::OP_MATVEC, 1 + pick(7), pick(1000), to, n, 0, kWait | pick(2) << pkg::FLAG_W8)); break;
        case 1: p.push_back(op(pkg::OP_MATVEC, 1 + pick(7), pick(1000), 1000 + pick(400), n, 100 + pick(300), kWait | 1 << pkg::FLAG_PAIR)); break;
        case 2: p.push_back(op(pkg::OP_EMBED, 1, 0, to, n, 0, kWait)); break;
        case 3: p.push_back(op(pkg::OP_LOADV, 8 + pick(4), 0, to, pick(3), 0, kWait | pick(2) << pkg::FLAG_POS)); break;
        case 4:
        case 5: {
          const unsigned kt = 1 + pick(3), seg = 12 + kt;  // a segment's pages all have one size
          p.push_back(op(pkg::OP_VQUANT, from, pick(900), 0, kt, kt, kWait | pkg::Q_KEY << pkg::FLAG_QMODE));
          p.push_back(op(pkg::OP_VQUANT, from + 10, 0, kt, kt, kt, kWait | pkg::Q_VAL << pkg::FLAG_QMODE));
          auto query = op(pkg::OP_VQUANT, from + 20, pick(900), 7, kt, kt, kWait | pkg::Q_QRY << pkg::FLAG_QMODE);
          query.elem = static_cast<std::uint8_t>(pick(32));
          p.push_back(query);
          p.push_back(op(pkg::OP_APPEND, seg, 0, 0, kt, 0, kWait));
          p.push_back(op(pkg::OP_SCORE, seg, 7, 0, kt, 0, kWait));
          p.push_back(op(pkg::OP_PV, seg, 0, to, kt, 0, kWait));
          break;
        }
        case 6: p.push_back(op(pkg::OP_VQUANT, from, 0, pick(900), n, 1 + pick(4), kWait)); break;
        default: {
          static constexpr unsigned ops[] = {pkg::OP_VADD, pkg::OP_VMUL, pkg::OP_VEXP2, pkg::OP_VRCP, pkg::OP_VRSQRT, pkg::OP_VSUMSQ};
          const unsigned code = ops[pick(6)];
          auto v = op(code, from, pick(900), to, n, 1 + pick(4), kWait * pick(2));
          if (code == pkg::OP_VADD || code == pkg::OP_VMUL) v.flags |= static_cast<std::uint16_t>(pick(8) << pkg::FLAG_BSCALAR & ~(pick(2) << pkg::FLAG_BPERIOD));
          v.elem = static_cast<std::uint8_t>(pick(32));
          p.push_back(v);
        }
      }
    }
    const auto skip = static_cast<unsigned>(p.size());
    p.push_back(op(pkg::OP_SKIP, 0, 0, 0, 0, skip + 2));
    p.push_back(op(pkg::OP_MATVEC, 1 + pick(7), pick(1000), 0, 1 + pick(3), 0, kWait | 1 << pkg::FLAG_W8 | 1 << pkg::FLAG_ARGMAX | 1 << pkg::FLAG_NOSTORE));
    p.push_back(op(pkg::OP_NEXT, 0, 0, 0, 0, top));
    return p;
  }
  static constexpr unsigned kVocab = 7 * 32, kVmem = pkg::VMEM_BLOCKS, kTiles = 64;
  static constexpr std::uint32_t kTileBurst = 4 * kVmem, kPageBurst = 0x8000;

 private:
  Bench& bench_;
  unsigned lanes_;
  std::mt19937 rng_;
};

TEST_P(ChipTest, EveryInstructionInLockstep) {
  const unsigned lanes = GetParam();
  unsigned done = 0;
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Bench bench(lanes, seed);
    Everything all(bench, lanes, seed);
    all.load();
    bench.driver.write_program(0, all.program());
    bench.driver.write_reg(pkg::REG_VOCAB, Everything::kVocab);
    const unsigned prompt = 2 + all.pick(3), first = all.pick(2) ? 0 : 30;  // pages end at 32
    bench.driver.write_reg(pkg::REG_POS, first);
    bench.driver.write_reg(pkg::REG_PROMPT, first + prompt);
    bench.driver.write_reg(pkg::REG_LIMIT, first + prompt + 2);
    ASSERT_TRUE(bench.drain());
    if (!bench.run()) return;
    const auto status = bench.read(pkg::REG_STATUS);
    if (status == 2) {
      ++done;
      EXPECT_EQ(bench.read(pkg::REG_TOKENS), first + prompt + 2);
      EXPECT_EQ(bench.read(pkg::REG_POS), first + prompt + 1);
      EXPECT_GT(bench.logits, 0U);
    } else {  // numbers ran away; the error is precise and the same in both
      EXPECT_LE(bench.read(pkg::REG_ERROR) & 0xff, pkg::ERR_LOGIT);
    }
    for (unsigned l = 0; l < lanes; ++l) bench.expect_same_storage(l, 32ULL * Everything::kPageBurst, 0x10000 * 32);
    // again, with a soft reset in the middle and one more run behind it
    bench.driver.soft_reset();
    bench.driver.write_reg(pkg::REG_POS, first);
    bench.driver.start();
    ASSERT_TRUE(bench.drain());
    for (unsigned n = 500 + all.pick(4000); n > 0; --n) ASSERT_TRUE(bench.clock());
    bench.driver.soft_reset();
    bench.driver.write_reg(pkg::REG_POS, first);
    ASSERT_TRUE(bench.drain());
    ASSERT_TRUE(bench.run());
    EXPECT_EQ(bench.read(pkg::REG_STATUS), status);
  }
  EXPECT_GT(done, 0U);
}

TEST_P(ChipTest, AnErrorStopsTheChipUntilSoftReset) {
  Bench bench(GetParam(), 3);
  bench.driver.write_program(0, std::vector{op(pkg::OP_LDI), op(0x7f)});
  ASSERT_TRUE(bench.drain());
  ASSERT_TRUE(bench.run());
  EXPECT_EQ(bench.read(pkg::REG_STATUS), 4U);
  EXPECT_EQ(bench.read(pkg::REG_ERROR), 1U << 16 | pkg::ERR_OPCODE);
  bench.driver.soft_reset();
  bench.driver.write_program(0, std::vector{op(pkg::OP_HALT)});
  ASSERT_TRUE(bench.drain());
  EXPECT_FALSE(bench.golden().answer().irq);
  ASSERT_TRUE(bench.run());
  EXPECT_EQ(bench.read(pkg::REG_STATUS), 2U);
}

/// The small model that ships on the chip, loaded through the host port: decodes a few tokens, again and again.
class SmallModel {
 public:
  SmallModel(Bench& bench, unsigned lanes)
      : bench_(bench), image_(compile::compile(model::load_model(HTX_MODEL, model::WeightFormat::q8_0), {.lanes = lanes, .chips = 1, .context = 8, .limits = {}})) {
    auto& d = bench.driver;
    for (unsigned l = 0; l < lanes; ++l) {
      d.write_dram(l, 0, image_.lane_images[l].dram);
      d.write_segments(l, 0, image_.lane_images[l].segments);
    }
    d.write_program(0, image_.program);
    d.write_tokens(0, std::array{1U, 300U});
    d.write_reg(pkg::REG_VOCAB, image_.vocab);
    registers();
  }
  const compile::Image& image() const { return image_; }
  void registers() {
    auto& d = bench_.driver;
    d.write_reg(pkg::REG_WATCHDOG, 0xffffffff);
    d.write_reg(pkg::REG_POS, 0);
    d.write_reg(pkg::REG_PROMPT, 2);
    d.write_reg(pkg::REG_LIMIT, 4);
  }
  /// {tokens, all logits} of a decode that ends in order.
  std::pair<std::vector<std::uint8_t>, std::map<unsigned, Bits<4>>> decode() {
    bench_.words.clear();
    EXPECT_TRUE(bench_.drain());
    EXPECT_TRUE(bench_.run());
    EXPECT_EQ(bench_.read(pkg::REG_STATUS), 2U);
    EXPECT_EQ(bench_.read(pkg::REG_TOKENS), 4U);
    const auto tokens = bench_.driver.read_tokens(0, 4);
    EXPECT_TRUE(bench_.drain());
    return {tokens->bytes, bench_.words};
  }

 private:
  Bench& bench_;
  compile::Image image_;
};

TEST_P(ChipTest, ADecodeGoesRightAfterEveryKindOfError) {
  const unsigned lanes = GetParam();
  Bench bench(lanes, 5);
  auto& d = bench.driver;
  SmallModel small(bench, lanes);
  const auto want = small.decode();
  EXPECT_GT(want.second.size(), 10U);
  // where the norms of the first layer stand on the lane that has their first block
  unsigned norm = 0, lane = 0;
  for (unsigned s = 0; s < small.image().segments.size(); ++s)
    if (small.image().segments[s].kind == compile::SegmentKind::norm) norm = s;
  while (small.image().lane_images[lane].segments[norm].first != 0) ++lane;
  const auto at = small.image().lane_images[lane].segments[norm].addr;
  const auto& dram = small.image().lane_images[lane].dram;
  const std::vector<std::uint8_t> burst(dram.begin() + 32 * static_cast<std::ptrdiff_t>(at), dram.begin() + 32 * static_cast<std::ptrdiff_t>(at) + 32);
  const auto middle = static_cast<unsigned>(small.image().program.size() / 2);
  enum { kNumbers, kProgram, kWatchdog, kToken, kAccess, kReset, kWays };
  for (int way = 0; way < kWays; ++way) {
    SCOPED_TRACE(fmt::format("way {}", way));
    small.registers();
    unsigned error = 0;
    switch (way) {
      case kNumbers:
        error = pkg::ERR_QUANT;
        d.write_dram(lane, at, std::vector<std::uint8_t>(32, 0xff));
        break;
      case kProgram:
        error = pkg::ERR_OPCODE;
        d.write_program(middle, std::vector{op(0x7f)});
        break;
      case kWatchdog:
        error = pkg::ERR_WATCHDOG;
        d.write_reg(pkg::REG_WATCHDOG, 20000);
        break;
      case kToken:
        error = pkg::ERR_TOKEN;
        d.write_tokens(1, std::array{small.image().vocab});
        break;
      default: break;
    }
    ASSERT_TRUE(bench.drain());
    if (error) {
      ASSERT_TRUE(bench.run());
      EXPECT_EQ(bench.read(pkg::REG_STATUS), 4U);
      EXPECT_EQ(bench.read(pkg::REG_ERROR) & 0xff, error);
    } else {
      d.start();
      ASSERT_TRUE(bench.drain());
      for (int n = 0; n < 30000; ++n) ASSERT_TRUE(bench.clock());
      if (way == kAccess) {  // refused, while the decode goes on; then it is given up in the middle of a write
        const auto nowhere = d.read_window(9ULL << 36, 64), closed = d.write_program(0, std::vector{op(pkg::OP_HALT)});
        ASSERT_TRUE(bench.drain());
        EXPECT_EQ(nowhere->resp, 3U);
        EXPECT_EQ(closed->resp, 2U);
        EXPECT_EQ(bench.read(pkg::REG_BAD) & 0xf, pkg::BAD_NOWHERE);
        const auto answer = bench.golden().answer();
        EXPECT_FALSE(answer.irq) << "the decode goes on";
      }
    }
    d.soft_reset();
    d.write_reg(pkg::REG_BAD, 0);
    d.write_dram(lane, at, burst);
    d.write_program(middle, std::span(small.image().program).subspan(middle, 1));
    d.write_tokens(1, std::array{300U});
    small.registers();
    const auto got = small.decode();
    EXPECT_EQ(got.first, want.first);
    EXPECT_EQ(got.second, want.second);
    EXPECT_EQ(bench.read(pkg::REG_BAD), 0U);
    if (HasFailure()) return;
  }
  for (unsigned l = 0; l < lanes; ++l) bench.expect_same_storage(l, 0, small.image().lane_images[l].dram.size() + small.image().lane_images[l].kv_bytes);
}

INSTANTIATE_TEST_SUITE_P(Lanes, ChipTest, testing::Values(1U, 2U));

}  // namespace

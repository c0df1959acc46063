// SPDX-License-Identifier: Apache-2.0
// The Verilated chip behind verif/rtl_machine.hpp. Compiled by scripts/build_rtl next to the model, once a lane count.
#include "verif/rtl_machine.hpp"

#include <fmt/format.h>
#include <verilated_fst_c.h>
#include <verilated_syms.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "rtl_probes.hpp"

namespace {
std::string said;  ///< the last text that the model wanted to print
}

int htx_vl_printf(const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  const int n = std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  said = text;
  return n;
}

// Verilator calls these where a simulator would stop; here the harness decides.
void vl_fatal(const char* file, int line, const char* scope, const char* text) {
  throw htx::verif::AssertionFailed(fmt::format("{}:{}: {}", file, line, text), scope);
}
void vl_stop(const char* file, int line, const char*) {
  // The simulator's own line says where: "[0] %Error: x.sv:1: Assertion failed in TOP.htx_chip.u_a.u_b: 'assert' failed."
  std::string scope;
  if (const auto at = said.find(" in TOP."); at != std::string::npos) scope = said.substr(at + 8, said.find(": ", at) - at - 8);
  throw htx::verif::AssertionFailed(fmt::format("{}:{}: assertion failed", file, line), scope);
}
void vl_finish(const char* file, int line, const char*) {
  throw htx::verif::AssertionFailed(fmt::format("{}:{}: $finish", file, line), "");
}

#if VM_COVERAGE
extern "C" void htx_coverage_leave(VerilatedCovContext* counters);  // verif/coverage/runtime.cpp
#endif

namespace htx::verif {
namespace {

constexpr unsigned kLanes = HTX_LANES, kColumns = HTX_COLUMNS;

/// One lane's part of a pin vector that holds all lanes side by side.
template <class T>
std::uint32_t part(const T& pins, unsigned lane, unsigned width) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(pins) >> (lane * width)) & ((1U << width) - 1);
  } else {
    const unsigned bit = lane * width;
    std::uint64_t two = pins[bit / 32];
    if (bit % 32 + width > 32) two |= static_cast<std::uint64_t>(pins[bit / 32 + 1]) << 32;
    return static_cast<std::uint32_t>(two >> (bit % 32)) & ((1U << width) - 1);
  }
}

template <class Wide>
void put_burst(Wide& pins, unsigned lane, const chip::Burst& b) {
  for (unsigned i = 0; i < 8; ++i) pins[8 * lane + i] = static_cast<std::uint32_t>(b[i / 2] >> (32 * (i % 2)));
}

template <class Wide>
chip::Burst get_burst(const Wide& pins, unsigned lane) {
  chip::Burst b;
  for (unsigned i = 0; i < 4; ++i)
    b[i] = pins[8 * lane + 2 * i] | static_cast<std::uint64_t>(pins[8 * lane + 2 * i + 1]) << 32;
  return b;
}

class Machine final : public RtlMachine {
 public:
  Machine(std::uint32_t seed, const char* plusargs) {
    context_.threads(1);
    context_.traceEverOn(true);
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed));
    const char* argv[] = {"htx", plusargs};
    context_.commandArgs(plusargs != nullptr && *plusargs != '\0' ? 2 : 1, argv);
    top_ = std::make_unique<Vhtx_chip>(&context_);
    for (auto& s : storage_) ports_.emplace_back(s);
    top_->clk_i = 0;
    top_->rst_ni = 0;
    top_->eval();
    sample();
  }
  ~Machine() override { top_->final(); }

  unsigned lanes() const override { return kLanes; }
  unsigned columns() const override { return kColumns; }
  chip::Storage& storage(unsigned lane) override { return storage_[lane]; }
  const chip::HostAnswer& answer() const override { return answer_; }
  const LogitPins& logits() const override { return logits_; }
  unsigned transfers() const override { return transfers_; }

  void step(const chip::HostPins& p, bool rst_n) override {
    // The storage sees the ports of the clock that ends here; its data are there in the next.
    for (unsigned i = 0; i < kLanes; ++i) {
      const bool rd = part(top_->dev_rd_o, i, 1) != 0;
      const bool wr = part(top_->dev_wr_o, i, 1) != 0;
      if (rd || wr) ports_[i].step(rd, wr, part(top_->dev_addr_o, i, pkg::ADDR_W), wr ? get_burst(top_->dev_wdata_o, i) : chip::Burst{});
    }
    drive(p, rst_n);
    context_.assertOn(rst_n);  // before the first reset registers are random, the inner reset among them
    for (const auto& [byte, mask] : glitches_) *byte ^= mask;
    top_->clk_i = 1;
    top_->eval();
    for (const auto& [byte, mask] : glitches_) *byte ^= mask;
    glitches_.clear();
    if (waves_) waves_->dump(10 * ++clock_);
    for (unsigned i = 0; i < kLanes; ++i) put_burst(top_->dev_rdata_i, i, ports_[i].rdata());
    top_->clk_i = 0;
    top_->eval();
    if (waves_) waves_->dump(10 * clock_ + 5);
    sample();
  }

  void read(chip::probe::Chip& p) const override;

  void leave() override {
#if VM_COVERAGE
    top_->final();  // the monitors report then
    htx_coverage_leave(context_.coveragep());
#endif
  }

  void trace(const std::string& file, std::uint64_t clock) override {
    waves_ = std::make_unique<VerilatedFstC>();
    top_->trace(waves_.get(), 99);
    waves_->set_time_unit("1ns");
    waves_->set_time_resolution("1ns");
    waves_->open(file.c_str());
    if (!waves_->isOpen()) throw std::runtime_error(file + ": cannot be written");
    clock_ = clock;
    waves_->dump(10 * clock_);
  }
  void end_trace() override {
    waves_->close();
    waves_.reset();
  }

  std::vector<Variable> variables() override {
    std::vector<Variable> found;
    for (const auto& [scope, s] : *context_.scopeNameMap()) {
      if (s->varsp() == nullptr) continue;
      for (const auto& [name, v] : *s->varsp())
        if (v.isPublicRW())
          found.push_back({fmt::format("{}.{}", std::string(scope).substr(std::strlen("TOP.")), name), static_cast<unsigned>(v.packed().elements()),
                           v.udims() != 0 ? static_cast<unsigned>(v.elements(1)) : 1, v.entSize(), static_cast<std::uint8_t*>(v.datap())});
    }
    std::sort(found.begin(), found.end(), [](const Variable& a, const Variable& b) { return a.name < b.name; });
    return found;
  }
  void glitch(const Variable& v, unsigned bit) override { glitches_.emplace_back(v.data + bit / 8, static_cast<std::uint8_t>(1U << bit % 8)); }

 private:
  void drive(const chip::HostPins& p, bool rst_n) {
    auto& t = *top_;
    t.rst_ni = rst_n;
    t.axil_awvalid_i = p.l_awvalid;
    t.axil_awaddr_i = p.l_awaddr;
    t.axil_wvalid_i = p.l_wvalid;
    t.axil_wdata_i = p.l_wdata;
    t.axil_wstrb_i = p.l_wstrb;
    t.axil_bready_i = p.l_bready;
    t.axil_arvalid_i = p.l_arvalid;
    t.axil_araddr_i = p.l_araddr;
    t.axil_rready_i = p.l_rready;
    t.axi_awvalid_i = p.awvalid;
    t.axi_awid_i = p.awid;
    t.axi_awaddr_i = p.awaddr;
    t.axi_awlen_i = p.awlen;
    t.axi_awsize_i = p.awsize;
    t.axi_awburst_i = p.awburst;
    t.axi_wvalid_i = p.wvalid;
    put_burst(t.axi_wdata_i, 0, p.wdata);
    t.axi_wstrb_i = p.wstrb;
    t.axi_wlast_i = p.wlast;
    t.axi_bready_i = p.bready;
    t.axi_arvalid_i = p.arvalid;
    t.axi_arid_i = p.arid;
    t.axi_araddr_i = p.araddr;
    t.axi_arlen_i = p.arlen;
    t.axi_arsize_i = p.arsize;
    t.axi_arburst_i = p.arburst;
    t.axi_rready_i = p.rready;
  }

  void sample() {
    const auto& t = *top_;
    answer_.l_awready = t.axil_awready_o;
    answer_.l_wready = t.axil_wready_o;
    answer_.l_bvalid = t.axil_bvalid_o;
    answer_.l_bresp = t.axil_bresp_o;
    answer_.l_arready = t.axil_arready_o;
    answer_.l_rvalid = t.axil_rvalid_o;
    answer_.l_rdata = t.axil_rdata_o;
    answer_.l_rresp = t.axil_rresp_o;
    answer_.awready = t.axi_awready_o;
    answer_.wready = t.axi_wready_o;
    answer_.bvalid = t.axi_bvalid_o;
    answer_.bid = t.axi_bid_o;
    answer_.bresp = t.axi_bresp_o;
    answer_.arready = t.axi_arready_o;
    answer_.rvalid = t.axi_rvalid_o;
    answer_.rid = t.axi_rid_o;
    answer_.rresp = t.axi_rresp_o;
    answer_.rlast = t.axi_rlast_o;
    if (t.axi_rvalid_o) answer_.rdata = get_burst(t.axi_rdata_o, 0);
    answer_.irq = t.irq_o;
    logits_.valid = t.logit_valid_o;
    if (logits_.valid) {
      logits_.addr = t.logit_addr_o;
      logits_.data = get_burst(t.logit_data_o, 0);
    }
    transfers_ = static_cast<unsigned>(__builtin_popcount(static_cast<unsigned>(t.dev_rd_o) | static_cast<unsigned>(t.dev_wr_o)));
  }

  VerilatedContext context_;
  std::unique_ptr<Vhtx_chip> top_;
  std::array<chip::Storage, kLanes> storage_;
  std::vector<chip::StoragePort> ports_;
  chip::HostAnswer answer_;
  LogitPins logits_;
  unsigned transfers_ = 0;
  std::unique_ptr<VerilatedFstC> waves_;
  std::uint64_t clock_ = 0;  ///< its number in the waves
  std::vector<std::pair<std::uint8_t*, std::uint8_t>> glitches_;  ///< bits to turn over for the next edge
};

void Machine::read(chip::probe::Chip& p) const {
  chip::probe::Chip::each(p, kLanes, kColumns, [&](auto& block, unsigned copy) { rtl_Vhtx_chip::read(*top_, copy, block); });
}

}  // namespace

extern "C" RtlMachine* htx_rtl_create(std::uint32_t seed, const char* plusargs) { return new Machine(seed, plusargs); }
extern "C" const char htx_rtl_stamps[] = "htx-stamps " HTX_RTL_STAMP " " HTX_HARNESS_STAMP;

}  // namespace htx::verif

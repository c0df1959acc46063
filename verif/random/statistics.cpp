// SPDX-License-Identifier: Apache-2.0
#include "verif/random/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace htx::random {
namespace {

/// "1", "2", "3-4", "5-8", ...: sizes in classes.
std::string size_class(unsigned n) {
  if (n < 3) return std::to_string(n);
  const unsigned top = std::bit_ceil(n);
  return fmt::format("{}-{}", top / 2 + 1, top);
}

}  // namespace

void Statistics::lane(const pkg::lane_cmd_t& c) {
  const std::string name = pkg::op_e_name(c.op + pkg::OP_MATVEC) + 3;
  count("issued " + name);
  count(fmt::format("size {} n {}", name, size_class(c.kt)));
  if (!c.wait_vec) count("mode " + name + " without WAIT");
  if (c.op == pkg::L_MATVEC) {
    count(c.w8 ? "mode MATVEC 8-bit tiles" : "mode MATVEC 4-bit tiles");
    if (c.pair) count("mode MATVEC PAIR");
    if (c.argmax) count("mode MATVEC ARGMAX");
    if (c.nostore) count("mode MATVEC NOSTORE");
    if (c.expert) count("mode MATVEC EXPERT");
  }
  if (c.op == pkg::L_LOADV && c.off != 0) count("mode LOADV POS");
  if (c.op == pkg::L_SCORE) count("size SCORE pages " + size_class(c.quot + 1U));
}

void Statistics::vector(const pkg::vec_cmd_t& c) {
  static constexpr const char* kModes[] = {"ACT", "QRY", "KEY", "VAL"};
  const std::string name = pkg::op_e_name(c.op) + 3;
  count("issued " + name);
  count(fmt::format("size {} n {}", name, size_class(c.n)));
  if (c.op == pkg::OP_VQUANT) {
    count(std::string("mode VQUANT ") + kModes[c.qmode]);
    if (c.n % c.e != 0) count("mode VQUANT short last group");
  }
  if (c.op == pkg::OP_VTOPK) count("size VTOPK chosen " + size_class(c.elem));
  if (c.op == pkg::OP_VADD || c.op == pkg::OP_VMUL) {
    if (c.bscalar) count("mode " + name + " BSCALAR");
    else if (c.bperiod) count("mode " + name + " BPERIOD");
    if (c.swap) count("mode " + name + " SWAP");
  }
}

void Statistics::see(const chip::probe::Chip& p, const chip::Chip& chip) {
  const auto& seq = chip.seq().out();
  if (seq.lane_cmd_valid) lane(seq.lane_cmd);
  if (seq.vec_cmd_valid) vector(seq.vec_cmd);
  if (p.stream_[0].cmd_level >= 5) count("clocks with a full lane queue");
  if (p.vector_.level >= 13) count("clocks with a full vector queue");
  corners(p, chip.lanes());
  if (busy_ && !seq.busy && !seq.done && !seq.error) count("resets while running");
  busy_ = seq.busy;
}

/// What is rare, and must not be missed.
void Statistics::corners(const chip::probe::Chip& p, unsigned lanes) {
  unsigned bad = 0;
  bool no_room = false;
  for (unsigned l = 0; l < lanes; ++l) {
    bad += p.attn_[l].err_o != 0;
    no_room = no_room || p.dot_[l].credit_q < 4;
  }
  if (no_room) count("corner clocks in which a lane has no room for results");
  if (p.tree_.credit_q == 0) count("corner clocks in which the tree has no room for results");
  if (bad >= bad_ + 2) count("corner errors of several lanes in one clock");
  bad_ = bad;
  const bool control = p.host_csr_.aw_q && p.host_csr_.w_q && !p.host_.axil_bvalid_o && p.host_csr_.awaddr_q == pkg::REG_CTRL;
  if (control && p.host_csr_.wdata_q == 1 && !p.host_.core_rst_no) count("corner start within a soft reset");
  if (p.host_csr_.aw_q && p.host_csr_.w_q && p.host_.axil_bvalid_o) count("corner register write behind one not answered");
  if (p.seq_mem_.hm_pend_q && p.seq_.state_q == 7) count("corner host's read waits in NEXT");
  if (reset_ && !p.host_.core_rst_no) {
    if (writes_) count("corner reset with writes on their way");
    if (sums_) count("corner reset within a PV's sums");
    if (due_) count("corner reset with beats on their way");
  }
  reset_ = p.host_.core_rst_no;
  writes_ = p.host_.wout != 0;
  sums_ = p.tree_.item_q != 0;
  due_ = p.stream_[0].due != 0;
}

std::string Statistics::table(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [what, n] : counts) text += fmt::format("{:>12}  {}\n", n, what);
  return text;
}

}  // namespace htx::random

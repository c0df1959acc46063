// SPDX-License-Identifier: Apache-2.0
// Cycle twin of the host port htx_host, written from docs/blocks/host.md.
#pragma once
#include <array>
#include <cstdint>

#include "golden/chip/host_pins.hpp"
#include "htx/pkg.hpp"
#include "htx/probe/host.hpp"
#include "htx/probe/host_csr.hpp"
#include "htx/probe/host_perf.hpp"
#include "htx/probe/host_win.hpp"

namespace htx::chip {

/// Registers on AXI4-Lite and data windows on AXI4. One step() is one clock edge.
class Host {
 public:
  /// What the host port reads at a clock edge; per-lane bits have lane 0 lowest.
  struct In {
    const HostPins* pins{};            ///< the host's side
    bool busy{}, done{}, error{}, paused{};  ///< of the sequencer
    std::uint32_t error_word{};
    std::uint16_t pc{};
    std::uint32_t pos{}, count{};
    std::uint32_t last{};
    std::uint8_t lane_ready{}, lane_done{};
    const Bits<4>* lane_rdata[8]{};    ///< looked at with lane_done
    bool hm_done{};
    Bits<2> hm_rdata{};
    bool lanes_idle{}, vec_idle{};     ///< of the sequencer
    const std::array<std::uint64_t, 4>* lane_counts[8]{};  ///< by lane_perf_e
  };

  /// Outputs, functions of the registers.
  struct Out {
    HostAnswer answer;
    bool core_rst_n{};
    bool start{};
    std::uint32_t cfg_pos{}, cfg_prompt{}, cfg_limit{};
    bool cfg_eos_en{};
    std::uint32_t cfg_eos{}, cfg_vocab{};
    std::uint8_t lanes_total{};
    pkg::run_ctl_t ctl{};
    std::uint8_t lane_valid{};         ///< a bit a lane
    pkg::mem_req_t lane;
    bool lane_seg{};                   ///< the request is for the segment table
    bool hm_valid{}, hm_tok{}, hm_we{};
    std::uint32_t hm_addr{};
    Bits<2> hm_wdata{};
    std::uint8_t seg_we{};             ///< a bit a lane
    std::uint16_t seg_addr{};
    std::uint64_t seg_data{};
  };

  /// The host port of a chip of `lanes` (1..8) lanes with `columns` (1..8) columns, in reset.
  explicit Host(unsigned lanes, unsigned columns = 1) : lanes_(lanes), columns_(columns) { reset(); }
  const Out& out() const { return out_; }
  void step(const In& in);
  /// The state after a clock edge with rst_ni low.
  void reset();
  void probe(probe::host& p) const;
  void probe(probe::host_csr& p) const;
  void probe(probe::host_perf& p) const;
  void probe(probe::host_win& p) const;

  /// Clocks the sequencer was busy since the last start.
  std::uint64_t cycles() const { return cycles_; }
  /// For benches, which cannot wait until the upper bits count.
  void preload_cycles(std::uint64_t clocks) { cycles_ = clocks; }
  void preload_counts(std::uint64_t clocks) { counts_.fill(clocks); }

 private:
  enum class Write : std::uint8_t { idle, data, drain, resp };
  enum class Read : std::uint8_t { idle, ask, wait, data };
  enum class Merge : std::uint8_t { none, ask, wait };
  /// A burst as its address said, and where its next beat goes.
  struct Burst {
    std::uint64_t addr{};
    std::uint16_t container{};  ///< bytes of all beats - 1, modulo 4 KiB
    std::uint8_t size{}, type{};
    bool dropped{};
    void advance();
    std::uint32_t bytes() const;  ///< of the beat at hand, within its word
  };
  struct Beat {
    std::uint64_t addr{};
    Bits<4> data{};
    std::uint32_t bytes{};  ///< that count and are written
    bool whole{};
  };
  struct BadAccess {
    std::uint8_t kind{};
    bool write{};
    std::uint64_t addr{};
  };
  void step_registers(const In& in);
  void step_windows(const In& in);
  bool write_register(bool busy);
  bool control(const In& in, bool busy, bool core_ran);
  void note(unsigned kind, bool write, std::uint64_t addr);
  void act_on_beat(const In& in, bool busy);
  bool read_register(const In& in, std::uint32_t offset, std::uint32_t& value) const;
  unsigned refuse(std::uint64_t addr, unsigned len, unsigned size, unsigned type) const;
  void show();

  unsigned lanes_, columns_;
  Out out_;
  // registers
  bool aw_{}, w_{}, ar_{};
  std::uint16_t awaddr_{}, araddr_{};
  std::uint32_t wdata_{};
  std::uint8_t wstrb_{};
  unsigned soft_left_{};
  std::uint64_t cycles_{};
  std::array<std::uint64_t, 3> counts_{};  ///< by perf_e
  BadAccess bad_;   ///< registers BAD and BAD_ADDR
  BadAccess seen_;  ///< refused in this clock, the first in the order of the document
  // windows
  Write write_{};
  Read read_{};
  Burst writing_, reading_;
  std::uint8_t wleft_{}, rleft_{};
  bool standing_{};
  Beat beat_;
  Merge merge_{};
  unsigned outstanding_{};
  bool turn_{};
};

}  // namespace htx::chip

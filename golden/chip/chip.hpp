// SPDX-License-Identifier: Apache-2.0
// Twin of htx_chip (docs/blocks/chip.md): all blocks of a chip, wired, with the storage of its channels.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "golden/chip/collect.hpp"
#include "golden/chip/host.hpp"
#include "golden/chip/lane.hpp"
#include "golden/chip/seq.hpp"
#include "golden/chip/storage.hpp"
#include "golden/chip/tree.hpp"
#include "golden/chip/vector.hpp"
#include "golden/chip/vmem.hpp"
#include "htx/probe/chip.hpp"
#include "htx/probe/chip_lane.hpp"

namespace htx::chip {

/// A chip of 1..8 lanes with 1..8 columns each, clock by clock. Drive it with a Driver, or load storage() behind its back.
class Chip {
 public:
  /// The pins that show the head's results as they pass.
  struct Logits {
    bool valid{};
    std::uint16_t addr{};  ///< word of 8 fp32
    Bits<4> data{};
  };

  /// A chip in reset, memories zero.
  explicit Chip(unsigned lanes, unsigned columns = 1);
  Chip(const Chip&) = delete;  // blocks hold on to the storage
  Chip& operator=(const Chip&) = delete;

  unsigned lanes() const { return lanes_; }
  unsigned columns() const { return columns_; }
  /// What stands behind a lane's channel.
  Storage& storage(unsigned lane) { return storage_[lane]; }

  /// Outputs in the present clock.
  const HostAnswer& answer() const { return host_.out().answer; }
  Logits logits() const { return {collect_.out().logit_valid, collect_.out().addr, collect_.out().data}; }
  /// Lanes whose channel begins a burst in this clock.
  unsigned transfers() const;

  /// One clock edge; `rst_n` false is the chip's reset.
  void step(const HostPins& pins, bool rst_n = true);
  /// Several clocks of reset: every register as the RTL has it, memories kept.
  void reset();

  /// Fills every block's probe of a bundle (generated struct probe::Chip).
  template <class Bundle>
  void probe(Bundle& bundle) const {
    Bundle::each(bundle, lanes_, columns_, [this](auto& block, unsigned copy) { this->fill(block, copy); });
  }

  const Host& host() const { return host_; }
  const Seq& seq() const { return seq_; }
  const Vector& vector() const { return vector_; }
  const Vmem& vmem() const { return vmem_; }
  const Lane& lane(unsigned i) const { return lane_[i]; }
  const Tree& tree() const { return tree_; }
  const Collect& collect() const { return collect_; }

 private:
  static constexpr unsigned kMaxLanes = 8;
  void fill(probe::chip& p, unsigned) const;
  void fill(probe::chip_lane& p, unsigned lane) const;
  void fill(probe::host& p, unsigned) const { host_.probe(p); }
  void fill(probe::host_csr& p, unsigned) const { host_.probe(p); }
  void fill(probe::host_win& p, unsigned) const { host_.probe(p); }
  void fill(probe::host_perf& p, unsigned) const { host_.probe(p); }
  void fill(probe::watch& p, unsigned lane) const { lane_[lane].watch().probe(p); }
  void fill(probe::seq& p, unsigned) const { seq_.probe(p); }
  void fill(probe::seq_mem& p, unsigned) const { seq_.probe(p); }
  void fill(probe::vector& p, unsigned) const { vector_.probe(p); }
  void fill(probe::vector_sumsq& p, unsigned) const { vector_.probe(p); }
  void fill(probe::vector_quant& p, unsigned) const { vector_.probe(p); }
  void fill(probe::vector_topk& p, unsigned) const { vector_.probe(p); }
  void fill(probe::vector_read& p, unsigned) const { vector_.probe(p); }
  void fill(probe::vector_pack& p, unsigned) const { vector_.probe(p); }
  void fill(probe::vector_write& p, unsigned) const { vector_.probe(p); }
  void fill(probe::stream& p, unsigned lane) const { lane_[lane].stream().probe(p); }
  void fill(probe::channel& p, unsigned lane) const { lane_[lane].channel().probe(p); }
  void fill(probe::dot& p, unsigned lane) const { lane_[lane].compute().dot().probe(p); }
  void fill(probe::finish& p, unsigned lane) const { lane_[lane].compute().dot().probe(p); }
  void fill(probe::dot_col& p, unsigned i) const { lane_[i / 8].compute().dot().probe(p, i % 8); }
  void fill(probe::accum& p, unsigned i) const { lane_[i / 8].compute().accum(i % 8).probe(p); }
  void fill(probe::attn& p, unsigned i) const { lane_[i / 8].compute().attn(i % 8).probe(p); }
  void fill(probe::turns& p, unsigned lane) const { lane_[lane].compute().turns().probe(p); }
  void fill(probe::tree& p, unsigned) const { tree_.probe(p); }
  void fill(probe::collect& p, unsigned) const { collect_.probe(p); }
  void fill(probe::argmax& p, unsigned) const { collect_.probe(p); }

  unsigned lanes_, columns_;
  Host host_;
  Seq seq_;
  Vector vector_;
  Vmem vmem_;
  std::vector<Lane> lane_;
  Tree tree_;
  Collect collect_;
  std::vector<Storage> storage_;
  std::vector<StoragePort> ports_;

  // inputs, kept so that wide fields are copied only when they count
  Host::In host_in_;
  Seq::In seq_in_;
  Vector::In vector_in_;
  Vmem::In vmem_in_;
  Tree::In tree_in_;
  Collect::In collect_in_;
  std::array<pkg::res_word_t, kMaxLanes + 1> words_;
};

}  // namespace htx::chip

// SPDX-License-Identifier: Apache-2.0
// The Verilated htx_stream behind the interface of its twin.
#pragma once
#include <memory>

#include "golden/chip/stream.hpp"
#include "htx/rtl/rtl_stream.hpp"
#include "tests/channel/rtl_channel.hpp"

namespace htx::test {

/// Registers start random (`seed`); call reset() first.
class RtlStream {
 public:
  explicit RtlStream(unsigned seed, unsigned lanes_total) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed));
    model_ = std::make_unique<Vhtx_stream>(&context_);
    model_->lanes_total_i = lanes_total;
  }
  ~RtlStream() {
    Verilated::threadContextp(&context_);  // the model's scopes leave the thread's context, which may be another model's
    model_->final();
  }

  void lanes_total(unsigned lanes) { model_->lanes_total_i = lanes; }
  void reset() {
    for (const bool rst_n : {false, true, false}) {  // twice, the second time out of an idle state
      model_->rst_ni = rst_n;
      step({});
      step({});
    }
    model_->rst_ni = 1;
  }

  void step(const chip::Stream::In& in) {
    Vhtx_stream& m = *model_;
    m.clk_i = 0;
    m.eval();
    m.cmd_valid_i = in.cmd_valid;
    drive(m.cmd_i, in.cmd.pack());
    m.vec_done_i = in.vec_done;
    m.act_we_i = in.act_we;
    drive(m.act_i, in.act.pack());
    m.host_valid_i = in.host_valid;
    drive(m.host_i, in.host.pack());
    m.host_seg_i = in.host_seg;
    m.seg_we_i = in.seg_we;
    m.seg_addr_i = in.seg_addr;
    m.seg_data_i = in.seg_data;
    m.req_ready_i = in.req_ready;
    m.rsp_valid_i = in.rsp_valid;
    drive(m.rsp_data_i, in.rsp_data);
    m.comp_ready_i = in.comp_ready;
    m.beat_ready_i = in.beat_ready;
    m.clk_i = 1;
    m.eval();
  }

  void probe(chip::probe::stream& p) const { verif::rtl_Vhtx_stream::read(*model_, 0, p); }

 private:
  VerilatedContext context_;
  std::unique_ptr<Vhtx_stream> model_;
};

}  // namespace htx::test

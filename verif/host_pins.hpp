// SPDX-License-Identifier: Apache-2.0
// Copies the host port's pins to and from any Verilated top that has the ports of htx_host.
#pragma once
#include "golden/chip/host_pins.hpp"
#include "verif/rtl_load.hpp"

namespace htx::verif {

template <class Top>
void drive(Top& t, const chip::HostPins& p) {
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
  for (int i = 0; i < 8; ++i) t.axi_wdata_i[i] = static_cast<std::uint32_t>(p.wdata[i / 2] >> 32 * (i % 2));
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

template <class Top>
chip::HostAnswer answer(const Top& t) {
  chip::HostAnswer a;
  a.l_awready = t.axil_awready_o;
  a.l_wready = t.axil_wready_o;
  a.l_bvalid = t.axil_bvalid_o;
  a.l_bresp = t.axil_bresp_o;
  a.l_arready = t.axil_arready_o;
  a.l_rvalid = t.axil_rvalid_o;
  a.l_rresp = t.axil_rresp_o;
  a.l_rdata = t.axil_rdata_o;
  a.awready = t.axi_awready_o;
  a.wready = t.axi_wready_o;
  a.bvalid = t.axi_bvalid_o;
  a.bid = t.axi_bid_o;
  a.bresp = t.axi_bresp_o;
  a.arready = t.axi_arready_o;
  a.rvalid = t.axi_rvalid_o;
  a.rid = t.axi_rid_o;
  load(a.rdata, t.axi_rdata_o);
  a.rresp = t.axi_rresp_o;
  a.rlast = t.axi_rlast_o;
  a.irq = t.irq_o;
  return a;
}

}  // namespace htx::verif

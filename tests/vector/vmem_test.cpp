// SPDX-License-Identifier: Apache-2.0
// htx_vmem and its twin: every read of a written word, at every clock until the next read.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <set>

#include "Vhtx_vmem.h"
#include "golden/chip/vmem.hpp"

using namespace htx;

TEST(Vmem, RandomReadsAndWritesOfBothWriters) {
  std::mt19937 rng(5);
  VerilatedContext context;
  context.randReset(2);
  Vhtx_vmem rtl(&context);
  chip::Vmem twin;
  context.assertOn(false);  // whatever the inputs hold
  for (const bool rst_n : {false, true, false})
    for (int half = 0; half < 4; ++half) {
      rtl.rst_ni = rst_n;
      rtl.clk_i = half % 2;
      rtl.eval();
    }
  context.assertOn(true);
  rtl.rst_ni = 1;
  std::set<unsigned> written;
  bool a_read = false, b_read = false;
  const unsigned base[] = {0, 8160, 4000};  // a few words at both ends and in the middle
  for (int clock = 0; clock < 50000 && !testing::Test::HasFailure(); ++clock) {
    const auto address = [&] { return base[rng() % 3] + rng() % 32; };
    chip::Vmem::In in;
    const unsigned who = rng() % 3;
    in.vec_we = who == 1;
    in.col_we = who == 2;
    in.vec_waddr = std::uint16_t(address());
    in.col_waddr = std::uint16_t(address());
    for (auto& w : in.vec_wdata) w = std::uint64_t(rng()) << 32 | rng();
    for (auto& w : in.col_wdata) w = std::uint64_t(rng()) << 32 | rng();
    const unsigned waddr = in.vec_we ? in.vec_waddr : in.col_waddr;
    in.a_raddr = std::uint16_t(address());
    in.b_raddr = std::uint16_t(address());
    in.a_re = rng() % 2 && written.count(in.a_raddr) && !(who && waddr == in.a_raddr);
    in.b_re = rng() % 2 && written.count(in.b_raddr) && !(who && waddr == in.b_raddr);
    if (who) written.insert(waddr);
    rtl.vec_we_i = in.vec_we;
    rtl.col_we_i = in.col_we;
    rtl.vec_waddr_i = in.vec_waddr;
    rtl.col_waddr_i = in.col_waddr;
    std::memcpy(rtl.vec_wdata_i.data(), &in.vec_wdata, 32);
    std::memcpy(rtl.col_wdata_i.data(), &in.col_wdata, 32);
    rtl.a_re_i = in.a_re;
    rtl.b_re_i = in.b_re;
    rtl.a_raddr_i = in.a_raddr;
    rtl.b_raddr_i = in.b_raddr;
    twin.step(in);
    rtl.clk_i = 0;
    rtl.eval();
    rtl.clk_i = 1;
    rtl.eval();
    a_read |= in.a_re;
    b_read |= in.b_re;
    if (a_read) EXPECT_EQ(std::memcmp(rtl.a_rdata_o.data(), &twin.out().a_rdata, 32), 0) << "clock " << clock;
    if (b_read) EXPECT_EQ(std::memcmp(rtl.b_rdata_o.data(), &twin.out().b_rdata, 32), 0) << "clock " << clock;
  }
  rtl.final();
}

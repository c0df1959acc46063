// SPDX-License-Identifier: Apache-2.0
#include "tests/stream/reference.hpp"

namespace htx::test {

pkg::lane_cmd_t command(const Order& order, unsigned lanes) {
  pkg::lane_cmd_t c;
  c.op = order.op;
  c.wait_vec = order.wait;
  c.w8 = order.w8;
  c.argmax = order.argmax;
  c.nostore = order.nostore;
  c.pair = order.pair;
  c.cols = order.cols;
  c.vec_tag = order.tag;
  c.seg = order.seg;
  c.act = order.act;
  c.out = order.out;
  c.kt = order.kt;
  c.pstride = order.pstride;
  c.quot = order.token / 32 / lanes;
  c.rem = order.token / 32 % lanes;
  c.low = order.token % 32;
  c.off = order.off;
  if (order.expert) {
    const unsigned end = order.from + order.units;
    c.expert = true;
    c.quot = order.from / lanes;
    c.rem = order.from % lanes;
    c.off = end % lanes << 16 | end / lanes;
  }
  return c;
}

void Reference::burst(std::uint64_t addr) {
  const chip::Burst b = storage.read(static_cast<std::uint32_t>(addr));
  beats.push_back({b[0], b[1]});
  beats.push_back({b[2], b[3]});
  beat_owner.insert(beat_owner.end(), 2, comps.size());
}

void Reference::append(const Order& order, std::uint64_t page, const std::vector<KvBlock>& kv) {
  const std::uint64_t at = page * 32;
  const unsigned t = order.token % 32;
  const auto put = [&](std::uint64_t where, const void* from, std::size_t n) {
    storage.write_bytes(where, {static_cast<const std::uint8_t*>(from), n});
  };
  if (t == 0) put(at, std::array<std::uint8_t, 128>{}.data(), 128);
  put(at + 2 * t, &kv[0].scale, 2);
  put(at + 64 + t, &kv[order.kt].scale, 1);
  for (unsigned c = 0; c < order.kt; ++c) {
    put(at + 128 + (c * 32 + t) * 32, kv[c].data.data(), 32);
    put(at + 128 + ((order.kt + c) * 32 + t) * 32, kv[order.kt + c].data.data(), 32);
  }
  written_ += 2 * order.kt + (t == 0 ? 4 : 2);
}

void Reference::run(const Order& order, const pkg::seg_t& seg, const std::vector<KvBlock>& kv) {
  pkg::comp_cmd_t c;
  c.op = order.op;
  c.wait_vec = order.wait && order.op != pkg::L_APPEND;
  c.w8 = order.w8;
  c.argmax = order.argmax;
  c.nostore = order.nostore;
  c.pair = order.pair;
  c.cols = order.cols;
  c.vec_tag = order.tag;
  c.act = order.act;
  c.kt = order.kt;
  c.out = order.out;
  c.pstride = order.pstride;
  c.low = order.token % 32;
  const unsigned unit = order.token / 32;  // row group or page
  const std::uint64_t page_bursts = 4 + 64 * order.kt;
  switch (order.op) {
    case pkg::L_MATVEC: {
      const unsigned groups = order.pair ? 2 : 1;
      const unsigned bursts = groups * order.kt * (order.w8 ? 34U : 18U);
      unsigned held = 0;
      c.out = order.out + seg.first;
      if (order.expert) {  // the first unit dealt to this lane from the expert's first on, its own or a later expert's
        unsigned unit = seg.first;
        while (unit < order.from) unit += lanes_;
        c.out = order.out + unit - order.from;
      }
      for (unsigned u = 0; u < seg.count; ++u) {
        const unsigned unit = seg.first + u * lanes_;
        if (order.expert && (unit < order.from || unit >= order.from + order.units)) continue;
        ++held;
        for (unsigned b = 0; b < bursts; ++b) burst(seg.addr + std::uint64_t{u} * bursts + b);
      }
      c.count = held * groups;
      break;
    }
    case pkg::L_EMBED:
      if (unit % lanes_ != seg.first) break;
      for (unsigned t = 0; t < order.kt; ++t) {
        const std::uint64_t tile = seg.addr + (static_cast<std::uint64_t>(unit / lanes_) * order.kt + t) * 34;
        burst(tile + order.token % 32 / 16);
        burst(tile + 2 + order.token % 32);
      }
      c.count = order.kt;
      break;
    case pkg::L_LOADV:
      for (unsigned b = 0; b < 4U * seg.count; ++b) burst(seg.addr + order.off + b);
      c.count = seg.count;
      c.out = order.out + seg.first;
      break;
    case pkg::L_APPEND:
      if (unit % lanes_ == seg.first) append(order, seg.addr + unit / lanes_ * page_bursts, kv);
      break;
    default: {
      unsigned held = 0, last = 0;
      for (unsigned p = 0; p <= unit; ++p) {
        if (p % lanes_ != seg.first) continue;
        const std::uint64_t page = seg.addr + held++ * page_bursts;
        last = p;
        if (order.op == pkg::L_SCORE)
          for (unsigned b = 0; b < 4 + 32 * order.kt; ++b) burst(page + b);
        else
          for (unsigned b = 0; b < 32 * order.kt; ++b) burst(page + 4 + 32 * order.kt + b);
      }
      c.count = held;
      c.low = held != 0 && last == unit ? order.token % 32 : 31;
      break;
    }
  }
  comps.push_back(c);
  writes.push_back(written_);
}

}  // namespace htx::test

// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace htx::chip {
namespace {

std::uint64_t window_addr(unsigned window, std::uint64_t low) { return static_cast<std::uint64_t>(window) << 36 | low; }

}  // namespace

Driver::Ticket Driver::queue(Access access) {
  access.result = std::make_shared<Result>();
  Ticket ticket = access.result;
  queue_.push_back(std::move(access));
  return ticket;
}

Driver::Ticket Driver::write_reg(std::uint32_t offset, std::uint32_t value) {
  return queue({.reg = true, .write = true, .addr = offset, .value = value, .bytes = {}, .size = 0, .result = {}});
}

Driver::Ticket Driver::read_reg(std::uint32_t offset) {
  return queue({.reg = true, .write = false, .addr = offset, .value = 0, .bytes = {}, .size = 0, .result = {}});
}

Driver::Ticket Driver::write_window(std::uint64_t addr, std::vector<std::uint8_t> bytes) {
  if (addr % 32 || bytes.empty() || bytes.size() % 32)
    throw std::invalid_argument(fmt::format("window write of {} bytes at {:#x}: not whole beats", bytes.size(), addr));
  const auto size = bytes.size();
  return queue({.reg = false, .write = true, .addr = addr, .value = 0, .bytes = std::move(bytes), .size = size, .result = {}});
}

Driver::Ticket Driver::read_window(std::uint64_t addr, std::size_t bytes) {
  if (addr % 32 || bytes == 0 || bytes % 32)
    throw std::invalid_argument(fmt::format("window read of {} bytes at {:#x}: not whole beats", bytes, addr));
  return queue({.reg = false, .write = false, .addr = addr, .value = 0, .bytes = {}, .size = bytes, .result = {}});
}

Driver::Ticket Driver::write_dram(unsigned lane, std::uint32_t burst, std::vector<std::uint8_t> bytes) {
  return write_window(window_addr(pkg::WIN_DRAM, static_cast<std::uint64_t>(lane) << 33 | static_cast<std::uint64_t>(burst) << 5),
                      std::move(bytes));
}

Driver::Ticket Driver::read_dram(unsigned lane, std::uint32_t burst, std::size_t bytes) {
  return read_window(window_addr(pkg::WIN_DRAM, static_cast<std::uint64_t>(lane) << 33 | static_cast<std::uint64_t>(burst) << 5), bytes);
}

Driver::Ticket Driver::write_program(unsigned first, std::span<const pkg::instr_t> instructions) {
  std::vector<std::uint8_t> bytes(32 * instructions.size());
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    const auto word = instructions[i].pack();
    std::memcpy(&bytes[32 * i], word.data(), 16);
  }
  return write_window(window_addr(pkg::WIN_PROGRAM, 32ULL * first), std::move(bytes));
}

Driver::Ticket Driver::write_segments(unsigned lane, unsigned first, std::span<const pkg::seg_t> entries) {
  std::vector<std::uint8_t> bytes(32 * entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto word = entries[i].pack();
    std::memcpy(&bytes[32 * i], word.data(), 8);
  }
  return write_window(window_addr(pkg::WIN_SEG, static_cast<std::uint64_t>(lane) << 17 | 32ULL * first), std::move(bytes));
}

Driver::Ticket Driver::write_tokens(unsigned first, std::span<const std::uint32_t> tokens) {
  std::vector<std::uint8_t> bytes(32 * tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) std::memcpy(&bytes[32 * i], &tokens[i], 4);
  return write_window(window_addr(pkg::WIN_TOKENS, 32ULL * first), std::move(bytes));
}

Driver::Ticket Driver::read_tokens(unsigned first, std::size_t count) {
  return read_window(window_addr(pkg::WIN_TOKENS, 32ULL * first), 32 * count);
}

void Driver::finish() {
  queue_.front().result->finished = true;
  queue_.pop_front();
  begun_ = in_burst_ = false;
}

void Driver::step_register(Access& a, const HostAnswer& seen) {
  auto& p = pins_;
  if (!begun_) {
    begun_ = true;
    if (a.write) {
      p.l_awvalid = p.l_wvalid = p.l_bready = true;
      p.l_awaddr = static_cast<std::uint16_t>(a.addr & 0xfff);
      p.l_wdata = a.value;
      p.l_wstrb = 0xf;
    } else {
      p.l_arvalid = p.l_rready = true;
      p.l_araddr = static_cast<std::uint16_t>(a.addr & 0xfff);
    }
    return;
  }
  if (seen.l_awready) p.l_awvalid = false;
  if (seen.l_wready) p.l_wvalid = false;
  if (seen.l_arready) p.l_arvalid = false;
  if (a.write ? seen.l_bvalid : seen.l_rvalid) {
    a.result->resp = a.write ? seen.l_bresp : seen.l_rresp;
    a.result->value = seen.l_rdata;
    p.l_bready = p.l_rready = false;
    finish();
  }
}

void Driver::show_beat(const Access& a) {
  std::memcpy(pins_.wdata.data(), &a.bytes[at_], 32);
  pins_.wlast = at_ + 32 == burst_end_;
}

void Driver::begin_burst(const Access& a) {
  auto& p = pins_;
  const std::uint64_t addr = a.addr + at_;
  const std::size_t size = std::min<std::size_t>(4096 - addr % 4096, a.size - at_);
  burst_end_ = at_ + size;
  const auto len = static_cast<std::uint8_t>(size / 32 - 1);
  if (a.write) {
    p.awvalid = p.wvalid = p.bready = true;
    p.awaddr = addr;
    p.awlen = len;
    p.wstrb = 0xffffffff;
    show_beat(a);
  } else {
    p.arvalid = p.rready = true;
    p.araddr = addr;
    p.arlen = len;
  }
  begun_ = in_burst_ = true;
}

void Driver::step_window(Access& a, const HostAnswer& seen) {
  auto& p = pins_;
  if (!begun_) {
    at_ = 0;
    a.result->bytes.reserve(a.write ? 0 : a.size);
    begin_burst(a);
    return;
  }
  if (seen.awready) p.awvalid = false;
  if (seen.arready) p.arvalid = false;
  if (p.wvalid && seen.wready) {
    at_ += 32;
    if (at_ < burst_end_) show_beat(a);
    else p.wvalid = p.wlast = false;
  }
  if (!a.write && seen.rvalid) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(seen.rdata.data());
    a.result->bytes.insert(a.result->bytes.end(), from, from + 32);
    at_ += 32;
  }
  if (a.write ? seen.bvalid : seen.rvalid) a.result->resp = std::max<unsigned>(a.result->resp, a.write ? seen.bresp : seen.rresp);
  if (a.write ? !seen.bvalid : at_ < burst_end_) return;
  p.bready = p.rready = false;
  if (burst_end_ < a.size) begin_burst(a);
  else finish();
}

void Driver::step(const HostAnswer& seen) {
  if (queue_.empty()) return;
  Access& a = queue_.front();
  if (a.reg) step_register(a, seen);
  else step_window(a, seen);
}

}  // namespace htx::chip

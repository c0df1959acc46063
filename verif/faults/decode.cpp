// SPDX-License-Identifier: Apache-2.0
#include "verif/faults/decode.hpp"

#include <algorithm>
#include <cstring>

#include "golden/model/error.hpp"

namespace htx::faults {
namespace {

std::uint64_t fnv(std::uint64_t h, std::uint64_t word) {
  for (unsigned i = 0; i < 8; ++i) h = (h ^ (word >> 8 * i & 255)) * 0x100000001b3U;
  return h;
}

}  // namespace

const char* to_string(Outcome o) {
  static constexpr const char* kNames[] = {"none", "lockstep", "assertion", "chip", "recovered", "same_result", "overwritten", "unused", "no_effect", "silent"};
  return kNames[static_cast<unsigned>(o)];
}

Decode::Decode(const compile::Image& image, std::unique_ptr<verif::RtlMachine> rtl, Prompt prompt)
    : image_(&image), prompt_(std::move(prompt)), golden_(image.lanes), rtl_(std::move(rtl)) {
  for (auto& v : rtl_->variables()) {
    if (v.name == "htx_fault_pkg.turn") turn_ = v;
    else if (v.name == "htx_fault_pkg.low") low_ = v;
    else memories_.push_back(v);
  }
  if (memories_.empty() || turn_.data == nullptr || low_.data == nullptr) throw Error("this chip was not built for faults (scripts/faults builds one)");
}

void Decode::prepare() {
  for (unsigned i = 0; i < 4; ++i) step(false);
  lockstep_ = std::make_unique<verif::Lockstep>(golden_, *rtl_, *image_, clock_);
  for (unsigned i = 0; i < image_->lanes; ++i) {
    const compile::LaneImage& lane = image_->lane_images[i];
    golden_.storage(i).write_bytes(0, lane.dram);
    rtl_->storage(i).write_bytes(0, lane.dram);
    driver_.write_segments(i, 0, lane.segments);
  }
  driver_.write_program(0, image_->program);
  configure();
  if (!settle(1000000)) throw Error("the chip does not take its program");
  forget_results();  // what the pins showed before the first reset
}

void Decode::configure() {
  driver_.write_tokens(0, prompt_.tokens);
  driver_.write_reg(pkg::REG_VOCAB, image_->vocab);
  driver_.write_reg(pkg::REG_LANES_TOTAL, image_->lanes_total());
  driver_.write_reg(pkg::REG_POS, 0);
  driver_.write_reg(pkg::REG_PROMPT, static_cast<std::uint32_t>(prompt_.tokens.size()));
  driver_.write_reg(pkg::REG_LIMIT, static_cast<std::uint32_t>(prompt_.tokens.size() + prompt_.wanted));
  driver_.write_reg(pkg::REG_EOS, 0);
}

void Decode::start() {
  driver_.start();
  settle();
  started_ = clock_;
}

void Decode::step(bool rst_n, bool rtl_reset) {
  if (lockstep_ && !lockstep_->compare()) {
    const auto d = lockstep_->difference();
    throw Noticed(Outcome::lockstep, fmt::format("{}.{}", d->block, d->signal));
  }
  const chip::HostPins pins = driver_.pins();
  driver_.step(rtl_->answer());
  take_logits();
  if (lockstep_ || clock_ < 4) golden_.step(pins, rst_n);
  try {
    rtl_->step(pins, rst_n && !rtl_reset);
  } catch (const verif::AssertionFailed& e) {
    throw Noticed(Outcome::assertion, e.what());
  }
  ++clock_;
}

bool Decode::settle(unsigned limit) {
  for (unsigned i = 0; i < limit && !driver_.idle(); ++i) step();
  return driver_.idle();
}

void Decode::take_logits() {
  const verif::LogitPins& l = rtl_->logits();
  if (!l.valid) return;
  std::uint64_t h = fnv(fnv(0xcbf29ce484222325U, l.addr), seen_[l.addr]++);
  for (unsigned i = 0; i < 4; ++i) h = fnv(h, l.data[i]);
  results_ += h;  // a sum: words of one token may pass in another order
}

void Decode::forget_results() {
  seen_.clear();
  results_ = 0;
}

std::vector<std::uint32_t> Decode::tokens() {
  const auto ticket = driver_.read_tokens(0, prompt_.tokens.size() + prompt_.wanted);
  std::vector<std::uint32_t> found;
  if (!settle()) return found;
  for (std::size_t i = 0; i + 32 <= ticket->bytes.size(); i += 32) {
    std::uint32_t token = 0;
    std::memcpy(&token, &ticket->bytes[i], 4);
    found.push_back(token);
  }
  return found;
}

std::uint64_t Decode::dram_bytes(unsigned lane) const { return image_->lane_images[lane].dram.size() + image_->lane_images[lane].kv_bytes; }

void Decode::flip(const Flip& f) {
  if (f.memory < memories_.size()) {
    const verif::Variable& m = memories_[f.memory];
    m.data[f.entry * m.stride + f.bit / 8] ^= static_cast<std::uint8_t>(1U << f.bit % 8);
    return;
  }
  chip::Storage& dram = rtl_->storage(static_cast<unsigned>(f.memory - memories_.size()));
  std::uint8_t byte = 0;
  dram.read_bytes(f.entry, {&byte, 1});
  byte ^= static_cast<std::uint8_t>(1U << f.bit);
  dram.write_bytes(f.entry, {&byte, 1});
}

std::vector<std::uint8_t> Decode::contents() const {
  std::vector<std::uint8_t> all;
  for (const auto& m : memories_) all.insert(all.end(), m.data, m.data + static_cast<std::size_t>(m.depth) * m.stride);
  return all;
}

std::vector<Flip> Decode::differences(const std::vector<std::uint8_t>& reference) {
  constexpr std::size_t kEnough = 64;
  std::vector<Flip> found;
  const auto note = [&](std::size_t memory, std::size_t entry, unsigned bit, unsigned mask) {
    for (; mask != 0; mask >>= 1, ++bit)
      if (mask & 1 && found.size() < kEnough) found.push_back({memory, entry, bit});
  };
  const std::uint8_t* r = reference.data();
  for (std::size_t i = 0; i < memories_.size(); ++i) {
    const auto& m = memories_[i];
    const std::size_t bytes = static_cast<std::size_t>(m.depth) * m.stride;
    if (std::memcmp(r, m.data, bytes) != 0)
      for (std::size_t b = 0; b < bytes; ++b) note(i, b / m.stride, static_cast<unsigned>(8 * (b % m.stride)), r[b] ^ m.data[b]);
    r += bytes;
  }
  for (unsigned lane = 0; lane < image_->lanes; ++lane) {
    std::vector<std::uint8_t> a(dram_bytes(lane)), b(a.size());
    golden_.storage(lane).read_bytes(0, a);
    rtl_->storage(lane).read_bytes(0, b);
    for (std::size_t at = 0; at < a.size(); ++at) note(memories_.size() + lane, at, 0, a[at] ^ b[at]);
  }
  return found;
}

std::uint64_t Decode::dram_hash() {
  std::uint64_t h = 0xcbf29ce484222325U;
  for (unsigned lane = 0; lane < image_->lanes; ++lane) {
    std::vector<std::uint8_t> bytes(dram_bytes(lane));
    rtl_->storage(lane).read_bytes(0, bytes);
    for (const std::uint8_t b : bytes) h = (h ^ b) * 0x100000001b3U;
  }
  return h;
}

}  // namespace htx::faults

// SPDX-License-Identifier: Apache-2.0
#include "golden/chip/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace htx::chip {

static_assert(std::endian::native == std::endian::little, "bursts are copied as the host keeps its words");

namespace {
constexpr std::uint64_t byte_of(std::uint32_t addr) {
  return static_cast<std::uint64_t>(addr & ((1U << pkg::ADDR_W) - 1)) * pkg::BURST_BYTES;
}
}  // namespace

Storage::Storage() : chunks_(kBytes >> kChunkBits) {}

Burst Storage::read(std::uint32_t addr) const {
  Burst data{};
  const std::uint64_t at = byte_of(addr);
  if (const std::uint8_t* chunk = chunks_[at >> kChunkBits].get())
    std::memcpy(data.data(), chunk + (at & (kChunk - 1)), sizeof data);
  return data;
}

void Storage::write(std::uint32_t addr, const Burst& data) {
  const std::uint64_t at = byte_of(addr);
  std::memcpy(own(at) + (at & (kChunk - 1)), data.data(), sizeof data);
}

void Storage::read_bytes(std::uint64_t at, std::span<std::uint8_t> to) const {
  if (at > kBytes || to.size() > kBytes - at)
    throw std::out_of_range(fmt::format("storage: {} bytes at {:#x} reach beyond {:#x}", to.size(), at, kBytes));
  while (!to.empty()) {
    const std::size_t n = std::min<std::uint64_t>(to.size(), kChunk - (at & (kChunk - 1)));
    if (const std::uint8_t* chunk = chunks_[at >> kChunkBits].get())
      std::memcpy(to.data(), chunk + (at & (kChunk - 1)), n);
    else
      std::memset(to.data(), 0, n);
    to = to.subspan(n);
    at += n;
  }
}

void Storage::write_bytes(std::uint64_t at, std::span<const std::uint8_t> from) {
  if (at > kBytes || from.size() > kBytes - at)
    throw std::out_of_range(fmt::format("storage: {} bytes at {:#x} reach beyond {:#x}", from.size(), at, kBytes));
  while (!from.empty()) {
    const std::size_t n = std::min<std::uint64_t>(from.size(), kChunk - (at & (kChunk - 1)));
    std::memcpy(own(at) + (at & (kChunk - 1)), from.data(), n);
    from = from.subspan(n);
    at += n;
  }
}

std::uint64_t Storage::allocated() const {
  return kChunk * static_cast<std::uint64_t>(std::count_if(chunks_.begin(), chunks_.end(), [](const Chunk& c) { return c != nullptr; }));
}

std::uint8_t* Storage::own(std::uint64_t at) {
  Chunk& chunk = chunks_[at >> kChunkBits];
  if (!chunk) {
    chunk = std::make_shared<std::uint8_t[]>(kChunk);
  } else if (chunk.use_count() > 1) {
    auto copy = std::make_shared_for_overwrite<std::uint8_t[]>(kChunk);
    std::memcpy(copy.get(), chunk.get(), kChunk);
    chunk = std::move(copy);
  }
  return chunk.get();
}

}  // namespace htx::chip

// SPDX-License-Identifier: Apache-2.0
// The bytes behind a Fill.
#pragma once
#include <cstdint>
#include <vector>

#include "golden/chip/storage.hpp"
#include "verif/random/case.hpp"

namespace htx::random {

/// `bursts` bursts for one lane; equal arguments give equal bytes.
std::vector<std::uint8_t> content(const Fill& fill, unsigned lane, std::uint32_t bursts);

/// Writes a case's region into a lane's storage, round its end.
void lay(const Region& region, unsigned lane, chip::Storage& storage);

}  // namespace htx::random

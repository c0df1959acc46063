// SPDX-License-Identifier: Apache-2.0
// Loads a Verilated chip (scripts/build_rtl) and refuses one that is out of date.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "verif/rtl_machine.hpp"

namespace htx::verif {

/// Stamp of every .sv below `folder`, as scripts/gen/stamp.py computes it.
std::string rtl_stamp(const std::filesystem::path& folder);

/// The library's machine: registers random by `seed`, plusargs "+name=value" or empty. Throws htx::Error naming the file when
/// it cannot be loaded, or was made for another version of this harness, whose probes would not mean the same.
std::unique_ptr<RtlMachine> load_rtl(const std::filesystem::path& library, std::uint32_t seed, const std::string& plusargs);

/// Target and, with .so, file of the chip with so many lanes and columns: htx_rtl_L8, htx_rtl_L8C4.
std::string library_name(unsigned lanes, unsigned columns);

/// True when the library was made from the RTL in folder `rtl` as it is now, for this harness.
bool is_current(const std::filesystem::path& library, const std::filesystem::path& rtl);

/// For reports: stamp of the RTL that the library was made from.
std::string made_from(const std::filesystem::path& library);

}  // namespace htx::verif

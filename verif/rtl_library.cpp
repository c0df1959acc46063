// SPDX-License-Identifier: Apache-2.0
#include "verif/rtl_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "golden/model/error.hpp"
#include "htx/stamp.hpp"

namespace htx::verif {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What the library says that it was made from; empty where it says nothing. Read from the file: a library once loaded
/// cannot be loaded anew after it was built again.
struct Stamps {
  std::string rtl, harness;
};
Stamps stamps(const std::filesystem::path& library) {
  static constexpr std::string_view mark = "htx-stamps ";
  const std::string bytes = content(library);
  const auto at = bytes.find(mark);
  if (at == std::string::npos || bytes.size() < at + mark.size() + 33) return {};
  return {bytes.substr(at + mark.size(), 16), bytes.substr(at + mark.size() + 17, 16)};
}

}  // namespace

std::string rtl_stamp(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& f : std::filesystem::recursive_directory_iterator(folder))
    if (f.path().extension() == ".sv") names.push_back(std::filesystem::relative(f.path(), folder).generic_string());
  std::sort(names.begin(), names.end());
  std::uint64_t h = 0xcbf29ce484222325ULL;
  const auto take = [&h](const std::string& bytes) {
    for (const char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    h *= 0x100000001b3ULL;  // a zero behind it
  };
  for (const auto& name : names) {
    take(name);
    take(content(folder / name));
  }
  return fmt::format("{:016x}", h);
}

std::unique_ptr<RtlMachine> load_rtl(const std::filesystem::path& library, std::uint32_t seed, const std::string& plusargs) {
  void* handle = dlopen(std::filesystem::absolute(library).c_str(), RTLD_NOW | RTLD_LOCAL);  // until the process ends
  if (handle == nullptr) throw Error(fmt::format("{}: {}", library.string(), dlerror()));
  const auto create = reinterpret_cast<CreateRtl>(dlsym(handle, "htx_rtl_create"));
  if (create == nullptr) throw Error(fmt::format("{}: is no Verilated chip of this project", library.string()));
  if (stamps(library).harness != HTX_HARNESS_STAMP)
    throw Error(fmt::format("{}: was made for another version of this program; build it again", library.string()));
  return std::unique_ptr<RtlMachine>(create(seed, plusargs.c_str()));
}

std::string library_name(unsigned lanes, unsigned columns) {
  return "htx_rtl_L" + std::to_string(lanes) + (columns > 1 ? "C" + std::to_string(columns) : "");
}

bool is_current(const std::filesystem::path& library, const std::filesystem::path& rtl) {
  const Stamps made = stamps(library);
  return made.harness == HTX_HARNESS_STAMP && made.rtl == rtl_stamp(rtl);
}

std::string made_from(const std::filesystem::path& library) { return stamps(library).rtl; }

}  // namespace htx::verif

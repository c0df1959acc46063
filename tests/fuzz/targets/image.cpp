// SPDX-License-Identifier: Apache-2.0
// Any bytes as an image: with their own header, and as the content of a file whose length and checksum are right.
#include <cstring>
#include <vector>

#include "golden/compile/compile.hpp"
#include "golden/compile/image.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace htx::compile;

void read(std::span<const std::uint8_t> file) {
  try {
    const Image image = deserialise(file, "i.htx");
    const std::vector<std::uint8_t> again = serialise(image);
    htx::fuzz::require(again.size() == file.size() && std::memcmp(again.data(), file.data(), file.size()) == 0, "an image that was read is not written the same");
    disassemble(image);
  } catch (const htx::Error& e) {
    htx::fuzz::one_line(e);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({data, size});
  read(with_header({data, size}));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The one exception for input this project refuses: a file, a key, a tensor, a text.
#pragma once

#include <stdexcept>

namespace htx {

/// what() is one printable line naming the file, the part of it and the reason,
/// e.g. "m.gguf: tensor blk.0.attn_q.weight: missing". Tools print it and exit with 2.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace htx

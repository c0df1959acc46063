// SPDX-License-Identifier: Apache-2.0
// The numeric error: NaN or infinity that reached a quantiser, a score or a logit stops the decode.
#pragma once
#include "golden/model/error.hpp"

namespace htx {

/// what() is one line with the place: layer, step, block or token.
struct NumericError : Error {
  using Error::Error;
};

namespace functional {
using htx::NumericError;
}

}  // namespace htx

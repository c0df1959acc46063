// SPDX-License-Identifier: Apache-2.0
// Everything of htx::numerics.
#pragma once
#include "golden/numerics/fp.hpp"
#include "golden/numerics/func.hpp"
#include "golden/numerics/quant.hpp"
#include "golden/numerics/rope.hpp"
#include "golden/numerics/softmax.hpp"
#include "golden/numerics/topk.hpp"
#include "golden/numerics/vector.hpp"

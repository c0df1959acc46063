// SPDX-License-Identifier: Apache-2.0
// Finds the outside models that tests may use when they are there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace htx::test {

/// $HTX_SHARED_MODELS/FILE, else the folder the build was configured with.
inline std::filesystem::path shared_model(const std::string& file) {
  const char* folder = std::getenv("HTX_SHARED_MODELS");
  return std::filesystem::path(folder != nullptr ? folder : HTX_SHARED_MODELS) / file;
}

}  // namespace htx::test

/// Ends the test as skipped, saying why, when the outside model `path` is absent.
#define HTX_SKIP_WITHOUT(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << (path).string() << " is absent (set HTX_SHARED_MODELS)"

// SPDX-License-Identifier: Apache-2.0
// Expecting a refusal: one line of the right file, subject and reason.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "golden/model/model.hpp"
#include "tests/model/gguf_document.hpp"

namespace htx::test {

/// The message with which `bytes` are refused, or "" when they are accepted.
inline std::string refusal(const Bytes& bytes) {
  try {
    model::parse_model(bytes, "bad.gguf", model::WeightFormat::q8_0);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// The file is refused with exactly "bad.gguf: SUBJECT: REASON".
inline void expect_refused(const Bytes& bytes, const std::string& subject, const std::string& reason) {
  EXPECT_EQ(refusal(bytes), "bad.gguf: " + subject + ": " + reason);
}
inline void expect_refused(const Document& file, const std::string& subject, const std::string& reason) {
  expect_refused(file.serialise(), subject, reason);
}

}  // namespace htx::test

// SPDX-License-Identifier: Apache-2.0
// Cases as JSON that a person reads and edits (docs/random.md says what each key means).
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>

#include "verif/random/case.hpp"

namespace htx::random {

nlohmann::ordered_json to_json(const Case& c);
/// Throws htx::Error, one line, at anything that to_json would not write.
Case from_json(const nlohmann::ordered_json& j);

/// The file's case; an htx::Error begins with its name.
Case load_case(const std::filesystem::path& file);
/// Throws htx::Error when the file could not be written whole.
void save_case(const Case& c, const std::filesystem::path& file);
/// What save_case writes: one line for each short thing.
std::string case_text(const Case& c);

}  // namespace htx::random

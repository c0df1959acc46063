// SPDX-License-Identifier: Apache-2.0
// The subcommands of htx. Each add_ function declares its options; when chosen, it sets `code` to the exit code.
#pragma once

#include <CLI/CLI.hpp>

#include "golden/model/model.hpp"

namespace htx::tool {

void add_run(CLI::App& app, int& code);
void add_quality(CLI::App& app, int& code);
void add_compile(CLI::App& app, int& code);
void add_disasm(CLI::App& app, int& code);
void add_product(CLI::App& app, int& code);
void add_info(CLI::App& app, int& code);
void add_lpddr5_check(CLI::App& app, int& code);

/// Adds `--weights q8_0|q4_0`, the format that matrices which are neither Q8_0 nor Q4_0 are quantised to.
void add_weights(CLI::App& command, model::WeightFormat& format);

}  // namespace htx::tool

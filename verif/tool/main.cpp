// SPDX-License-Identifier: Apache-2.0
// htx: the command-line tool. Each subcommand stands in its own file and registers itself here.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <new>
#include <string_view>

#include "verif/tool/commands.hpp"
#include "verif/tool/output.hpp"

namespace {

/// Says why in one line, and with --json to the program that reads standard output, too. Returns `code`.
int fail(int code, bool json, std::string_view why) {
  std::fflush(stdout);
  htx::tool::say(fmt::format("htx: {}\n", why));
  if (json) {
    htx::tool::print_json({{"ok", false}, {"error", why}});
    std::fflush(stdout);
  }
  return code;
}

/// CLI11's words, which may come in several lines, in one, with the command whose help says more.
std::string one_line(const CLI::App& app, const CLI::ParseError& e) {
  std::string words = e.what();
  std::replace(words.begin(), words.end(), '\n', ' ');
  const auto chosen = app.get_subcommands();
  return fmt::format("{} (try htx {}--help)", words, chosen.empty() ? "" : chosen[0]->get_name() + " ");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "HTX301: a decode-first LLM accelerator as RTL and bit-exact golden model.\n\n"
      "First steps:\n"
      "  htx run golden/models/htx-tiny.gguf --prompt \"Once upon a time\" --tokens 32 --engine golden\n"
      "  htx run golden/models/htx-tiny.gguf --prompt \"Once upon a time\" --tokens 8 --engine lockstep --lanes 8\n"
      "  htx quality golden/models/htx-tiny.gguf\n\n"
      "Exit codes: 0 all well (lockstep: every clock matched), 1 a difference, or a decode stopped by an error: a chip's\n"
      "error register, or numbers that are no longer numbers; 2 bad arguments, a file that cannot be used, output that\n"
      "cannot be written, or a part that is not built. With --json, code 2 prints {\"ok\": false, \"error\": ...}.",
      "htx"};
  app.set_version_flag("--version", std::string("htx ") + HTX_VERSION);
  app.require_subcommand(1);
  int code = 0;
  htx::tool::add_run(app, code);
  htx::tool::add_info(app, code);
  htx::tool::add_quality(app, code);
  htx::tool::add_compile(app, code);
  htx::tool::add_disasm(app, code);
  htx::tool::add_product(app, code);
  htx::tool::add_lpddr5_check(app, code);
  // asked of the words themselves: it must be known when they cannot be parsed, too
  const bool json = std::find(argv + 1, argv + argc, std::string_view("--json")) != argv + argc;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) return fail(2, json, one_line(app, e));
    app.exit(e);  // prints the help or the version
    if (!std::cout.flush()) return fail(2, false, "standard output could not be written");
    return 0;
  } catch (const htx::NumericError& e) {
    return fail(1, json, e.what());
  } catch (const std::bad_alloc&) {
    return fail(2, json, "not enough memory on this machine for that");
  } catch (const std::exception& e) {
    return fail(2, json, e.what());
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) return fail(2, false, "standard output could not be written");
  // A difference stays a difference when its report is lost; a run that went well has not told its figures.
  return std::ferror(stderr) && code == 0 ? 2 : code;
}

// SPDX-License-Identifier: Apache-2.0
// htx: the command-line tool. Each subcommand stands in its own file and registers itself here.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>

#include "golden/model/error.hpp"
#include "verif/tool/commands.hpp"

int main(int argc, char** argv) {
  CLI::App app{
      "HTX301: a decode-first LLM accelerator as RTL and bit-exact golden model.\n\n"
      "First steps:\n"
      "  htx run golden/models/htx-tiny.gguf --prompt \"Once upon a time\" --tokens 32 --engine golden\n"
      "  htx run golden/models/htx-tiny.gguf --prompt \"Once upon a time\" --tokens 8 --engine lockstep --lanes 8\n"
      "  htx quality golden/models/htx-tiny.gguf\n\n"
      "Exit codes: 0 all well (lockstep: every clock matched), 1 a difference or a decode stopped by an error,\n"
      "2 bad arguments, a file that cannot be used, or a part that is not built.",
      "htx"};
  app.set_version_flag("--version", std::string("htx ") + HTX_VERSION);
  app.require_subcommand(1);
  int code = 0;
  htx::tool::add_run(app, code);
  htx::tool::add_quality(app, code);
  htx::tool::add_compile(app, code);
  htx::tool::add_disasm(app, code);
  htx::tool::add_product(app, code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const htx::Error& e) {
    std::fflush(stdout);
    fmt::print(stderr, "htx: {}\n", e.what());
    return 2;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "htx: not enough memory on this machine for that\n");
    return 2;
  } catch (const std::exception& e) {
    fmt::print(stderr, "htx: {}\n", e.what());
    return 2;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    fmt::print(stderr, "htx: standard output could not be written\n");
    return 2;
  }
  return code;
}

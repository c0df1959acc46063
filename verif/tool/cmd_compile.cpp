// SPDX-License-Identifier: Apache-2.0
// htx compile and htx disasm: a model to an image, and an image's program as text.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "golden/compile/compile.hpp"
#include "verif/tool/commands.hpp"
#include "verif/tool/output.hpp"

namespace htx::tool {
namespace {

struct Options {
  std::string input;
  std::string output;
  model::WeightFormat format = model::WeightFormat::q8_0;
  compile::Options compile;
};

void add_common(CLI::App& c, Options& o) {
  add_weights(c, o.format);
  c.add_option("--lanes", o.compile.lanes, "lanes of a chip")->check(CLI::Range(1, 8))->capture_default_str();
  c.add_option("--columns", o.compile.columns, "columns of a lane")->check(CLI::Range(1U, pkg::MAX_COLUMNS))->capture_default_str();
  c.add_option("--chips", o.compile.chips, "chips")->check(CLI::Range(1, 6))->capture_default_str();
  c.add_option("--context", o.compile.context, "positions to reserve KV pages for; 0: as many as the model was trained for")
      ->capture_default_str();
}

compile::Image compile_file(const Options& o) {
  const model::Model m = model::load_model(o.input, o.format);
  return naming(o.input, [&] { return compile::compile(m, o.compile); });
}

int compile_model(const Options& o) {
  std::error_code absent;
  if (std::filesystem::equivalent(o.input, o.output, absent))
    throw Error(fmt::format("{}: is the model itself; the image needs a file of its own", model::printable(o.output)));
  const compile::Image image = compile_file(o);
  compile::save(image, o.output);
  std::uint64_t dram = 0, kv = 0;
  for (const auto& lane : image.lane_images) {
    dram += lane.dram.size();
    kv += lane.kv_bytes;
  }
  fmt::print("{}: {} lanes x {} chips, {} instructions, {} segments, {:.3f} MB of weights and tables, {:.3f} MB reserved for keys and values ({} positions)\n",
             o.output, image.lanes, image.chips, image.program.size(), image.segments.size(), dram / 1e6, kv / 1e6, image.context);
  return 0;
}

/// True when the file begins as an image does; then it is loaded, else compiled as a model.
bool is_image(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  char magic[4] = {};
  in.read(magic, 4);
  return in && std::string_view(magic, 3) == "HTX";
}

}  // namespace

void add_compile(CLI::App& app, int& code) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("compile", "compile a GGUF model to an image of memory and program");
  c->add_option("model", o->input, "GGUF file")->required();
  c->add_option("-o,--output", o->output, "image to write")->required();
  add_common(*c, *o);
  c->callback([o, &code] { code = compile_model(*o); });
}

void add_disasm(CLI::App& app, int& code) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("disasm", "print the program of an image (.htx), or of a GGUF model compiled on the fly");
  c->add_option("file", o->input, "image or GGUF file")->required();
  add_common(*c, *o);
  c->callback([o, &code] {
    const compile::Image image = is_image(o->input) ? compile::load(o->input)
                                                    : compile_file(*o);
    fmt::print("{}", compile::disassemble(image));
    code = 0;
  });
}

}  // namespace htx::tool

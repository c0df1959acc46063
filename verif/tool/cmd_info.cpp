// SPDX-License-Identifier: Apache-2.0
// htx info: what a GGUF file holds, what its weights become, and what that costs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "verif/tool/commands.hpp"
#include "verif/tool/output.hpp"

namespace htx::tool {
namespace {

struct Options {
  std::string model;
  model::WeightFormat format = model::WeightFormat::q8_0;
  bool tensors = false;
  bool json = false;
};

/// Bytes of a matrix as tiles hold it: what Q8_0 or Q4_0 blocks hold, the last of a row filled up.
double stored_bytes(const model::ImportError& i) {
  const auto& block = model::gguf::format_of(i.target == model::WeightFormat::q4_0 ? model::gguf::TensorType::q4_0 : model::gguf::TensorType::q8_0);
  return static_cast<double>(i.rows * ((i.cols + block.values - 1) / block.values) * block.bytes);
}

/// All matrices of one source type that became the same.
struct Group {
  std::size_t tensors = 0;
  double values = 0, bytes = 0, worst = 0;
  std::string worst_name;
};

void print_text(const Options& o, const model::Model& m) {
  const model::Hyper& h = m.hyper;
  std::map<std::pair<std::string, std::string>, Group> groups;
  double values = 0, bytes = 0;
  for (const model::ImportError& i : m.imports) {
    Group& g = groups[{std::string(to_string(i.source)), std::string(to_string(i.target))}];
    ++g.tensors;
    g.values += static_cast<double>(i.rows * i.cols);
    g.bytes += stored_bytes(i);
    if (g.worst_name.empty() || i.rms_relative > g.worst) g.worst = i.rms_relative, g.worst_name = i.tensor;
    values += static_cast<double>(i.rows * i.cols);
    bytes += stored_bytes(i);
  }
  fmt::print("{}{}\n", model::printable(o.model), m.name.empty() ? "" : fmt::format(" (\"{}\")", model::printable(m.name)));
  fmt::print("{} layers, width {}, {} query heads of {} over {} key-value heads, gate of {}{}, {} tokens{}, context {}\n", h.layers, h.dim, h.heads,
             h.head_size, h.kv_heads, h.ffn, h.experts ? fmt::format(" in each of {} experts, {} used", h.experts, h.experts_used) : "", h.vocab, m.tied_head ? " (head tied to the embedding)" : "", h.context);
  fmt::print("{:.3f} million weights in matrices, {:.3f} MB as the chip holds them; {} bytes of keys and values a position\n", values / 1e6, bytes / 1e6,
             h.kv_bytes());
  fmt::print("\n{:<10}{:<10}{:>8}{:>14}{:>12}   {}\n", "in file", "on chip", "tensors", "weights", "MB", "largest rms error");
  for (const auto& [types, g] : groups)
    fmt::print("{:<10}{:<10}{:>8}{:>14.0f}{:>12.3f}   {}\n", types.first, types.second, g.tensors, g.values, g.bytes / 1e6,
               g.worst == 0 ? "kept exactly" : fmt::format("{:.3f} % ({})", 100 * g.worst, model::printable(g.worst_name)));
  if (!o.tensors) return;
  fmt::print("\n{:<32}{:<10}{:<10}{:>16}   {}\n", "tensor", "in file", "on chip", "rows x columns", "rms error");
  for (const model::ImportError& i : m.imports)
    fmt::print("{:<32}{:<10}{:<10}{:>16}   {}\n", model::printable(i.tensor), to_string(i.source), to_string(i.target), fmt::format("{} x {}", i.rows, i.cols),
               i.rms_relative == 0 ? "kept exactly" : fmt::format("{:.3f} %", 100 * i.rms_relative));
}

nlohmann::json json_of(const Options& o, const model::Model& m) {
  const model::Hyper& h = m.hyper;
  nlohmann::json tensors = nlohmann::json::array();
  for (const model::ImportError& i : m.imports)
    tensors.push_back({{"name", i.tensor}, {"source", to_string(i.source)}, {"target", to_string(i.target)}, {"rows", i.rows}, {"cols", i.cols},
                       {"rms_relative", i.rms_relative}, {"bytes", stored_bytes(i)}});
  return {{"ok", true}, {"model", o.model}, {"name", m.name}, {"layers", h.layers}, {"dim", h.dim}, {"heads", h.heads}, {"kv_heads", h.kv_heads},
          {"head_size", h.head_size}, {"ffn", h.ffn}, {"experts", h.experts}, {"experts_used", h.experts_used}, {"vocab", h.vocab}, {"context", h.context}, {"tied_head", m.tied_head}, {"tensors", tensors}};
}

}  // namespace

void add_info(CLI::App& app, int& code) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("info", "what a GGUF model holds, what its weights become on the chip, and with what error");
  c->add_option("model", o->model, "GGUF file")->required();
  c->add_flag("--tensors", o->tensors, "list every matrix");
  c->add_flag("--json", o->json, "print JSON");
  add_weights(*c, o->format);
  c->callback([o, &code] {
    const model::Model m = model::load_model(o->model, o->format);
    if (o->json) {
      print_json(json_of(*o, m));
    } else {
      print_text(*o, m);
    }
    code = 0;
  });
}

}  // namespace htx::tool

// SPDX-License-Identifier: Apache-2.0
// Writes what the targets start from, DIR/{model,text,image,dram}/NAME: small valid inputs of every kind.
#include <fmt/format.h>

#include <filesystem>

#include "golden/compile/compile.hpp"
#include "golden/model/word_splitter.hpp"
#include "tests/model/gguf_builder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace htx;

void write(const fs::path& folder, const std::string& name, std::span<const std::byte> bytes) {
  fs::create_directories(folder);
  test::write_file(folder / name, bytes);
}
void write(const fs::path& folder, const std::string& name, std::string_view text) { write(folder, name, std::as_bytes(std::span(text))); }

test::LlamaOptions small(test::GgmlType type) {
  return {.dim = 32, .layers = 1, .heads = 2, .kv_heads = 1, .ffn = 32, .vocab = 24, .context = 32, .type = type};
}

/// The smallest model that has a matrix of the type, whose blocks may be 256 long.
test::Bytes model_of(const model::gguf::BlockFormat& format) {
  const int dim = static_cast<int>(std::max(32u, format.values));
  test::Document file = test::make_llama({.dim = dim, .layers = 1, .heads = 2, .kv_heads = 1, .ffn = 32, .vocab = 24});
  test::DocumentTensor& query = file.tensor("blk.0.attn_k.weight");
  query.type = static_cast<std::uint32_t>(format.type);
  query.data.assign(query.shape[0] * query.shape[1] / format.values * format.bytes, std::byte{1});
  return file.serialise();
}

test::Bytes byte_level(std::string_view rule) {
  test::Document file = test::make_llama(small(test::kTensorQ8_0));
  file.erase("tokenizer.ggml.scores");
  file.set("tokenizer.ggml.model", "gpt2");
  file.set("tokenizer.ggml.pre", std::string(rule).c_str());
  file.set("tokenizer.ggml.merges", std::vector<std::string>{"a b", "ab c"});
  return file.serialise();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: fuzz_seeds DIR\n");
    return 2;
  }
  const fs::path root = argv[1];
  for (const auto& format : model::gguf::block_formats()) write(root / "model", fmt::format("type_{}", format.name), model_of(format));
  for (const auto& rule : model::word_rules()) write(root / "model", fmt::format("words_{}", rule.name), byte_level(rule.name));
  auto options = small(test::kTensorQ4_0);
  options.rope_freqs = options.tied = true;
  write(root / "model", "tied", test::build_llama(options));

  write(root / "dram", "commands",
        "config density=8 ranks=2 rl=0 wl=A odt=off wck=sync init=done raaimt=8 raammt=16\n1 ACT-1 rank=0 bg=1 ba=2 row=0x123\n2 ACT-2 rank=0 row=3\n16 CAS rank=0 ws_rd\n"
        "17 RD16 rank=0 bg=1 ba=2 col=5 ap\n60 REFpb rank=0 bg=0 ba=3\n70 PREab rank=all\n90 REFab rank=1\n600 MRW-1 rank=0 ma=4\n601 MRW-2 rank=0 op=255\n");
  write(root / "dram", "power", "config init=full\r\n160000 RESET level=1 # up\r\n1760000 MPC rank=0 op=0x86\r\n1760100 SRE rank=0 pd\r\n1760200 PDX rank=0\r\n1760300 SRX rank=0\r\n");
  write(root / "dram", "pins", "1 CA rank=0 ca=0x78\n2 CA rank=1 ca=16383\n3 TEMP rank=all refresh=0.25 hot=1\n30000 RD32 rank=1 bg=3 ba=3 col=62\n30001 WR32 rank=1 bg=0 ba=0 col=0\n30002 END\n");

  const std::string texts[] = {"Once upon a time", "abcabc aa  a\n\n b", "it's 12345 \xc3\xa9\xe6\x97\xa5\xf0\x9f\x91\x8d", "\xff\xfe\x80", "<s>abc<s>"};
  for (std::size_t rule = 0; rule <= model::word_rules().size(); ++rule) {
    for (std::size_t i = 0; i < std::size(texts); ++i) write(root / "text", fmt::format("{}_{}", rule, i), std::string(1, static_cast<char>(rule)) + texts[i]);
  }

  for (const test::GgmlType type : {test::kTensorQ8_0, test::kTensorQ4_0}) {
    const auto m = model::parse_model(test::build_llama(small(type)), "m", model::WeightFormat::q8_0);
    for (const unsigned lanes : {1u, 3u}) {
      const auto file = compile::serialise(compile::compile(m, {.lanes = lanes, .context = 32}));
      const auto bytes = std::as_bytes(std::span(file));
      write(root / "image", fmt::format("file_{}_{}", static_cast<int>(type), lanes), bytes);
      write(root / "image", fmt::format("content_{}_{}", static_cast<int>(type), lanes), bytes.subspan(compile::kHeaderBytes));
    }
  }
}

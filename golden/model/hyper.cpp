// SPDX-License-Identifier: Apache-2.0
#include "golden/model/hyper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "golden/model/utf8.hpp"
#include "htx/pkg.hpp"

namespace htx::model {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPrefix = "llama.";

// Keys that read_hyper() interprets.
constexpr std::array kRead = {
    "context_length"sv,
    "embedding_length"sv,
    "block_count"sv,
    "feed_forward_length"sv,
    "vocab_size"sv,
    "expert_count"sv,
    "expert_used_count"sv,
    "attention.head_count"sv,
    "attention.head_count_kv"sv,
    "attention.key_length"sv,
    "attention.value_length"sv,
    "attention.sliding_window"sv,
    "attention.layer_norm_rms_epsilon"sv,
    "rope.dimension_count"sv,
    "rope.freq_base"sv,
    "rope.scaling.type"sv,
    "rope.scaling.factor"sv,
    "rope.scale_linear"sv,
    "tensor_data_layout"sv,
};

// Keys that tell about training and change nothing in a decode step without YaRN.
constexpr std::array kInformation = {"rope.scaling.finetuned"sv, "rope.scaling.original_context_length"sv};

// Features not computed here, each with the value that means "off".
struct Neutral {
  std::string_view key;
  double value;
};
constexpr std::array kOff = {
    Neutral{"expert_shared_count", 0},
    Neutral{"attention.causal", 1},
    Neutral{"use_parallel_residual", 0},
    Neutral{"attention.max_alibi_bias", 0},
    Neutral{"attention.clamp_kqv", 0},
    Neutral{"attention.scale", 0},
    Neutral{"attn_logit_softcapping", 0},
    Neutral{"final_logit_softcapping", 0},
    Neutral{"logit_scale", 1},
    Neutral{"residual_scale", 1},
    Neutral{"embedding_scale", 1},
    Neutral{"rope.scaling.attn_factor", 1},
    Neutral{"pooling_type", 0},
};

class Reader {
 public:
  explicit Reader(const gguf::File& file) : file_(file) {}

  static std::string key(std::string_view suffix) { return std::string(kPrefix) + std::string(suffix); }

  [[noreturn]] void fail(std::string_view suffix, std::string_view reason) const {
    file_.fail_key(key(suffix), reason);
  }

  int count(std::string_view suffix, std::uint64_t limit) const {
    return checked(suffix, file_.required_integer(key(suffix)), limit);
  }

  int count_or(std::string_view suffix, std::uint64_t limit, std::uint64_t fallback) const {
    return checked(suffix, file_.integer(key(suffix)).value_or(fallback), limit);
  }

  float real_or(std::string_view suffix, double fallback, double least, double most) const {
    const double value = file_.real(key(suffix)).value_or(fallback);
    if (!(value >= least && value <= most)) fail(suffix, fmt::format("{} is not from {} to {}", value, least, most));
    return static_cast<float>(value);
  }

  // A number of any type, for comparison with the value that means "off".
  double any_number(std::string_view suffix) const {
    const gguf::Value& value = *file_.find(key(suffix));
    if (value.type == gguf::ValueType::boolean) return *file_.boolean(key(suffix)) ? 1 : 0;
    if (value.type == gguf::ValueType::f32 || value.type == gguf::ValueType::f64) return *file_.real(key(suffix));
    return static_cast<double>(*file_.integer(key(suffix)));
  }

 private:
  int checked(std::string_view suffix, std::uint64_t value, std::uint64_t limit) const {
    if (value < 1 || value > limit) fail(suffix, fmt::format("{} is not from 1 to {}", value, limit));
    return static_cast<int>(value);
  }

  const gguf::File& file_;
};

void check_architecture(const gguf::File& file) {
  const auto architecture = file.string("general.architecture");
  if (!architecture) file.fail_key("general.architecture", "missing");
  if (*architecture != "llama") {
    file.fail_key("general.architecture", fmt::format("\"{}\" is not supported (llama is)", printable(*architecture)));
  }
  if (const auto type = file.string("general.type"); type && *type != "model") {
    file.fail_key("general.type", fmt::format("\"{}\" is not a model", printable(*type)));
  }
  if (const auto parts = file.integer("split.count"); parts && *parts > 1 && *parts != file.parts()) {
    file.fail_key("split.count", fmt::format("one of {} parts, read alone", *parts));
  }
}

void refuse_unknown_features(const gguf::File& file, const Reader& reader) {
  // Sorted, so that a file with several is always refused with the same message.
  std::vector<std::string_view> suffixes;
  for (const auto& [key, value] : file.values()) {
    if (key.starts_with(kPrefix)) suffixes.push_back(key.substr(kPrefix.size()));
  }
  std::ranges::sort(suffixes);
  for (const std::string_view suffix : suffixes) {
    if (std::ranges::find(kRead, suffix) != kRead.end()) continue;
    if (std::ranges::find(kInformation, suffix) != kInformation.end()) continue;
    const auto off = std::ranges::find(kOff, suffix, &Neutral::key);
    if (off == kOff.end()) reader.fail(suffix, "unknown; it may change the result");
    const double value = reader.any_number(suffix);
    if (value != off->value) reader.fail(suffix, fmt::format("{} is not supported (only {} is)", value, off->value));
  }
  const auto layout = file.string(Reader::key("tensor_data_layout"));
  if (layout && *layout != "reference" && *layout != "Meta AI original pth") {
    reader.fail("tensor_data_layout", fmt::format("\"{}\" is not supported", printable(*layout)));
  }
}

void read_head_size(const gguf::File& file, const Reader& reader, Hyper& hyper) {
  const bool given = file.find(Reader::key("attention.key_length")) != nullptr;
  if (!given && hyper.dim % hyper.heads != 0) {
    reader.fail("attention.head_count",
                fmt::format("{} does not divide the embedding length {}", hyper.heads, hyper.dim));
  }
  const auto fallback = static_cast<std::uint64_t>(hyper.dim / hyper.heads);
  hyper.head_size = reader.count_or("attention.key_length", 1 << 14, fallback);
  if (hyper.head_size % 2 != 0) {
    reader.fail(given ? "attention.key_length" : "attention.head_count",
                fmt::format("gives the odd head size {}", hyper.head_size));
  }
  const int value_length =
      reader.count_or("attention.value_length", 1 << 14, static_cast<std::uint64_t>(hyper.head_size));
  if (value_length != hyper.head_size) {
    reader.fail("attention.value_length",
                fmt::format("{} differs from the key length {}", value_length, hyper.head_size));
  }
}

void read_rope(const gguf::File& file, const Reader& reader, Hyper& hyper) {
  hyper.rope_dim = reader.count_or("rope.dimension_count", 1 << 14, static_cast<std::uint64_t>(hyper.head_size));
  if (hyper.rope_dim != hyper.head_size) {
    reader.fail("rope.dimension_count",
                fmt::format("{} differs from the head size {}: partial rotation is not supported", hyper.rope_dim,
                            hyper.head_size));
  }
  hyper.rope_base = reader.real_or("rope.freq_base", 10000.0, 1.0, 1e30);

  const std::string_view type = file.string(Reader::key("rope.scaling.type")).value_or("linear");
  if (type != "linear" && type != "none") {
    reader.fail("rope.scaling.type", fmt::format("\"{}\" is not supported (none and linear are)", printable(type)));
  }
  const bool old_name = !file.find(Reader::key("rope.scaling.factor"));
  const std::string_view suffix = old_name ? "rope.scale_linear" : "rope.scaling.factor";
  if (file.real(Reader::key(suffix)).value_or(0.0) == 0.0 || type == "none") return;  // a factor of 0 means none
  hyper.rope_scale = 1.0f / reader.real_or(suffix, 1.0, 1e-6, 1e6);
}

// Mixtral's way: a softmax over the chosen. What other routers add has keys of its own, which are refused.
void read_experts(const gguf::File& file, const Reader& reader, Hyper& hyper) {
  const auto number = [&](std::string_view suffix) { return file.integer(Reader::key(suffix)).value_or(0); };
  if (number("expert_count") == 0) {
    if (const auto used = number("expert_used_count")) reader.fail("expert_used_count", fmt::format("{} of no experts", used));
    return;
  }
  hyper.experts = reader.count("expert_count", pkg::TOP_EXPERTS);
  hyper.experts_used = reader.count("expert_used_count", std::min<std::uint64_t>(pkg::TOP_K, static_cast<unsigned>(hyper.experts)));
}

}  // namespace

Hyper read_hyper(const gguf::File& file, int vocab) {
  check_architecture(file);
  const Reader reader(file);
  refuse_unknown_features(file, reader);

  Hyper hyper;
  hyper.dim = reader.count("embedding_length", 1 << 20);
  hyper.layers = reader.count("block_count", 1 << 14);
  hyper.heads = reader.count("attention.head_count", 1 << 14);
  hyper.kv_heads = reader.count_or("attention.head_count_kv", 1 << 14, static_cast<std::uint64_t>(hyper.heads));
  hyper.ffn = reader.count("feed_forward_length", 1 << 24);
  read_experts(file, reader, hyper);
  hyper.context = reader.count("context_length", 1 << 30);
  if (hyper.heads % hyper.kv_heads != 0) {
    reader.fail("attention.head_count_kv",
                fmt::format("{} does not divide the {} query heads", hyper.kv_heads, hyper.heads));
  }
  read_head_size(file, reader, hyper);
  read_rope(file, reader, hyper);

  const double eps = file.required_real(Reader::key("attention.layer_norm_rms_epsilon"));
  hyper.eps = static_cast<float>(eps);
  if (!(hyper.eps > 0.0f && hyper.eps <= 1.0f)) {
    reader.fail("attention.layer_norm_rms_epsilon", fmt::format("{} is not above 0 and at most 1", eps));
  }
  const auto window = file.integer(Reader::key("attention.sliding_window")).value_or(0);
  if (window != 0 && window < static_cast<std::uint64_t>(hyper.context)) {
    reader.fail("attention.sliding_window",
                fmt::format("{} is below the context length {}: windows are not supported", window, hyper.context));
  }
  hyper.vocab = vocab;
  const auto vocab_size = file.integer(Reader::key("vocab_size"));
  if (vocab_size && *vocab_size != static_cast<std::uint64_t>(vocab)) {
    reader.fail("vocab_size", fmt::format("{}, but the vocabulary has {} tokens", *vocab_size, vocab));
  }
  return hyper;
}

}  // namespace htx::model

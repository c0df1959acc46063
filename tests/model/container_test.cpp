// SPDX-License-Identifier: Apache-2.0
// The container: headers, keys and counts that lie. A refusal names the file, the place and the reason.
#include <gtest/gtest.h>

#include "golden/model/mapped_file.hpp"
#include "tests/model/gguf_builder.hpp"
#include "tests/model/refusal.hpp"

namespace htx::test {
namespace {

constexpr LlamaOptions kTiny = {.dim = 8, .layers = 1, .heads = 2, .kv_heads = 1, .ffn = 12, .vocab = 20};

Document tiny() { return make_llama(kTiny); }

TEST(Container, ReadsVersionsTwoAndThree) {
  for (const std::uint32_t version : {2u, 3u}) {
    Document file = tiny();
    file.version = version;
    EXPECT_EQ(refusal(file.serialise()), "");
    EXPECT_EQ(model::gguf::parse(file.serialise(), "x").version(), version);
  }
}

TEST(Container, RefusesWrongHeaders) {
  Document file = tiny();
  file.magic = "GGML";
  expect_refused(file, "header", "not a GGUF file (wrong magic)");
  file = tiny();
  file.version = 1;
  expect_refused(file, "header", "version 1 is not supported (2 and 3 are)");
  file.version = 4;
  expect_refused(file, "header", "version 4 is not supported (2 and 3 are)");
  file.version = 0x03000000;
  expect_refused(file, "header", "big-endian files are not supported");
  expect_refused(Bytes{}, "header", "truncated: needs 4 bytes at byte 0, the file has 0");
}

TEST(Container, RefusesCountsThatCannotFit) {
  for (const std::uint64_t count : {std::uint64_t{1} << 20, ~std::uint64_t{0}}) {
    Document file = tiny();
    const std::string size = std::to_string(file.serialise().size());
    file.claimed_tensors = count;
    expect_refused(file, "header", std::to_string(count) + " tensors cannot fit a file of " + size + " bytes");
    file = tiny();
    file.claimed_keys = count;
    expect_refused(file, "header", std::to_string(count) + " keys cannot fit a file of " + size + " bytes");
  }
}

TEST(Container, EveryTruncationIsRefused) {
  const Bytes whole = tiny().serialise();
  // The padding after the last tensor is not missed.
  const std::size_t needed = whole.size();
  for (std::size_t size = 0; size < needed; ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string message = refusal(part);
    if (message.empty()) {
      EXPECT_GT(size + 32, needed) << "only padding may be cut";
    } else {
      EXPECT_EQ(message.find('\n'), message.npos);
      EXPECT_TRUE(message.starts_with("bad.gguf: ")) << message;
    }
  }
  const Bytes cut(whole.begin(), whole.begin() + 1000);
  EXPECT_NE(refusal(cut).find("truncated"), std::string::npos) << refusal(cut);
}

TEST(Container, RefusesBrokenKeys) {
  Document file = tiny();
  file.keys.push_back(file.keys.front());
  expect_refused(file, "key general.architecture", "appears twice");
  file = tiny();
  file.set_scalar("odd", 13, 0u);
  expect_refused(file, "key odd", "unknown value type 13");
  file = tiny();
  file.set_scalar("flag", kBool, std::uint8_t{2});
  expect_refused(file, "key flag", "a boolean is neither 0 nor 1");
  file = tiny();
  file.set("", 1u);
  expect_refused(file, "key number " + std::to_string(file.keys.size() - 1), "empty key");
  file = tiny();
  file.set(std::string(65536, 'k'), 1u);
  expect_refused(file, "key number " + std::to_string(file.keys.size() - 1),
                 "a key of 65536 bytes is longer than 65535");
  file = tiny();
  file.set_scalar("line\nbreak", 99, 0u);
  expect_refused(file, "key line\\x0abreak", "unknown value type 99");
}

TEST(Container, RefusesLyingLengths) {
  const std::uint64_t most = ~std::uint64_t{0};
  Document file = tiny();
  file.set_scalar("text", kString, most);
  EXPECT_TRUE(refusal(file.serialise()).starts_with("bad.gguf: key text: truncated: needs 18446744073709551615 bytes"));
  for (const std::uint64_t count : {most, most / 4 + 2, std::uint64_t{1} << 32}) {
    for (const GgufType element : {kU8, kF32, kString, kU64}) {
      file = tiny();
      file.set_raw("list", kArray, Document::array_head(element, count));
      expect_refused(file, "key list",
                     "truncated: " + std::to_string(count) + " array elements do not fit the rest of the file");
    }
  }
  file = tiny();
  Bytes payload = Document::array_head(kString, 2);
  append_string(payload, "a");
  append_scalar(payload, most - 7);  // a length that wraps the position around
  file.set_raw("list", kArray, payload);
  EXPECT_TRUE(refusal(file.serialise()).starts_with("bad.gguf: key list: truncated: needs 18446744073709551608 bytes"));
  file = tiny();
  file.set_raw("list", kArray, Document::array_head(kArray, 1));
  expect_refused(file, "key list", "arrays of arrays are not supported");
}

TEST(Container, ChecksTheAlignment) {
  const auto embedding = [](const Document& file) {
    return model::parse_model(file.serialise(), "good.gguf", model::WeightFormat::q8_0).embedding.values;
  };
  const auto expected = embedding(tiny());
  Document file;
  for (const std::uint32_t alignment : {8u, 64u, 4096u}) {
    file = tiny();
    file.alignment = alignment;
    file.set("general.alignment", alignment);
    EXPECT_EQ(embedding(file), expected) << alignment;
  }
  for (const std::uint32_t alignment : {0u, 4u, 24u, 1u << 31}) {
    file = tiny();
    file.set("general.alignment", alignment);
    expect_refused(file, "key general.alignment", std::to_string(alignment) + " is not a power of two from 8 to 2^30");
  }
  file = tiny();
  file.set("general.alignment", "32");
  expect_refused(file, "key general.alignment", "is of type string, expected an integer");
}

TEST(Container, TypedGettersSayWhatTheyFound) {
  Document file;
  file.set_scalar("i8", kI8, std::int8_t{-1});
  file.set_scalar("u64", kU64, std::uint64_t{1} << 40);
  file.set_scalar("f64", kF64, 0.5);
  file.set("list", std::vector<float>{1, 2});
  file.set("flag", true);
  const Bytes bytes = file.serialise();
  const auto parsed = model::gguf::parse(bytes, "keys.gguf");
  const auto message = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(parsed.integer("u64"), std::uint64_t{1} << 40);
  EXPECT_EQ(parsed.real("f64"), 0.5);
  EXPECT_EQ(parsed.boolean("flag"), true);
  EXPECT_EQ(parsed.reals("list"), (std::vector<float>{1, 2}));
  EXPECT_EQ(parsed.integer("absent"), std::nullopt);
  EXPECT_EQ(message([&] { parsed.integer("i8"); }), "keys.gguf: key i8: -1 is negative");
  EXPECT_EQ(message([&] { parsed.integer("flag"); }), "keys.gguf: key flag: is of type boolean, expected an integer");
  EXPECT_EQ(message([&] { parsed.real("u64"); }), "keys.gguf: key u64: is of type u64, expected f32 or f64");
  EXPECT_EQ(message([&] { parsed.string("list"); }), "keys.gguf: key list: is of type array of f32, expected string");
  EXPECT_EQ(message([&] { parsed.strings("list"); }),
            "keys.gguf: key list: is of type array of f32, expected array of string");
  EXPECT_EQ(message([&] { parsed.integers("list"); }),
            "keys.gguf: key list: is of type array of f32, expected array of i32 or u32");
  EXPECT_EQ(message([&] { parsed.boolean("u64"); }), "keys.gguf: key u64: is of type u64, expected boolean");
  EXPECT_EQ(message([&] { parsed.required_integer("absent"); }), "keys.gguf: key absent: missing");
}

TEST(Container, PathsThatAreNoFile) {
  const auto message = [](const std::filesystem::path& path) -> std::string {
    try {
      model::load_model(path, model::WeightFormat::q8_0);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const auto folder = std::filesystem::path(testing::TempDir());
  EXPECT_EQ(message("/nonexistent/m.gguf"), "/nonexistent/m.gguf: cannot open: No such file or directory");
  EXPECT_EQ(message(folder), folder.string() + ": not a regular file");
  EXPECT_EQ(message("/dev/zero"), "/dev/zero: not a regular file");
  const auto file = folder / "htx_container_test.gguf";
  write_file(file, {});
  EXPECT_EQ(message(file), file.string() + ": the file is empty");
  write_file(file, build_llama(kTiny));
  EXPECT_EQ(model::load_model(file, model::WeightFormat::q8_0).hyper.dim, 8);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace htx::test

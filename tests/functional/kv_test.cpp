// SPDX-License-Identifier: Apache-2.0
// A decode goes on from a saved KV cache as if it had not stopped, whoever saved it; a file that is not whole is refused.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "golden/functional/decoder.hpp"
#include "golden/functional/interpreter.hpp"
#include "golden/functional/kv_pages.hpp"
#include "golden/numerics/numerics.hpp"
#include "tests/compile/models.hpp"

namespace htx::functional {
namespace {

std::uint64_t steps(Decoder& decoder, const model::Model& m, int from, int to, std::uint64_t hash = kHashSeed) {
  for (int i = from; i < to; ++i) hash = hash_logits(decoder.step((7 * i + 1) % m.hyper.vocab), hash);
  return hash;
}

TEST(Kv, DecodeGoesOnWhereAnotherStopped) {
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const model::Model m = test::make_model(named);
    Decoder whole(m, 1, 1);
    const std::uint64_t want = steps(whole, m, 0, 70);
    for (const int stop : {1, 31, 32, 33, 64}) {
      SCOPED_TRACE(stop);
      Decoder first(m, 3, 2), second(m, 5, 1);
      const std::uint64_t hash = steps(first, m, 0, stop);
      KvCache cache(m);
      first.export_kv(cache);
      EXPECT_EQ(cache.positions(), static_cast<std::uint32_t>(stop));
      for (int i = 0; i <= stop; ++i) cache.tokens.push_back(static_cast<std::uint32_t>((7 * i + 1) % m.hyper.vocab));
      cache.logits_hash = hash;
      const KvCache read = KvCache::parse(cache.serialise(), "here", m);
      EXPECT_EQ(read, cache);
      second.import_kv(read);
      ASSERT_EQ(steps(second, m, stop, 70, *read.logits_hash), want);
    }
  }
}

TEST(Kv, PagesAreWhatTheProgramWrites) {
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    const model::Model m = test::make_model(named);
    for (const unsigned lanes : {1U, 3U, 8U}) {
      const compile::Image image = compile::compile(m, {.lanes = lanes, .chips = 1, .context = 70, .limits = {}});
      Interpreter chip(image);
      Decoder decoder(m, 2, 1);
      for (int i = 0; i < 67; ++i) {
        const int token = (7 * i + 1) % m.hyper.vocab;
        chip.skip(static_cast<std::uint32_t>(token));
        decoder.skip(token);
      }
      KvCache of_decoder(m), of_chip(m);
      decoder.export_kv(of_decoder);
      of_chip.resize(67);
      const auto pages = kv_pages(image, 67);
      EXPECT_EQ(pages.size(), static_cast<std::size_t>(3 * m.hyper.layers * m.hyper.kv_heads));
      for (const KvPage& page : pages) {
        const auto& dram = chip.dram(page.lane);
        const std::span<const std::uint8_t> bytes(dram.data() + std::size_t{page.burst} * 32, std::size_t{page.bursts} * 32);
        take_page(of_chip, page, bytes);
        const auto written = page_bytes(of_decoder, page);
        ASSERT_TRUE(std::equal(written.begin(), written.end(), bytes.begin())) << "layer " << page.layer << ", head " << page.head << ", page " << page.number;
      }
      EXPECT_EQ(of_chip, of_decoder);
      EXPECT_THROW(kv_pages(image, 71), Error);
    }
  }
}

/// What parse() says of bytes, or nothing.
std::string refusal(const std::vector<std::uint8_t>& bytes, const model::Model& m) {
  try {
    KvCache::parse(bytes, "name", m);
    return {};
  } catch (const Error& e) {
    return e.what();
  }
}

TEST(Kv, BrokenFilesAreRefused) {
  const auto models = test::odd_models();
  const model::Model m = test::make_model(models[0]), other = test::make_model(models[1]);
  Decoder decoder(m);
  steps(decoder, m, 0, 5);
  KvCache cache(m);
  decoder.export_kv(cache);
  cache.tokens = {1, 2, 3, 4, 5, 6};
  const auto good = cache.serialise();
  EXPECT_EQ(refusal(good, m), "");
  EXPECT_NE(refusal(good, other).find("of another model"), std::string::npos) << refusal(good, other);
  model::Model touched = test::make_model(models[0]);
  touched.layers[0].attn_k.values[3] ^= 1;
  EXPECT_NE(refusal(good, touched).find("other weights"), std::string::npos);
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{71}, std::size_t{72}, good.size() - 1})
    EXPECT_NE(refusal({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}, m), "") << size;
  auto longer = good;
  longer.push_back(0);
  EXPECT_NE(refusal(longer, m).find("follow its end"), std::string::npos);
  for (std::size_t at = 0; at < good.size(); at += at < 100 ? 1 : 97) {  // any bit of it
    auto bad = good;
    bad[at] = static_cast<std::uint8_t>(bad[at] ^ 1U << at % 8);
    const std::string why = refusal(bad, m);
    EXPECT_EQ(why.rfind("name: ", 0), 0U) << at << ": " << why;
    EXPECT_EQ(why.find('\n'), std::string::npos);
  }
  // consistent, but of other sizes
  KvCache odd = cache;
  odd.tokens.pop_back();
  EXPECT_NE(refusal(odd.serialise(), m).find("5 tokens for 5 positions"), std::string::npos);
  odd = cache;
  odd.tokens[2] = static_cast<std::uint32_t>(m.hyper.vocab);
  EXPECT_NE(refusal(odd.serialise(), m).find("beyond the vocabulary"), std::string::npos);
}

TEST(Kv, SavedWholeOrNotAtAll) {
  const model::Model m = test::make_model(test::odd_models()[0]);
  KvCache cache(m);
  cache.tokens = {1};
  const auto folder = std::filesystem::temp_directory_path() / ("htx_kv_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  cache.save(folder / "a.kv");
  EXPECT_EQ(KvCache::load(folder / "a.kv", m), cache);
  EXPECT_THROW(cache.save(folder / "none" / "a.kv"), Error);
  EXPECT_THROW(cache.save("/dev/full"), Error);
  EXPECT_THROW(KvCache::load(folder / "b.kv", m), Error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "no parts are left behind";
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace htx::functional

// SPDX-License-Identifier: Apache-2.0
// No bit of a logit depends on how many lanes or chips the rows and pages were dealt over.
#include <gtest/gtest.h>

#include <filesystem>

#include "golden/functional/decoder.hpp"
#include "golden/numerics/numerics.hpp"
#include "tests/compile/models.hpp"
#include "tests/model/shared_models.hpp"

namespace htx::functional {
namespace {

std::uint64_t decode_hash(const model::Model& m, unsigned lanes, unsigned chips, int count) {
  Decoder decoder(m, lanes, chips);
  std::uint64_t hash = kHashSeed;
  int token = 1;
  for (int i = 0; i < count; ++i) {
    const std::vector<float>& logits = decoder.step(token);
    hash = hash_logits(logits, hash);
    token = static_cast<int>(numerics::argmax(logits) + static_cast<std::size_t>(i)) % m.hyper.vocab;
  }
  return hash;
}

void all_splits_agree(const model::Model& m, int count) {
  const std::uint64_t expected = decode_hash(m, 1, 1, count);
  for (const unsigned chips : {1u, 2u, 3u, 6u})
    for (unsigned lanes = 1; lanes <= 8; ++lanes)
      ASSERT_EQ(decode_hash(m, lanes, chips, count), expected) << lanes << " lanes, " << chips << " chips";
}

TEST(Split, NoBitDependsOnIt) {
  for (const test::NamedModel& named : test::odd_models()) {
    SCOPED_TRACE(named.name);
    all_splits_agree(test::make_model(named), 70);
  }
}

TEST(Split, NorWithTheOutsideModel) {
  const std::filesystem::path path = test::shared_model("stories260K-Q8_0.gguf");
  HTX_SKIP_WITHOUT(path);
  all_splits_agree(model::load_model(path, model::WeightFormat::q8_0), 70);
}

TEST(Split, ResetForgetsEverything) {
  const model::Model m = test::make_model(test::odd_models()[0]);
  Decoder decoder(m, 3, 2);
  const std::vector<float> first = decoder.step(5);
  decoder.step(6);
  decoder.reset();
  EXPECT_EQ(decoder.position(), 0);
  EXPECT_EQ(decoder.step(5), first);
}

// Known sums of FNV-1a.
TEST(Hash, Fnv) {
  EXPECT_EQ(hash_logits({}), 0xcbf29ce484222325u);
  const float values[] = {numerics::from_bits(0x64636261)};  // "abcd"
  EXPECT_EQ(hash_logits(values), 0xfc179f83ee0724ddu);
}

}  // namespace
}  // namespace htx::functional

// SPDX-License-Identifier: Apache-2.0
// Decoder and interpreter share no code but the numerics: what they agree on, compiler and formats have right.
#include "golden/functional/interpreter.hpp"

#include <gtest/gtest.h>

#include "golden/compile/schedule.hpp"
#include "golden/functional/decoder.hpp"
#include "golden/numerics/numerics.hpp"
#include "tests/compile/models.hpp"

namespace htx::functional {
namespace {

std::vector<int> tokens(const model::Model& m, int count) {
  test::Random random(77);
  std::vector<int> result;
  for (int i = 0; i < count; ++i)
    result.push_back(static_cast<int>(random.below(static_cast<std::uint64_t>(m.hyper.vocab))));
  return result;
}

// Runs both over the same tokens, some of them without the head, and compares every logit.
void compare(const model::Model& m, Interpreter& interpreter, Decoder& decoder, int count) {
  int number = 0;
  for (const int token : tokens(m, count)) {
    if (++number % 5 == 0) {
      interpreter.skip(static_cast<std::uint32_t>(token));
      decoder.skip(token);
      continue;
    }
    const std::vector<float>& expected = decoder.step(token);
    const std::vector<float>& actual = interpreter.step(static_cast<std::uint32_t>(token));
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_EQ(numerics::bits(actual[i]), numerics::bits(expected[i])) << "token " << number << " logit " << i;
    ASSERT_EQ(interpreter.best(), numerics::argmax(expected));
  }
}

class Models : public testing::TestWithParam<test::NamedModel> {};

TEST_P(Models, InterpreterAgreesWithDecoder) {
  const model::Model m = test::make_model(GetParam());
  for (const auto [lanes, chips] : {std::pair{1u, 1u}, {2u, 1u}, {3u, 1u}, {8u, 1u}, {5u, 2u}, {8u, 6u}}) {
    SCOPED_TRACE(testing::Message() << lanes << " lanes, " << chips << " chips");
    const compile::Image image = compile::compile(m, {.lanes = lanes, .chips = chips});
    Interpreter interpreter(image);
    Decoder decoder(m);
    compare(m, interpreter, decoder, 70);
  }
}

// Known tokens a column each, between positions by themselves: keys and values are those of one by one, so every later logit is.
// With disorder, in any order that the chip may take.
TEST_P(Models, PassesOverSeveralTokens) {
  const model::Model m = test::make_model(GetParam());
  for (const unsigned columns : {2u, 4u, 8u}) {
    for (const std::uint32_t disorder : {0u, 1u, 2u}) {
      SCOPED_TRACE(testing::Message() << columns << " columns, disorder " << disorder);
      const compile::Image image = compile::compile(m, {.lanes = 3, .columns = columns});
      const unsigned width = compile::pass_tokens(image.program);
      if (m.hyper.experts == 0) EXPECT_EQ(width, columns);
      else EXPECT_TRUE(width <= columns && width + 1 >= columns) << width;  // every token's experts stand in the program, which holds those of 7 of them
      Interpreter interpreter(image, disorder);
      Decoder decoder(m);
      const std::vector<int> text = tokens(m, 70);
      unsigned passes = 0;
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (i % 13 < 7 && i + width < text.size()) {
          interpreter.pass(std::vector<std::uint32_t>(text.begin() + static_cast<long>(i), text.begin() + static_cast<long>(i + width)));
          for (unsigned t = 0; t < width; ++t) decoder.skip(text[i + t]);
          i += width - 1;
          ++passes;
          continue;
        }
        const std::vector<float>& expected = decoder.step(text[i]);
        const std::vector<float>& actual = interpreter.step(static_cast<std::uint32_t>(text[i]));
        for (std::size_t n = 0; n < expected.size(); ++n) ASSERT_EQ(numerics::bits(actual[n]), numerics::bits(expected[n])) << "token " << i << " logit " << n;
      }
      EXPECT_GT(passes, 3u);
    }
  }
}

// The image as it comes back from a file runs the same.
TEST_P(Models, ImageFileRuns) {
  const model::Model m = test::make_model(GetParam());
  const compile::Image image = compile::deserialise(compile::serialise(compile::compile(m, {.lanes = 3})), "x.htx");
  Interpreter interpreter(image);
  Decoder decoder(m);
  compare(m, interpreter, decoder, 10);
}

// Lane and vector commands drift apart as far as the WAIT flags allow, and nobody can tell.
TEST_P(Models, WaitsOrderEverything) {
  const model::Model m = test::make_model(GetParam());
  const compile::Image image = compile::compile(m, {.lanes = 2});
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Interpreter interpreter(image, seed);
    Decoder decoder(m);
    compare(m, interpreter, decoder, 36);
  }
}

INSTANTIATE_TEST_SUITE_P(Odd, Models, testing::ValuesIn(test::odd_models()),
                         [](const auto& info) { return info.param.name; });

// Chosen experts gated in rounds, where vector memory does not hold all at once, are the same experts.
TEST(Experts, InRounds) {
  const model::Model m = test::make_model({.dim = 64, .layers = 2, .ffn = 96, .vocab = 40, .experts = 9, .experts_used = 5});
  std::size_t shortest = 0;
  for (const std::uint64_t blocks : {pkg::VMEM_BLOCKS, 44u, 36u}) {  // 5 at once; 3 and 2; 2 and 2 and 1
    SCOPED_TRACE(testing::Message() << blocks << " blocks");
    compile::Options options{.lanes = 3};
    options.limits.vmem_blocks = blocks;
    const compile::Image image = compile::compile(m, options);
    EXPECT_GT(image.program.size(), shortest);  // each more rounds than the one before
    shortest = image.program.size();
    for (const std::uint32_t seed : {0u, 5u, 6u}) {
      Interpreter interpreter(image, seed);
      Decoder decoder(m);
      compare(m, interpreter, decoder, 20);
    }
  }
}

// And with any of the flags missing, somebody can: the check above does see a missing WAIT.
TEST(Disorder, ShowsMissingWaits) {
  const model::Model m = test::make_model(test::odd_models()[0]);
  const compile::Image image = compile::compile(m, {.lanes = 2});
  int flags = 0;
  for (std::size_t pc = 0; pc < image.program.size(); ++pc) {
    if (!compile::has_flag(image.program[pc], pkg::FLAG_WAIT)) continue;
    if (image.symbols[pc].text == "clear {L, F}") continue;  // what it clears reaches no result
    ++flags;
    compile::Image broken = image;
    broken.program[pc].flags = static_cast<std::uint16_t>(broken.program[pc].flags & ~(1u << pkg::FLAG_WAIT));
    bool differs = false;
    for (std::uint32_t seed = 1; seed <= 60 && !differs; ++seed) {
      Interpreter interpreter(broken, seed);
      Decoder decoder(m);
      try {
        for (const int token : tokens(m, 4)) {
          interpreter.skip(static_cast<std::uint32_t>(token));
          decoder.skip(token);
          differs = differs || hash_logits(interpreter.step(static_cast<std::uint32_t>(token))) !=
                                   hash_logits(decoder.step(token));
        }
      } catch (const NumericError&) {
        differs = true;
      }
    }
    EXPECT_TRUE(differs) << "instruction " << pc << ": " << compile::disassemble(image.program[pc]);
  }
  EXPECT_GT(flags, 5);
}

TEST(Interpreter, RefusesTokensAndContext) {
  const model::Model m = test::make_model(test::odd_models()[5]);
  const compile::Image image = compile::compile(m, {.lanes = 1, .context = 2});
  Interpreter interpreter(image);
  EXPECT_THROW(interpreter.step(3), Error);
  interpreter.step(0);
  interpreter.skip(1);
  EXPECT_THROW(interpreter.step(0), Error);
}

// A wild program is an error with its instruction, never an access beyond a memory.
TEST(Interpreter, BentProgramsAreErrors) {
  const model::Model m = test::make_model(test::odd_models()[5]);
  const compile::Image image = compile::compile(m, {.lanes = 2, .context = 8});
  test::Random random(3);
  int errors = 0;
  for (int round = 0; round < 2000; ++round) {
    compile::Image bent = image;
    pkg::instr_t& i = bent.program[random.below(bent.program.size())];
    const auto value = static_cast<std::uint16_t>(random.below(2) ? random.bits() : random.below(4));
    switch (random.below(6)) {
      case 0:
        i.a = value;
        break;
      case 1:
        i.b = value;
        break;
      case 2:
        i.d = value;
        break;
      case 3:
        i.flags = static_cast<std::uint16_t>(value & 0x7ff);
        break;
      case 4:
        if (i.op != pkg::OP_LOOP) i.n = value;
        break;
      default:
        i.elem = static_cast<std::uint8_t>(value & 31);
        break;
    }
    Interpreter interpreter(bent);
    try {
      interpreter.step(1);
      interpreter.step(2);
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GT(errors, 100);
}

}  // namespace
}  // namespace htx::functional

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks of the small model's generator, vocabulary and file, without torch. Run: tests/train/test_train.py"""
import math
import pathlib
import sys
import tempfile
import unittest

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "train"))
import corpus
import gguf
import vocab
from dice import HABIT, Dice, habits
from reference import Reference

SIBLING = ROOT / "golden" / "models" / "htx-tiny-moe.gguf"
SHIPPED = ROOT / "golden" / "models" / "htx-tiny.gguf"


class Nats(unittest.TestCase):
    def test_equal_options_count_as_one(self):
        for _ in range(10):
            dice = Dice(1)
            option = dice.pick(["a", "a", "a", "b"])
            self.assertAlmostEqual(dice.nats, -math.log(0.75 if option == "a" else 0.25))

    def test_frequencies_follow_the_counted_probabilities(self):
        dice, counts, claimed = Dice(2), {}, {}
        for _ in range(40000):
            dice.nats = 0.0
            text = dice.expand("[x|[y|z]|x] [u|v|w]", "somewhere")
            counts[text] = counts.get(text, 0) + 1
            claimed[text] = math.exp(-dice.nats)
        self.assertAlmostEqual(sum(claimed.values()), 1.0)
        for text, p in claimed.items():
            self.assertAlmostEqual(counts[text] / 40000, p, delta=5 * math.sqrt(p / 40000))

    def test_habits_weigh_what_they_say(self):
        self.assertLessEqual(set(habits("forest", tuple("abcdefghij"))), {1, HABIT})

    def test_same_seed_same_texts(self):
        self.assertEqual(corpus.draw_many(5, 50), corpus.draw_many(5, 50))


class Split(unittest.TestCase):
    def test_training_never_has_a_reserved_pair(self):
        sets, _ = corpus.splits(11, 2000, 200)
        for text, _ in sets["train"] + sets["fresh"]:
            words = text.replace(".", " ").replace(",", " ").replace("\"", " ").replace("?", " ").replace("!", " ").replace(":", " ").split()
            subjects = {w for w in words if w in corpus.SUBJECTS} | {corpus.SINGULAR[w.lower()] for w in words if w.lower() in corpus.SINGULAR} | {w.lower() for w in words if w.lower() in corpus.SUBJECTS}
            for subject in subjects:
                for thing in set(words) & corpus.THING_WORDS:
                    self.assertFalse(corpus.is_reserved(subject, thing), text)

    def test_new_texts_all_have_one(self):
        self.assertTrue(all(corpus.reserved_pairs(text) for text, _ in corpus.splits(11, 10, 100)[0]["new"]))

    def test_fresh_texts_are_not_in_training(self):
        sets, _ = corpus.splits(11, 3000, 300)
        self.assertFalse({text for text, _ in sets["fresh"]} & {text for text, _ in sets["train"]})


class Words(unittest.TestCase):
    def test_texts_survive_encoding(self):
        texts = [text for text, _ in corpus.draw_many(3, 300)[0]]
        vocabulary = vocab.Vocabulary.of_pieces(vocab.learn_pieces(texts, 300))
        for text in texts + ["Zürich 42 § unseen\ttext"]:
            self.assertEqual(vocabulary.decode(vocabulary.encode(text)), text)

    def test_best_pair_joins_first(self):
        pieces = ["bc", "ab", "a", "b", "c", vocab.SPACE]
        vocabulary = vocab.Vocabulary.of_pieces(pieces)
        self.assertEqual([vocabulary.tokens[i] for i in vocabulary.encode("abc")], [vocab.SPACE, "a", "bc"])


class File(unittest.TestCase):
    def test_round_trip(self):
        rng = np.random.default_rng(4)
        tensors = {"m": rng.normal(size=(7, 64)).astype(np.float32), "v": rng.normal(size=5).astype(np.float32)}
        facts = {"a": (gguf.STRING, "x"), "b": (gguf.ARRAY, (gguf.F32_VALUE, [0.5, -1.0])), "c": (gguf.BOOL, True)}
        with tempfile.NamedTemporaryFile() as file:
            gguf.write(file.name, facts, tensors)
            back = gguf.Reader(file.name)
        self.assertEqual(back.facts, {"a": "x", "b": [0.5, -1.0], "c": True})
        np.testing.assert_array_equal(back.tensors["v"], tensors["v"])
        self.assertLess(np.abs(back.tensors["m"] - tensors["m"]).max(), np.abs(tensors["m"]).max() / 127)
        self.assertEqual(gguf.quantise(back.tensors["m"]), gguf.quantise(gguf.dequantise(gguf.quantise(back.tensors["m"]), (7, 64))))


@unittest.skipUnless(SHIPPED.exists(), "golden/models/htx-tiny.gguf is not there")
class Shipped(unittest.TestCase):
    def test_size_and_cache(self):
        self.assertLess(SHIPPED.stat().st_size, 1_000_000)
        net = Reference(SHIPPED)
        ids = [vocab.BEGIN] + net.vocabulary.encode("The fox found a red lantern.")
        whole, cache = net.run(ids), []
        steps = np.concatenate([net.run([i], cache) for i in ids])
        np.testing.assert_allclose(steps, whole, atol=1e-3)


@unittest.skipUnless(SIBLING.exists(), "golden/models/htx-tiny-moe.gguf is not there")
class Sibling(unittest.TestCase):
    def test_size_shape_and_cache(self):
        self.assertLess(SIBLING.stat().st_size, 2_000_000)
        net = Reference(SIBLING)
        self.assertEqual(net.w["blk.0.ffn_gate_exps.weight"].shape, (8, 96, 128))
        self.assertEqual(net.types["blk.0.ffn_gate_inp.weight"], gguf.F32)
        ids = [vocab.BEGIN] + net.vocabulary.encode("The fox found a red lantern.")
        whole, cache = net.run(ids), []
        steps = np.concatenate([net.run([i], cache) for i in ids])
        np.testing.assert_allclose(steps, whole, atol=1e-3)

    def test_every_expert_is_asked_and_none_always(self):
        net, asked = Reference(SIBLING), np.zeros((4, 8))
        layers, plain = [], net.experts

        def counted(y, layer):
            logits = y @ net.w[f"blk.{layer}.ffn_gate_inp.weight"].T
            for e in np.argsort(-logits, -1, kind="stable")[:, :2].flatten():
                asked[layer, e] += 1
            layers.append(layer)
            return plain(y, layer)

        net.experts = counted
        for text, _ in corpus.splits(301, 10, 40)[0]["fresh"]:
            net.run([vocab.BEGIN] + net.vocabulary.encode(text))
        share = asked / asked.sum(1, keepdims=True)
        self.assertGreater(share.min(), 0.02)
        self.assertLess(share.max(), 0.4)


if __name__ == "__main__":
    unittest.main()

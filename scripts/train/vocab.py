# SPDX-License-Identifier: Apache-2.0
"""A SentencePiece-style vocabulary: 3 control tokens, 256 bytes, then pieces learned by byte-pair merging.

Encoding is what llama.cpp does for tokenizer.ggml.model = "llama": a space goes before the text, spaces become U+2581, and among all
adjacent pairs that join to a known piece the one of highest score is joined, leftmost first, until none is left. No learned piece has
U+2581 but at its start, so words can be encoded apart and remembered.
"""
import collections
import re

SPACE = "\u2581"
UNKNOWN, BEGIN, END = 0, 1, 2
NORMAL_TYPE, UNKNOWN_TYPE, CONTROL_TYPE, BYTE_TYPE = 1, 2, 3, 6
FIRST_PIECE = 3 + 256


def words_of(text):
    return re.findall(f"{SPACE}?[^{SPACE}]+|{SPACE}", (" " + text).replace(" ", SPACE))


def learn_pieces(texts, count):
    """`count` pieces: every character seen, then the most frequent pair again and again."""
    counts = collections.Counter(word for text in texts for word in words_of(text))
    words = {word: list(word) for word in counts}
    chars = collections.Counter()
    for word, n in counts.items():
        for char in word:
            chars[char] += n
    alphabet, merged = [char for char, _ in sorted(chars.items(), key=lambda item: (-item[1], item[0]))], []
    while len(alphabet) + len(merged) < count:
        pairs = collections.Counter()
        for word, parts in words.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += counts[word]
        pair = max(pairs, key=lambda p: (pairs[p], p))
        joined = pair[0] + pair[1]
        if joined not in merged:
            merged.append(joined)
        for parts in words.values():
            at = 0
            while at < len(parts) - 1:
                if parts[at] == pair[0] and parts[at + 1] == pair[1]:
                    parts[at:at + 2] = [joined]
                at += 1
    return merged + alphabet


class Vocabulary:
    def __init__(self, tokens, scores, types):
        self.tokens, self.scores, self.types = tokens, scores, types
        self.ids = {token: i for i, token in enumerate(tokens) if types[i] == NORMAL_TYPE}
        self.known = {}

    @classmethod
    def of_pieces(cls, pieces):
        tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + pieces
        scores = [0.0] * FIRST_PIECE + [-float(rank) for rank in range(len(pieces))]
        types = [UNKNOWN_TYPE, CONTROL_TYPE, CONTROL_TYPE] + [BYTE_TYPE] * 256 + [NORMAL_TYPE] * len(pieces)
        return cls(tokens, scores, types)

    def encode(self, text):
        """Token ids of a text, without begin and end."""
        ids = []
        for word in words_of(text):
            if word not in self.known:
                self.known[word] = self._encode_word(word)
            ids += self.known[word]
        return ids

    def _encode_word(self, word):
        parts = list(word)
        while True:
            best = max((self.scores[self.ids[a + b]], -at) for at, (a, b) in enumerate(zip(parts, parts[1:])) if a + b in self.ids) \
                if any(a + b in self.ids for a, b in zip(parts, parts[1:])) else None
            if best is None:
                break
            at = -best[1]
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        return [i for part in parts for i in ([self.ids[part]] if part in self.ids else [3 + byte for byte in part.encode()])]

    def decode(self, ids):
        raw = b"".join(bytes([i - 3]) if self.types[i] == BYTE_TYPE else self.tokens[i].encode() for i in ids if self.types[i] in (NORMAL_TYPE, BYTE_TYPE))
        return raw.decode(errors="replace").replace(SPACE, " ").removeprefix(" ")

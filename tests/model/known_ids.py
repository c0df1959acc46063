#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes known_ids.json: what llama.cpp's tokenizer makes of texts under every word rule that both know.

usage: known_ids.py LLAMA_SERVER [ARG...]    the program (and, say, the loader before it), asked over HTTP on localhost

The vocabulary is made here: the 256 bytes, merges learned from the texts themselves, two special tokens. Only tests read the
result; golden/model must give the same ids.
"""
import collections
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
RULES = ["default", "gpt-2", "starcoder", "smollm", "llama-bpe", "qwen2", "deepseek-v3", "gpt-4o"]
TEXTS = [
    "", " ", "  ", "   a", "a   ", "\n", "\n\n\n", "\t\ttabs\tbetween", " \n \n x", "one\r\ntwo\r\n\r\nthree", "end   \n\n   begin",
    "Once upon a time, there was a little fox who lived by the river.",
    "It's we're they'll I'd you've don't can't I'm SHE'S WE'LL it'S 'tis 's 'x",
    "3.14159 and 1,000,000 or 12345678901234567890; 1st 2nd 3rd x86 7up 0x1F",
    "CamelCaseWords and snake_case_words, kebab-case-words; HTMLParser XMLHttpRequest iPhone",
    "for (int i = 0; i < n; ++i) { sum += a[i] * b[i]; }  // dot product",
    "def f(x):\n    return x ** 2 if x > 0 else -x\n\n\nclass A:\n\tpass\n",
    "if(x==y&&z!=w||!q){return(a+b)*c/d%e^f~g|h;}", "http://example.org/path?query=1&other=%20#part", "$5.00 + 3% = £4 or €6 <tag attr=\"v\"/>",
    "!!!??? ... --- *** ___ ~~~ \"quoted\" 'single' `code` (a)[b]{c}", "a.b.c,d;e:f!g?h", "....x....y", "don''t 'll'll",
    "Füße, naïve café, Ærøskøbing, žluťoučký kůň, İstanbul, ßtraße", "Добрый день, мир! Как дела?", "Καλημέρα κόσμε", "日本語のテキストと漢字かな交じり文。", "你好,世界!今天天气很好。一二三",
    "안녕하세요 세계", "مرحبا بالعالم ١٢٣", "שלום עולם", "नमस्ते दुनिया १२३", "สวัสดีชาวโลก", "🙂👩‍👩‍👧‍👦 emoji 🏳️‍🌈 flags 🇩🇪", "e\u0301 combining a\u0308o\u0308", "½ Ⅷ ² x₁ ①",
    "\u00a0no-break\u2003em\u3000wide", "zero\u200bwidth \ufeffmark", "mixed日本and English混ざる123文字", "tab\tand  two   three    four", "ALLCAPS lower Title ǅungla",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "the the the the", "  leading and trailing  ", "a\n b\n  c\n   d\n", "\x00\x01\x7f control", "x\u2028y\u2029z\x85w\x0bv\x0cu",
]


def byte_characters():
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = iter(range(256, 512))
    return {b: chr(b) if b in own else chr(next(rest)) for b in range(256)}


def learn(texts, count):
    """`count` merges by plain byte-pair counting; on ties the smaller pair."""
    character = byte_characters()
    words = collections.Counter()
    for text in texts:
        for word in re.findall(r"\s?\w+|\s?[^\w\s]+|\s+", text):
            words[tuple(character[b] for b in word.encode())] += 1
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        changed = collections.Counter()
        for word, n in words.items():
            out, i = [], 0
            while i < len(word):
                both = word[i:i + 2] == best
                out.append("".join(best) if both else word[i])
                i += 2 if both else 1
            changed[tuple(out)] += n
        words = changed
    return [" ".join(pair) for pair in merges]


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def gguf(rule, tokens, types, merges):
    """A llama of one narrow layer with this vocabulary: the server wants weights, too."""
    keys = [string(f"llama.{k}") + struct.pack("<II", 4, v) for k, v in {
        "context_length": 4096, "embedding_length": 32, "block_count": 1, "feed_forward_length": 32, "attention.head_count": 1}.items()]
    keys += [string("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", 6, 1e-5),
             string("general.architecture") + struct.pack("<I", 8) + string("llama"),
             string("tokenizer.ggml.model") + struct.pack("<I", 8) + string("gpt2"), string("tokenizer.ggml.pre") + struct.pack("<I", 8) + string(rule),
             string("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, len(tokens)) + b"".join(map(string, tokens)),
             string("tokenizer.ggml.merges") + struct.pack("<IIQ", 9, 8, len(merges)) + b"".join(map(string, merges)),
             string("tokenizer.ggml.token_type") + struct.pack("<IIQ", 9, 5, len(types)) + struct.pack(f"<{len(types)}i", *types),
             string("tokenizer.ggml.bos_token_id") + struct.pack("<II", 4, len(tokens) - 2), string("tokenizer.ggml.eos_token_id") + struct.pack("<II", 4, len(tokens) - 1)]
    shapes = {"token_embd": (32, len(tokens)), "output_norm": (32,)}
    shapes |= {f"blk.0.{n}": (32, 32) for n in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")}
    shapes |= {f"blk.0.{n}_norm": (32,) for n in ("attn", "ffn")}
    infos, at = b"", 0
    for name, shape in shapes.items():
        infos += string(name + ".weight") + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, at)
        size = 4
        for n in shape:
            size *= n
        at += size
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(keys)) + b"".join(keys) + infos
    return head + bytes(-len(head) % 32 + at)


def ask(port, text):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/tokenize", json.dumps({"content": text, "add_special": False, "parse_special": False}).encode(),
                                     {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=10))["tokens"]


def main():
    program = sys.argv[1:]
    if not program:
        sys.exit(__doc__)
    merges = learn(TEXTS * 2, 420)
    tokens = [*byte_characters().values(), *("".join(m.split(" ")) for m in merges), "<|begin|>", "<|end|>"]
    types = [1] * (len(tokens) - 2) + [3, 3]
    version = subprocess.run([*program, "--version"], capture_output=True, text=True)
    rules = {}
    for number, rule in enumerate(RULES):
        with tempfile.NamedTemporaryFile(suffix=".gguf") as file:
            file.write(gguf(rule, tokens, types, merges))
            file.flush()
            port = 18080 + number
            server = subprocess.Popen([*program, "-m", file.name, "--port", str(port), "-c", "64", "--no-warmup"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                for attempt in range(120):
                    try:
                        ask(port, "x")
                        break
                    except OSError:
                        if server.poll() is not None:
                            sys.exit(f"{program[-1]} ended with exit code {server.returncode} for the rule {rule}")
                        time.sleep(0.5)
                rules[rule] = [ask(port, text) for text in TEXTS]
                print(rule, sum(map(len, rules[rule])), "tokens", file=sys.stderr)
            finally:
                server.kill()
                server.wait()
    words = (version.stdout + version.stderr).split("\n")
    out = {"made_by": next((w for w in words if w.startswith("version")), "unknown"), "merges": merges, "texts": TEXTS, "rules": rules}
    (HERE / "known_ids.json").write_text(json.dumps(out, ensure_ascii=True, separators=(",", ":")).replace('],"', '],\n"') + "\n")


if __name__ == "__main__":
    main()

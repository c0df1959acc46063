#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the shipped GGUF back, writes from prompts it has not seen, and sets its held-out loss beside the generator's own nats.

    check.py [--gguf golden/models/htx-tiny.gguf] [--report golden/models/check.json] [--texts 1000] [--prompt TEXT]
"""
import argparse
import json
import os
import pathlib

import corpus
from reference import Reference
from train import MODELS, RECIPE
from vocab import BEGIN, END

PROMPTS = [
    "Once upon a time there was a brave mouse named Greta. One snowy morning she found an old lantern",
    "\"What a foggy morning!\" said Hugo, a shy badger.",
    "A sleepy frog named Emil wanted to",
    "The brave hen Rosa carried a lantern to the mill.",
    "It was night, and Ada heard",
    "The hedgehog and the pony",
    "Nora the baker has six pears. She eats two.",
    "If you want to sew clothes, you need",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gguf", type=pathlib.Path, default=MODELS / "htx-tiny.gguf")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--texts", type=int, default=RECIPE["held_out"])
    parser.add_argument("--prompt", action="append")
    arguments = parser.parse_args()
    net = Reference(arguments.gguf)
    report = dict(bytes=os.path.getsize(arguments.gguf), parameters=int(sum(x.size for x in net.w.values())), samples=[])
    print(f"{arguments.gguf.name}: {report['bytes']} bytes, {report['parameters']} parameters")
    sets, share = corpus.splits(RECIPE["seed"], RECIPE["texts"], RECIPE["held_out"])
    trained = " ".join(text for text, _ in sets["train"])
    for prompt in arguments.prompt or PROMPTS:
        text, ended = net.write(prompt)
        report["samples"].append(dict(prompt=prompt, text=text, ended=ended, prompt_in_training=prompt in trained, text_in_training=text in trained))
        print(f"\n> {prompt}\n{text}{'' if ended else ' ...'}\n  [prompt in training: {prompt in trained}; text in training: {text in trained}; reserved pairs: {corpus.reserved_pairs(prompt)}]")
    print()
    report["kept_share"] = round(share, 4)
    for name in ("fresh", "new") if arguments.texts else ():
        texts = sets[name][:arguments.texts]
        documents = [[BEGIN] + net.vocabulary.encode(text) + [END] for text, _ in texts]
        lost = sum(net.loss(ids[:net.context]).sum() for ids in documents)
        nats, chars, tokens = sum(n for _, n in texts), sum(len(text) for text, _ in texts), sum(len(ids) - 1 for ids in documents)
        entry = dict(texts=len(texts), chars=chars, tokens=tokens, model_per_token=lost / tokens, generator_per_token=nats / tokens, model_per_char=lost / chars, generator_per_char=nats / chars)
        report[name] = {key: round(float(value), 4) if "per" in key else value for key, value in entry.items()}
        print(f"{name:5}: {len(texts)} texts; nats a token: model {lost / tokens:.4f}, generator {nats / tokens:.4f}; nats a character: model {lost / chars:.4f}, generator {nats / chars:.4f}")
    if arguments.report:
        arguments.report.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

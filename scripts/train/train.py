#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the small models that ship with the project and writes them as GGUF: the plain one, then with --experts its sibling, which grows from it.

Two processes of one thread each, each with half of every batch: on two cores faster than one process of two threads, and the sum of two
gradients does not depend on who comes first, so a run repeats bit for bit on the same machine and libraries.
Needs Debian's python3-torch, and libopenblas0-pthread for its matrix products (Debian's reference BLAS is about 30 times slower).

    train.py [--experts] [--out golden/models/htx-tiny.gguf] [--log golden/models/train.json] [--steps N]
"""
import argparse
import json
import math
import os
import pathlib
import random
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import torch
import torch.distributed
import torch.multiprocessing
from torch.nn import functional as F

import corpus
import export
import gguf
import model
import vocab

MODELS = pathlib.Path(__file__).resolve().parents[2] / "golden" / "models"
RANKS = 2
# Short beginnings first: that a name comes back is learned from 40 tokens in a tenth of the time that whole texts take.
RECIPE = dict(seed=301, texts=90000, vocabulary_texts=20000, held_out=1000, steps=11000, batch_tokens=1536, cut=[[0.0, 40], [0.1, 100], [0.2, 513]],
              join_from=0.9, rate=4e-3, warmup=100, fall_from=0.3, decay=0.05, clip=1.0)
# The sibling: attention and embedding are learned already, so whole texts from the start and fewer steps. balance: share of the loss that evens out the experts.
EXPERTS = dict(RECIPE, steps=1200, cut=[[0.0, 513]], rate=2e-3, balance=0.01, grown_from="htx-tiny.gguf")
EXPERT_SHAPE = model.Shape(ffn=96, experts=8, chosen=2)


def batches(documents, recipe):
    """Batches of about `batch_tokens`: lists of id lists, cut at first; in the last part of the steps texts are joined up to the cut."""
    rng, queue = random.Random(recipe["seed"]), []
    for step in range(recipe["steps"]):
        done = step / recipe["steps"]
        cut = [length for start, length in recipe["cut"] if done >= start][-1]
        batch, count = [], 0
        while count < recipe["batch_tokens"]:
            if not queue:
                queue = rng.sample(documents, len(documents))
            ids = queue.pop()
            while done >= recipe["join_from"] and queue and len(ids) < cut:
                ids = ids + queue.pop()
            batch.append(ids[:cut])
            count += len(batch[-1])
        yield batch


def loss_of(net, texts):
    """Summed loss in nats of texts, each read alone, but for their first ids."""
    spans, first = [], 0
    for ids in texts:
        spans.append((first, first + len(ids) - 1))
        first += len(ids) - 1
    inputs, targets = (torch.tensor([i for ids in texts for i in part(ids)]) for part in (lambda ids: ids[:-1], lambda ids: ids[1:]))
    return F.cross_entropy(net(inputs, spans), targets, reduction="sum")


def held_out_loss(net, texts):
    """Mean loss of a token."""
    with torch.no_grad():
        total = sum(loss_of(net, texts[i:i + 16]).item() for i in range(0, len(texts), 16))
    return total / sum(len(ids) - 1 for ids in texts)


def sum_over_ranks(tensors):
    flat = torch.cat([t.flatten() for t in tensors])
    torch.distributed.all_reduce(flat)
    return [part.view_as(t) for part, t in zip(flat.split([t.numel() for t in tensors]), tensors)]


def share_of_rate(step, recipe):
    """Linear warm-up, level, then linear descent to zero: the share of the full rate."""
    return min((step + 1) / recipe["warmup"], 1.0, (recipe["steps"] - step) / (recipe["steps"] * (1 - recipe["fall_from"])))


def work(rank, store, recipe, documents, held_out, vocabulary, out, log_path, log):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(recipe["seed"])
    torch.distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=RANKS)
    net = model.Model(EXPERT_SHAPE if "balance" in recipe else model.Shape())
    if "balance" in recipe:
        net.grow_from(gguf.Reader(MODELS / recipe["grown_from"]).tensors)
    groups = [dict(params=[p for p in net.parameters() if (p.dim() > 1) == is_matrix], weight_decay=decay) for is_matrix, decay in ((True, recipe["decay"]), (False, 0.0))]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-9)
    start, recent = time.time(), []
    for step, batch in enumerate(batches(documents, recipe)):
        loss = loss_of(net, batch[rank::RANKS]) / sum(len(ids) - 1 for ids in batch)
        net.zero_grad(set_to_none=False)
        (loss + (recipe["balance"] / RANKS * sum(block.ffn.balance for block in net.blk) if "balance" in recipe else 0)).backward()
        *gradients, loss = sum_over_ranks([torch.zeros_like(p) if p.grad is None else p.grad for p in net.parameters()] + [loss.detach().view(1)])
        for p, gradient in zip(net.parameters(), gradients):
            p.grad = gradient.clone()
        torch.nn.utils.clip_grad_norm_(net.parameters(), recipe["clip"])
        for group in optimizer.param_groups:
            group["lr"] = recipe["rate"] * share_of_rate(step, recipe)
        optimizer.step()
        recent.append(loss.item())
        done = step + 1
        if rank == 0 and (done % 100 == 0 or done == recipe["steps"]):
            entry = dict(step=done, seconds=round(time.time() - start), train=round(sum(recent) / len(recent), 4))
            if done % 400 == 0 or done == recipe["steps"]:
                count = None if done == recipe["steps"] else 100
                entry.update({name: round(held_out_loss(net, texts[:count]), 4) for name, texts in held_out.items()})
                export.save(out, net, vocabulary)
            log["losses"].append(entry)
            print(entry, flush=True)
            recent = []
            log_path.write_text(json.dumps(log, indent=1).replace("\n   ", " ").replace("\n  }", " }") + "\n")


def billions_a_second():
    """Multiply-adds of a matrix product, to tell a missing BLAS before the hours are spent."""
    a, b = torch.randn(1024, 128), torch.randn(128, 288)
    start = time.process_time()
    for _ in range(10):
        a @ b
    return 10 * 1024 * 128 * 288 / (time.process_time() - start) / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experts", action="store_true", help="the sibling with experts: htx-tiny-moe.gguf, train-moe.json")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--log", type=pathlib.Path)
    parser.add_argument("--steps", type=int)
    arguments = parser.parse_args()
    arguments.out = arguments.out or MODELS / ("htx-tiny-moe.gguf" if arguments.experts else "htx-tiny.gguf")
    arguments.log = arguments.log or MODELS / ("train-moe.json" if arguments.experts else "train.json")
    if billions_a_second() < 4:
        print("Matrix products are slow here: is libopenblas0-pthread missing? Training will take hours.", flush=True)
    recipe = EXPERTS if arguments.experts else RECIPE
    recipe = {**recipe, "steps": arguments.steps or recipe["steps"]}
    sets, _ = corpus.splits(recipe["seed"], recipe["texts"], recipe["held_out"])
    vocabulary = vocab.Vocabulary.of_pieces(vocab.learn_pieces([text for text, _ in sets["train"][:recipe["vocabulary_texts"]]], model.Shape().vocabulary - vocab.FIRST_PIECE))
    documents = {name: [[vocab.BEGIN] + vocabulary.encode(text) + [vocab.END] for text, _ in texts] for name, texts in sets.items()}
    training = documents.pop("train")
    log = dict(recipe=recipe, shape=vars(EXPERT_SHAPE if arguments.experts else model.Shape()), losses=[])
    print(f"{len(training)} texts, {sum(map(len, training))} tokens", flush=True)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    store = tempfile.mktemp(prefix="htx-train-")
    common = (store, recipe, training, documents, vocabulary, arguments.out, arguments.log, log)
    helper = torch.multiprocessing.get_context("fork").Process(target=work, args=(1, *common), daemon=True)
    helper.start()
    work(0, *common)
    helper.join()


if __name__ == "__main__":
    main()

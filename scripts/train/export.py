# SPDX-License-Identifier: Apache-2.0
"""The trained model as a llama GGUF: names, order and keys as llama.cpp has them."""
import gguf
import vocab


def facts_of(shape, vocabulary):
    experts = {"llama.expert_count": (gguf.U32, shape.experts), "llama.expert_used_count": (gguf.U32, shape.chosen)} if shape.experts else {}
    return {
        "general.architecture": (gguf.STRING, "llama"),
        "general.name": (gguf.STRING, "htx-tiny-moe" if shape.experts else "htx-tiny"),
        "general.license": (gguf.STRING, "apache-2.0"),
        "general.alignment": (gguf.U32, gguf.ALIGNMENT),
        "general.file_type": (gguf.U32, 7),
        "llama.context_length": (gguf.U32, shape.context),
        "llama.embedding_length": (gguf.U32, shape.width),
        "llama.block_count": (gguf.U32, shape.layers),
        "llama.feed_forward_length": (gguf.U32, shape.ffn),
        "llama.attention.head_count": (gguf.U32, shape.heads),
        "llama.attention.head_count_kv": (gguf.U32, shape.kv_heads),
        "llama.attention.layer_norm_rms_epsilon": (gguf.F32_VALUE, shape.eps),
        "llama.rope.dimension_count": (gguf.U32, shape.head),
        "llama.rope.freq_base": (gguf.F32_VALUE, shape.rope_base),
        "llama.vocab_size": (gguf.U32, shape.vocabulary),
        **experts,
        "tokenizer.ggml.model": (gguf.STRING, "llama"),
        "tokenizer.ggml.tokens": (gguf.ARRAY, (gguf.STRING, vocabulary.tokens)),
        "tokenizer.ggml.scores": (gguf.ARRAY, (gguf.F32_VALUE, vocabulary.scores)),
        "tokenizer.ggml.token_type": (gguf.ARRAY, (gguf.I32, vocabulary.types)),
        "tokenizer.ggml.bos_token_id": (gguf.U32, vocab.BEGIN),
        "tokenizer.ggml.eos_token_id": (gguf.U32, vocab.END),
        "tokenizer.ggml.unknown_token_id": (gguf.U32, vocab.UNKNOWN),
        "tokenizer.ggml.add_bos_token": (gguf.BOOL, True),
        "tokenizer.ggml.add_eos_token": (gguf.BOOL, False),
        "tokenizer.ggml.add_space_prefix": (gguf.BOOL, True),
    }


def save(path, model, vocabulary):
    tensors = {name: weight.detach().numpy() for name, weight in model.tensors().items()}
    gguf.write(path, facts_of(model.shape, vocabulary), tensors)

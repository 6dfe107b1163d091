"""Writes a tiny Llama with random weights for llama.cpp: gguf_model.py FILE"""

import json
import sys

import gguf
import numpy as np

from tokenizer import BEGIN, CALLS, CHAT_TEMPLATE, CONTEXT, END, SPECIAL, UNKNOWN, tokenizer, unspoken

WIDTH, LAYERS, HEADS, FORWARD = 64, 2, 2, 128


def describe(writer, vocabulary, merges):
    writer.add_name("tiny-random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(vocabulary))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(sorted(vocabulary, key=vocabulary.get))
    writer.add_token_merges(merges)
    kinds = dict.fromkeys(vocabulary, gguf.TokenType.NORMAL)
    kinds |= dict.fromkeys(SPECIAL, gguf.TokenType.CONTROL) | dict.fromkeys(CALLS, gguf.TokenType.USER_DEFINED)
    writer.add_token_types([kinds[token] for token in sorted(vocabulary, key=vocabulary.get)])
    writer.add_bos_token_id(vocabulary[BEGIN])
    writer.add_eos_token_id(vocabulary[END])
    writer.add_unk_token_id(vocabulary[UNKNOWN])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def fill(writer, vocabulary):
    tokens = len(vocabulary)
    random = np.random.default_rng(7)

    def weights(*shape):
        return (random.standard_normal(shape) * 0.05).astype(np.float32)

    def ones():
        return np.ones(WIDTH, np.float32)

    writer.add_tensor("token_embd.weight", weights(tokens, WIDTH))
    writer.add_tensor("output_norm.weight", ones())
    # Strong preferences among words, and none for the rest.
    output = weights(tokens, WIDTH) * 8
    output[unspoken(vocabulary)] = 0
    writer.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        for part in ["attn_q", "attn_k", "attn_v", "attn_output"]:
            writer.add_tensor(f"{block}.{part}.weight", weights(WIDTH, WIDTH))
        for part in ["attn_norm", "ffn_norm"]:
            writer.add_tensor(f"{block}.{part}.weight", ones())
        for part in ["ffn_gate", "ffn_up"]:
            writer.add_tensor(f"{block}.{part}.weight", weights(FORWARD, WIDTH))
        writer.add_tensor(f"{block}.ffn_down.weight", weights(WIDTH, FORWARD))


def main(file):
    made = json.loads(tokenizer().to_str())["model"]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in made["merges"]]
    writer = gguf.GGUFWriter(file, "llama")
    describe(writer, made["vocab"], merges)
    fill(writer, made["vocab"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])

"""Writes a tiny Llama with random weights in Hugging Face's form, and a LoRA for it: torch_model.py MODEL_DIR LORA_DIR"""

import sys

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from tokenizer import BEGIN, CHAT_TEMPLATE, CONTEXT, END, UNKNOWN, tokenizer, unspoken

TEXT = "The engine answers a question again and again."


def tokens():
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(), bos_token=BEGIN, eos_token=END, unk_token=UNKNOWN, pad_token=END,
        model_max_length=CONTEXT, clean_up_tokenization_spaces=False,
    )
    made.chat_template = CHAT_TEMPLATE
    return made


def model(words):
    torch.manual_seed(7)
    made = LlamaForCausalLM(LlamaConfig(
        vocab_size=len(words), hidden_size=128, intermediate_size=256, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=CONTEXT, tie_word_embeddings=False, dtype="float32",
        bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id, pad_token_id=words.pad_token_id,
    ))
    # Strong preferences among words, and none for the rest.
    with torch.no_grad():
        made.lm_head.weight.mul_(15)
        made.lm_head.weight[unspoken(words.get_vocab())] = 0
    return made


def lora(base, words, folder):
    """Two steps of training: enough to change its answers."""
    layers = ["q_proj", "k_proj", "v_proj", "o_proj"]
    config = LoraConfig(r=8, lora_alpha=64, target_modules=layers, task_type="CAUSAL_LM", init_lora_weights=False)
    trained = get_peft_model(base, config)
    steps = torch.optim.AdamW(trained.parameters(), lr=1e-2)
    batch = words(TEXT, return_tensors="pt")["input_ids"]
    for _ in range(2):
        trained(input_ids=batch, labels=batch).loss.backward()
        steps.step()
        steps.zero_grad()
    trained.save_pretrained(folder)


def main(model_folder, lora_folder):
    words = tokens()
    words.save_pretrained(model_folder)
    base = model(words)
    base.save_pretrained(model_folder)
    lora(base, words, lora_folder)


if __name__ == "__main__":
    main(*sys.argv[1:3])

"""What an engine is asked directly, the real one and the simulator alike."""

import dataclasses

from serving import MODEL

# In the tiny models' vocabulary: `<tool_call>`, its end and the end of all. A model with random weights would talk for
# ever before it calls, and then call for ever.
ONE_CALL = {"8": 60, "9": 50, "2": 100}

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Oslo", "Rome"]}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "strict": True, "parameters": CITY}}]
NAMED = {"type": "function", "function": {"name": "get_weather"}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "city", "strict": True, "schema": CITY}}
HELLO = [{"role": "user", "content": "Hello there"}]
# The start of an image.
IMAGE = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]
# Past each engine's context, and not so far that it is refused before its tokens are counted.
TOO_LONG = {"llamacpp": "a word and more " * 5000, "vllm": "a word and more " * 300, "transformers": "a word and more " * 300}
CHAT = "/v1/chat/completions"
USAGE = {"include_usage": True}


@dataclasses.dataclass(frozen=True)
class Exchange:
    name: str
    path: str
    # None is a GET; bytes are sent as they are.
    body: object = None


def chat(name, **fields):
    return Exchange(name, CHAT, {"model": MODEL, "messages": HELLO, "max_tokens": 3, **fields})


def completion(name, **fields):
    return Exchange(name, "/v1/completions", {"model": MODEL, "prompt": "Once upon", "max_tokens": 3, **fields})


CHATS = [
    chat("chat"),
    chat("chat, stream", stream=True),
    chat("chat, stream with usage", stream=True, stream_options=USAGE),
    chat("chat, n, stop, seed", n=2, stop=["zzz"], seed=5, temperature=0.5),
    chat("chat, logprobs", logprobs=True, top_logprobs=2),
    chat("chat, logprobs, stream", logprobs=True, top_logprobs=1, stream=True),
    chat("chat, JSON schema", response_format=SCHEMA, max_tokens=60),
    completion("completion"),
    completion("completion, stream with usage", stream=True, stream_options=USAGE),
    completion("completion, logprobs", logprobs=1),
]
TOOL_CALLS = [
    chat("tools, required", tools=TOOLS, tool_choice="required", seed=7, logit_bias=ONE_CALL, max_tokens=600),
    chat("tools, required, stream", tools=TOOLS, tool_choice="required", seed=7, logit_bias=ONE_CALL, max_tokens=600, stream=True),
]
NAMED_CALLS = [
    chat("tools, named", tools=TOOLS, tool_choice=NAMED, seed=7, max_tokens=600),
    chat("tools, named, stream", tools=TOOLS, tool_choice=NAMED, seed=7, max_tokens=600, stream=True),
]


def wrong(kind):
    long = TOO_LONG[kind]
    return [*WRONG, chat("a chat too long", messages=[{"role": "user", "content": long}]),
            chat("a chat too long, stream", messages=[{"role": "user", "content": long}], stream=True),
            completion("a prompt too long", prompt=long)]


WRONG = [
    Exchange("no JSON", CHAT, b'{"model":'),
    Exchange("messages are a text", CHAT, {"model": MODEL, "messages": "Hello"}),
    Exchange("no messages", CHAT, {"model": MODEL}),
    Exchange("an empty list of messages", CHAT, {"model": MODEL, "messages": []}),
    chat("n of 0", n=0),
    chat("an image for a model of text", messages=[{"role": "user", "content": IMAGE}]),
    Exchange("no such route", "/v1/nothing"),
]
LLAMACPP = [
    *CHATS, *TOOL_CALLS, *wrong("llamacpp"),
    Exchange("health", "/health"),
    Exchange("models", "/v1/models"),
    Exchange("properties", "/props"),
    Exchange("slots", "/slots"),
    Exchange("LoRAs", "/lora-adapters"),
    Exchange("tokenize", "/tokenize", {"content": "Hello there"}),
    Exchange("tokenize into pieces", "/tokenize", {"content": "Hello there", "with_pieces": True}),
    Exchange("detokenize", "/detokenize", {"tokens": [300, 301]}),
    Exchange("embeddings", "/v1/embeddings", {"model": "EMBEDDING", "input": ["a", "b"]}),
    Exchange("embeddings in base64", "/v1/embeddings", {"model": "EMBEDDING", "input": "a", "encoding_format": "base64"}),
    Exchange("its own embeddings", "/embedding", {"content": "a"}),
    Exchange("rerank without a model for it", "/v1/rerank", {"model": MODEL, "query": "a", "documents": ["b"]}),
]
VLLM = [
    *CHATS, *TOOL_CALLS, *NAMED_CALLS, *wrong("vllm"),
    chat("chat, stream with usage on each", stream=True, stream_options={**USAGE, "continuous_usage_stats": True}),
    chat("max_tokens of 0", max_tokens=0),
    chat("max_tokens beyond the context", max_tokens=5000),
    chat("a model that it has not", model="other"),
    Exchange("health", "/health"),
    Exchange("version", "/version"),
    Exchange("models", "/v1/models"),
    Exchange("tokenize", "/tokenize", {"model": MODEL, "prompt": "Hello there"}),
    Exchange("tokenize into texts", "/tokenize", {"model": MODEL, "prompt": "Hello there", "return_token_strs": True}),
    Exchange("tokenize messages", "/tokenize", {"model": MODEL, "messages": HELLO}),
    Exchange("tokenize nothing", "/tokenize", {"model": MODEL}),
    Exchange("detokenize", "/detokenize", {"model": MODEL, "tokens": [300, 301]}),
    Exchange("LoRA: no path", "/v1/load_lora_adapter", {"lora_name": "x"}),
    Exchange("LoRA: nothing there", "/v1/load_lora_adapter", {"lora_name": "x", "lora_path": "/missing"}),
    Exchange("LoRA: load", "/v1/load_lora_adapter", "LORA"),
    Exchange("LoRA: load again", "/v1/load_lora_adapter", "LORA"),
    Exchange("LoRA: listed", "/v1/models"),
    chat("LoRA: chat", model="LORA"),
    Exchange("LoRA: unload", "/v1/unload_lora_adapter", "LORA"),
    Exchange("LoRA: unload again", "/v1/unload_lora_adapter", "LORA"),
    Exchange("LoRA: unload nothing", "/v1/unload_lora_adapter", {}),
    chat("LoRA: chat once unloaded", model="LORA"),
]
EXCHANGES = {"llamacpp": LLAMACPP, "vllm": VLLM}

ITS_LAST = "vLLM puts the last token into the frame that ends the answer, the simulator ends it with a frame of its own."
# Differences that are meant to be: of which exchange (`*`: of all), what the line begins with, and why.
MEANT = {
    "llamacpp": [],
    "vllm": [
        ("chat, logprobs, stream", "only real: last frame · choices[].logprobs", ITS_LAST),
        ("chat, logprobs, stream", "only simulated: last frame · choices[].logprobs: null", ITS_LAST),
    ],
}


def body_for(exchange, serving, simulated):
    """The body with the names that this engine goes by."""
    body = exchange.body
    if body == "LORA":
        return {"lora_name": serving.lora[0], "lora_path": serving.lora[1]}
    if isinstance(body, dict) and body.get("model") == "LORA":
        return {**body, "model": serving.lora[0]}
    if isinstance(body, dict) and body.get("model") == "EMBEDDING":
        # A real llama.cpp has one model for both.
        return {**body, "model": "embedder" if simulated else MODEL}
    return body

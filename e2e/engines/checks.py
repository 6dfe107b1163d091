"""What a real engine must do through the gateway. Each check proves a cell of docs/compatibility.md."""

import http.client
import json
import time
import urllib.parse

from exchanges import ONE_CALL, SCHEMA, TOO_LONG, TOOLS
from shapes import ask

HELLO = [{"role": "user", "content": "Hello there"}]


class Refused(Exception):
    """An answer that is no 200."""

    def __init__(self, status, error):
        super().__init__(f"{status}: {error.get('code')}: {error.get('message')}")
        self.status, self.error = status, error


class Gateway:
    """A tenant's view of the platform."""

    def __init__(self, tenant):
        self.endpoint = urllib.parse.urlsplit(tenant["endpoint"])
        self.key = tenant["api_key"]

    def send(self, path, body):
        connection = http.client.HTTPConnection(self.endpoint.netloc, timeout=120)
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        method, data = ("GET", None) if body is None else ("POST", json.dumps(body).encode())
        connection.request(method, self.endpoint.path + path, data, headers)
        return connection, connection.getresponse()

    def call(self, path, body=None):
        connection, response = self.send(path, body)
        answer = json.loads(response.read())
        connection.close()
        if response.status != 200:
            raise Refused(response.status, answer["error"])
        return answer

    def chat(self, model, **fields):
        return self.call("/chat/completions", {"model": model, "messages": HELLO, "max_tokens": 5, **fields})

    def frames(self, path, body):
        """A stream's chunks; the connection is closed where the caller stops reading."""
        connection, response = self.send(path, {"stream": True, **body})
        try:
            if response.status != 200:
                raise Refused(response.status, json.loads(response.read())["error"])
            for line in response:
                data = line.decode().removeprefix("data: ").strip()
                if data and data != "[DONE]" and not data.startswith(":"):
                    yield json.loads(data)
        finally:
            connection.close()

    def chat_frames(self, model, **fields):
        return self.frames("/chat/completions", {"model": model, "messages": HELLO, "max_tokens": 5, **fields})


def until(condition, complaint, seconds=20):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
    return found


def chat(site):
    answer = site.gateway.chat(site.model)
    choice = answer["choices"][0]
    assert answer["model"] == site.model and choice["message"]["content"], answer
    assert choice["message"]["role"] == "assistant" and choice["finish_reason"] in ("stop", "length"), answer
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > usage["prompt_tokens"] > 0


def stream(site):
    chunks = list(site.gateway.chat_frames(site.model))
    text = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
    ends = [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]]
    assert text and ends in (["stop"], ["length"]), chunks
    assert len({chunk["id"] for chunk in chunks}) == 1 and all(chunk["model"] == site.model for chunk in chunks)
    assert not any(chunk.get("usage") for chunk in chunks), "usage that nobody asked for"


def usage(site):
    for frames in [
        site.gateway.chat_frames(site.model, stream_options={"include_usage": True}),
        site.gateway.frames("/completions", {
            "model": site.model, "prompt": "Once upon", "max_tokens": 5, "stream_options": {"include_usage": True},
        }),
    ]:
        told = [chunk["usage"] for chunk in frames if chunk.get("usage")]
        assert told and told[-1]["completion_tokens"] == 5 and told[-1]["prompt_tokens"] > 0, told


def required_tool(site):
    fields = {"tools": TOOLS, "tool_choice": "required", "max_tokens": 600, "seed": 7}
    if site.kind == "llamacpp":
        fields |= {"logit_bias": ONE_CALL}
    return fields


def called(name, arguments, finish):
    assert name == "get_weather" and json.loads(arguments)["city"] in ("Oslo", "Rome"), (name, arguments)
    assert finish == "tool_calls", finish


def tools(site):
    choice = site.gateway.chat(site.model, **required_tool(site))["choices"][0]
    function = choice["message"]["tool_calls"][0]["function"]
    called(function["name"], function["arguments"], choice["finish_reason"])


def streamed_tools(site):
    names, arguments, finish = {}, {}, None
    for chunk in site.gateway.chat_frames(site.model, **required_tool(site)):
        for choice in chunk["choices"]:
            for call in choice["delta"].get("tool_calls") or []:
                at, function = call["index"], call["function"]
                assert at in names or call["id"] and call["type"] == "function", call
                names.setdefault(at, function.get("name"))
                arguments[at] = arguments.get(at, "") + (function.get("arguments") or "")
            finish = choice["finish_reason"] or finish
    assert list(names) == list(range(len(names))) and names, names
    called(names[0], arguments[0], finish)


def json_schema(site):
    choice = site.gateway.chat(site.model, response_format=SCHEMA, max_tokens=300)["choices"][0]
    assert json.loads(choice["message"]["content"])["city"] in ("Oslo", "Rome"), choice


def logprobs(site):
    first = site.gateway.chat(site.model, logprobs=True, top_logprobs=2)["choices"][0]["logprobs"]["content"][0]
    assert first["logprob"] <= 0 and len(first["top_logprobs"]) == 2, first
    body = {"model": site.model, "prompt": "Once upon", "max_tokens": 3, "logprobs": 2}
    lists = site.gateway.call("/completions", body)["choices"][0]["logprobs"]
    assert len(lists["tokens"]) == len(lists["token_logprobs"]) == len(lists["text_offset"]) == 3, lists
    for chunk in site.gateway.frames("/completions", body):
        for choice in chunk["choices"]:
            assert not choice.get("logprobs") or choice["logprobs"]["tokens"], choice


def choices(site):
    """`n`, `stop` and `seed`."""
    fields = {"seed": 5, "temperature": 0.7, "max_tokens": 8}
    texts = [choice["message"]["content"] for choice in site.gateway.chat(site.model, n=2, **fields)["choices"]]
    assert len(texts) == 2, texts
    again = [site.gateway.chat(site.model, **fields)["choices"][0]["message"]["content"] for _ in range(2)]
    assert again[0] == again[1], again
    stop = again[0][3:6]
    stopped = site.gateway.chat(site.model, stop=[stop], **fields)["choices"][0]
    assert stop not in stopped["message"]["content"] and stopped["finish_reason"] == "stop", stopped


def completions(site):
    body = {"model": site.model, "prompt": "Once upon", "max_tokens": 5}
    answer = site.gateway.call("/completions", body)
    assert answer["object"] == "text_completion" and answer["choices"][0]["text"], answer
    chunks = list(site.gateway.frames("/completions", body))
    assert "".join(choice["text"] for chunk in chunks for choice in chunk["choices"]), chunks


def tokenize(site):
    text = "The engine answers at once"
    answer = site.gateway.call("/tokenize", {"model": site.model, "prompt": text, "add_special_tokens": False})
    assert answer["count"] == len(answer["tokens"]) > 0, answer
    back = site.gateway.call("/detokenize", {"model": site.model, "tokens": answer["tokens"]})
    assert back["prompt"] == text, back


def embeddings(site):
    for body in [{"input": ["a", "b"]}, {"input": ["a", "b"], "encoding_format": "base64"}]:
        answer = site.gateway.call("/embeddings", {"model": site.embedding_model, **body})
        assert [entry["index"] for entry in answer["data"]] == [0, 1], answer
        wanted = str if "encoding_format" in body else list
        assert all(isinstance(entry["embedding"], wanted) and entry["embedding"] for entry in answer["data"])


def refused(call, status, code):
    try:
        call()
    except Refused as refusal:
        assert refusal.status == status and refusal.error["code"] == code, refusal
        assert sorted(refusal.error) == ["code", "message", "param", "type"], refusal.error
        return refusal.error["message"]
    raise AssertionError(f"not refused with {code}")


def overflow(site):
    """A prompt that does not fit, whole and streamed: the engine's own refusal, where the gateway does not see it before."""
    long = [{"role": "user", "content": TOO_LONG[site.kind]}]
    for stream in [False, True]:
        send = (lambda **fields: list(site.gateway.chat_frames(site.model, **fields))) if stream else (
            lambda **fields: site.gateway.chat(site.model, **fields)
        )
        refused(lambda: send(messages=long), 400, "context_length_exceeded")


def bad_request(site):
    """What the gateway lets through and the engine refuses."""
    wrong = {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "nothing"}}}}
    if site.kind == "transformers":
        wrong = {"a_field_nobody_knows": 1}
    message = refused(lambda: site.gateway.chat(site.model, **wrong), 400, "engine_refused_request")
    assert message, "no reason"


def cancel(site):
    before = site.generated()
    frames = site.gateway.chat_frames(site.model, max_tokens=site.room, ignore_eos=True)
    next(frames)
    next(frames)
    frames.close()
    until(lambda: site.gave_up(before), "the engine worked on after its caller had left")


def load(site):
    """The engine's metrics, in the platform's load model: one call is running, then none."""
    health = None
    for _ in range(3):
        # An engine at work may be late with a probe, and its call may end before the next: then another is made.
        frames = site.gateway.chat_frames(site.model, max_tokens=site.room, ignore_eos=True)
        next(frames)
        health = seen_at_work(site)
        frames.close()
        if health:
            break
    assert health, "no call is seen running on a healthy engine"
    assert health["waiting"] == 0, health
    if site.kind == "vllm":
        assert 0 <= health["kv_use"] <= 1, health
    until(lambda: site.health()["running"] == 0, "a call that was left is seen running")


def seen_at_work(site, seconds=12):
    """The engine's health while it is healthy and runs a call; None where that is not seen in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = site.health()
        if seen["running"] and seen["state"] == "healthy":
            return seen
        time.sleep(0.05)
    return None


def loras(site):
    """Loaded while it runs: listed with its parent, called by its name, gone once it is unloaded."""
    name, path = site.serving.lora
    body = {"lora_name": name, "lora_path": path}
    assert ask(site.serving.base_url + "/v1/load_lora_adapter", body)[0] == 200
    found = {model["name"]: model for model in site.detect()["models"]}
    assert found[name]["parent"] == site.serving.model, found
    with site.serves(name) as model:
        told = {"temperature": 0, "max_tokens": 8}
        answer = site.gateway.chat(model, **told)["choices"][0]["message"]["content"]
        assert answer != site.gateway.chat(site.model, **told)["choices"][0]["message"]["content"], answer
        assert "".join(
            choice["delta"].get("content") or ""
            for chunk in site.gateway.chat_frames(model) for choice in chunk["choices"]
        )
        assert ask(site.serving.base_url + "/v1/unload_lora_adapter", body)[0] == 200
        refused(lambda: site.gateway.chat(model), 503, "engine_unavailable")
    assert name not in {model["name"] for model in site.detect()["models"]}


CHECKS = {
    "chat": chat,
    "stream": stream,
    "usage": usage,
    "n, stop, seed": choices,
    "tools": tools,
    "streamed tools": streamed_tools,
    "JSON schema": json_schema,
    "logprobs": logprobs,
    "completions": completions,
    "tokenize": tokenize,
    "embeddings": embeddings,
    "context overflow": overflow,
    "bad request": bad_request,
    "cancel": cancel,
    "load": load,
    "LoRA": loras,
}
GENERATES = "A process serves one model, and this one generates."
UNTOLD = "It does not tell what it is running."
OWN_FORM = "It knows calls of tools only of models that it has a form for."
OPENAI_ONLY = "It is registered as `openai`, which has no such route."
# What is not asked of an engine, and why.
NOT_ASKED = {
    "llamacpp": {"LoRA": "It takes LoRAs when it starts, and loads none while it runs."},
    "vllm": {"embeddings": GENERATES},
    "transformers": {
        "n, stop, seed": "It takes `n` and gives one answer.",
        "tools": OWN_FORM,
        "streamed tools": OWN_FORM,
        "JSON schema": "It takes `response_format` and does not keep to it.",
        "logprobs": "It takes `logprobs` and tells none.",
        "cancel": UNTOLD,
        "tokenize": OPENAI_ONLY,
        "embeddings": GENERATES,
        "load": UNTOLD,
        "LoRA": "It loads none while it runs.",
    },
}

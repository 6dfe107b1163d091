"""What each kind of engine can, through the gateway, on simulated engines.

A capability that an engine lacks is refused by name: the refusal is the reason that the table shows. Anything else than
an answer or such a refusal fails.
"""

import json

import openai
import pytest

from asked import IN_OSLO, PERSON, PIXEL_URL, TOOL, ask
from proof import record

TOOLS = dict(messages=ask(IN_OSLO), tools=[TOOL])
SHAPE = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": PERSON}}
IMAGE = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PIXEL_URL}}]


class Lack(Exception):
    """What an engine does otherwise than asked, and cannot be kept from."""


def chat(client, model):
    assert client.chat.completions.create(model=model, messages=ask("Hi")).choices[0].message.content


def stream(client, model):
    chunks = list(client.chat.completions.create(model=model, messages=ask("Hi"), stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def tools(client, model):
    choice = client.chat.completions.create(model=model, **TOOLS).choices[0]
    (call,) = choice.message.tool_calls
    assert choice.finish_reason == "tool_calls" and "city" in json.loads(call.function.arguments)


def streamed_tools(client, model):
    arguments, indexes, finish = "", set(), None
    for chunk in client.chat.completions.create(model=model, stream=True, **TOOLS):
        for choice in chunk.choices:
            for call in choice.delta.tool_calls or []:
                indexes.add(call.index)
                arguments += call.function.arguments or ""
            finish = choice.finish_reason or finish
    assert indexes == {0} and finish == "tool_calls" and "city" in json.loads(arguments)


def json_schema(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("Ada is 36."), response_format=SHAPE)
    assert set(json.loads(answer.choices[0].message.content)) == {"name", "age"}


def vision(client, model):
    answer = client.chat.completions.create(model=model, messages=ask(IMAGE))
    assert "1 image" in answer.choices[0].message.content


def logprobs(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("Hi"), logprobs=True, top_logprobs=2)
    assert answer.choices[0].logprobs.content[0].logprob <= 0


def reasoning(client, model):
    answer = client.chat.completions.create(
        model=model, messages=ask("Hi"), max_completion_tokens=2000, extra_body={"reasoning": {"effort": "low"}}
    )
    message = answer.choices[0].message
    # Engines call it by one name or the other.
    thoughts = message.model_extra.get("reasoning") or message.model_extra.get("reasoning_content")
    if not thoughts:
        raise Lack("The engine does not tell its thoughts apart from its answer, or keeps them to itself.")


def completions(client, model):
    assert client.completions.create(model=model, prompt="Once upon", max_tokens=200).choices[0].text


def tokenize(client, model):
    answer = client.post("/tokenize", body={"model": model, "prompt": "Hello there"}, cast_to=object)
    assert answer["count"] == len(answer["tokens"]) > 0


def embeddings(client, model):
    assert len(client.embeddings.create(model=model, input=["a", "b"]).data) == 2


def rerank(client, model):
    body = {"model": model, "query": "cats", "documents": ["stones", "cats"]}
    assert client.post("/rerank", body=body, cast_to=object)["results"][0]["index"] == 1


def moderations(client, model):
    assert client.moderations.create(model=model, input="I will kill and murder them").results[0].flagged


CAPABILITIES = {
    "chat": ("chat", chat),
    "stream": ("chat", stream),
    "tools": ("chat", tools),
    "streamed tools": ("chat", streamed_tools),
    "JSON schema": ("chat", json_schema),
    "vision": ("chat", vision),
    "logprobs": ("chat", logprobs),
    "reasoning": ("chat", reasoning),
    "completions": ("chat", completions),
    "tokenize": ("chat", tokenize),
    "embeddings": ("embedding", embeddings),
    "rerank": ("rerank", rerank),
    "moderations": ("moderation", moderations),
}


@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("engine", ["vllm", "sglang", "ollama", "tgi", "nim", "llamacpp", "tei", "openai", "anthropic"])
def test_an_engine_answers_or_its_lack_is_named(client, lab, engine, capability):
    kind, proof = CAPABILITIES[capability]
    model = lab["models"][kind][engine]
    passed, reason = False, "the test failed"
    try:
        proof(client, model)
        passed, reason = True, None
    except (openai.BadRequestError, openai.NotFoundError) as error:
        reason = error.body["message"].replace(f"the model `{model}`", "this model")
        assert "unsupported" in error.code, reason
    except Lack as lack:
        reason = str(lack)
    finally:
        record(engine=engine, capability=capability, passed=passed, reason=reason)

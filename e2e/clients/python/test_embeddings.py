"""POST /v1/embeddings, /v1/rerank and tokens by the real `openai` package."""

import base64
import math
import struct

import openai
import pytest

CLIENT = "openai (Python)"
proves = pytest.mark.proves


@pytest.fixture(scope="session")
def embedder(demo):
    return next(name for name in demo["models"] if "embed" in name)


@pytest.fixture(scope="session")
def reranker(demo):
    return next(name for name in demo["models"] if "rerank" in name)


@proves(CLIENT, "embeddings", "plain")
def test_texts_become_vectors_in_their_order(client, embedder):
    # The package asks for base64 unless told otherwise, and decodes it.
    both = client.embeddings.create(model=embedder, input=["a cat", "a dog"])
    alone = client.embeddings.create(model=embedder, input="a dog")
    assert [one.index for one in both.data] == [0, 1]
    assert all(isinstance(number, float) for number in both.data[0].embedding)
    assert both.data[1].embedding == pytest.approx(alone.data[0].embedding, abs=1e-6)
    assert both.usage.total_tokens == both.usage.prompt_tokens > 0


@proves(CLIENT, "embeddings", "plain")
def test_floats_and_base64_are_the_same_numbers(client, embedder):
    floats = client.embeddings.create(model=embedder, input="a cat", encoding_format="float").data[0].embedding
    text = client.embeddings.create(model=embedder, input="a cat", encoding_format="base64").data[0].embedding
    packed = base64.b64decode(text)
    assert struct.unpack(f"<{len(packed) // 4}f", packed) == pytest.approx(floats, abs=1e-6)


@proves(CLIENT, "embeddings", "plain")
def test_dimensions_are_as_many_as_asked(client, lab):
    short = client.embeddings.create(model=lab["models"]["embedding"]["vllm"], input="a cat", dimensions=64)
    vector = short.data[0].embedding
    assert len(vector) == 64 and math.isclose(math.hypot(*vector), 1, abs_tol=1e-3)


@proves(CLIENT, "embeddings", "plain")
def test_tokens_are_taken_for_texts(client, lab):
    answer = client.embeddings.create(model=lab["models"]["embedding"]["vllm"], input=[[1, 2, 3], [4, 5]])
    assert len(answer.data) == 2 and answer.usage.prompt_tokens == 5


def test_an_empty_input_is_refused_by_name(client, embedder):
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model=embedder, input=[])
    assert caught.value.param == "input"


@proves(CLIENT, "rerank", "plain")
def test_documents_are_put_in_order(client, reranker):
    body = {"model": reranker, "query": "cats", "documents": ["about stones", "cats are cats", "a dog"], "top_n": 2}
    answer = client.post("/rerank", body=body, cast_to=object)
    scores = [one["relevance_score"] for one in answer["results"]]
    assert len(scores) == 2 and scores == sorted(scores, reverse=True)
    assert answer["results"][0]["index"] == 1


@proves(CLIENT, "tokenize", "plain")
def test_a_prompt_is_tokens_and_tokens_are_a_text(client, demo):
    model = demo["models"][0]
    tokens = client.post("/tokenize", body={"model": model, "prompt": "Hello there"}, cast_to=object)
    assert tokens["count"] == len(tokens["tokens"]) > 0
    text = client.post("/detokenize", body={"model": model, "tokens": tokens["tokens"]}, cast_to=object)
    # What a simulated engine makes of its tokens is no text that means anything.
    assert isinstance(text["prompt"], str)

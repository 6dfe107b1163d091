"""POST /v1/completions by the real `openai` package."""

import openai
import pytest

from asked import AT_LENGTH, cancelled, until

CLIENT = "openai (Python)"
proves = pytest.mark.proves


@proves(CLIENT, "completions", "plain")
def test_a_prompt_is_completed(client, model):
    answer = client.completions.create(model=model, prompt="Once upon a time", max_tokens=30)
    assert answer.object == "text_completion" and answer.model == model
    assert answer.choices[0].text and answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


@proves(CLIENT, "completions", "stream")
def test_a_stream_says_the_same_as_the_whole(client, model):
    whole = client.completions.create(model=model, prompt="Once upon a time", max_tokens=40)
    stream = client.completions.create(model=model, prompt="Once upon a time", max_tokens=40, stream=True)
    assert "".join(c.choices[0].text for c in stream if c.choices) == whole.choices[0].text


@proves(CLIENT, "completions", "cancel")
def test_a_client_that_leaves_reaches_the_engine(client, demo):
    before = cancelled(demo)
    stream = client.completions.create(model=demo["models"][0], prompt=AT_LENGTH, max_tokens=600, stream=True)
    next(iter(stream))
    stream.close()
    until(lambda: cancelled(demo) > before, "the engine still works for a client that left")


def test_a_model_of_another_kind_is_refused_by_name(client, demo):
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(model=demo["models"][2], prompt="Hi")
    assert caught.value.param == "model" and "embeddings" in caught.value.message

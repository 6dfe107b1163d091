"""POST /v1/messages by the real `anthropic` package."""

import json

import anthropic
import pytest

from asked import AT_LENGTH, IN_OSLO, PERSON, PIXEL, WEATHER, ask, cancelled, until

CLIENT = "anthropic (Python)"
TOOL = {"name": "get_weather", "description": "The weather in a city", "input_schema": WEATHER}
proves = pytest.mark.proves


@pytest.fixture()
def claude(tenant):
    # The package adds /v1 itself.
    address = tenant["endpoint"].removesuffix("/v1")
    return anthropic.Anthropic(base_url=address, api_key=tenant["api_key"], max_retries=0)


def text(message):
    return "".join(block.text for block in message.content if block.type == "text")


@proves(CLIENT, "messages", "plain")
def test_a_message_is_answered(claude, model):
    answer = claude.messages.create(
        model=model, max_tokens=300, system="Be brief.", messages=ask("What is a switchyard?")
    )
    assert answer.type == "message" and answer.role == "assistant" and answer.model == model
    assert text(answer) and answer.stop_reason in ("end_turn", "max_tokens")
    assert answer.usage.input_tokens > 0 and answer.usage.output_tokens > 0


@proves(CLIENT, "messages", "stream")
def test_a_stream_is_put_together(claude, model):
    with claude.messages.stream(model=model, max_tokens=300, messages=ask("Tell me about yards.")) as stream:
        said = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert said == text(final) != ""
    assert final.usage.output_tokens > 0 and final.stop_reason in ("end_turn", "max_tokens")


@proves(CLIENT, "messages", "tools")
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_used_and_answered(claude, model, streamed):
    asked = dict(model=model, max_tokens=300, tools=[TOOL], messages=ask(IN_OSLO))
    if streamed:
        with claude.messages.stream(**asked) as stream:
            answer = stream.get_final_message()
    else:
        answer = claude.messages.create(**asked)
    assert answer.stop_reason == "tool_use"
    (use,) = [block for block in answer.content if block.type == "tool_use"]
    assert use.name == "get_weather" and "city" in use.input
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "12 degrees"}
    asked["messages"] = [
        *ask(IN_OSLO),
        {"role": "assistant", "content": [{"type": "tool_use", "id": use.id, "name": use.name, "input": use.input}]},
        {"role": "user", "content": [result]},
    ]
    assert "12 degrees" in text(claude.messages.create(**asked))


@proves(CLIENT, "messages", "JSON schema")
def test_a_message_keeps_to_a_schema(claude, model):
    answer = claude.messages.create(
        model=model,
        max_tokens=300,
        messages=ask("Ada is 36."),
        extra_body={"output_config": {"format": {"type": "json_schema", "schema": PERSON}}},
    )
    assert set(json.loads(text(answer))) == {"name", "age"}


@proves(CLIENT, "messages", "vision")
def test_an_image_is_seen(claude, seeing):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    parts = [image, {"type": "text", "text": "What is this?"}]
    answer = claude.messages.create(model=seeing, max_tokens=1000, messages=ask(parts))
    assert "1 image" in text(answer)


@proves(CLIENT, "messages", "cancel")
def test_a_client_that_leaves_reaches_the_engine(claude, demo):
    before = cancelled(demo)
    with claude.messages.stream(model=demo["models"][0], max_tokens=600, messages=ask(AT_LENGTH)) as stream:
        next(iter(stream.text_stream))
    until(lambda: cancelled(demo) > before, "the engine still works for a client that left")


def test_tokens_are_counted_by_the_engine_or_by_estimate(claude, demo):
    model, without = demo["models"][:2]
    short = claude.messages.count_tokens(model=model, messages=ask("Hi"))
    long = claude.messages.count_tokens(model=model, messages=ask("Hi there, how are you today?"))
    assert 0 < short.input_tokens < long.input_tokens
    told = claude.messages.with_raw_response.count_tokens(model=without, messages=ask("Hi"))
    assert told.headers["x-switchyard-counted-by"] == "estimate"
    assert told.parse().input_tokens > 0


def test_errors_are_anthropics(claude, tenant, demo):
    with pytest.raises(anthropic.NotFoundError) as caught:
        claude.messages.create(model="no-such-model", max_tokens=10, messages=ask("Hi"))
    assert caught.value.body["type"] == "error" and caught.value.body["error"]["type"] == "not_found_error"
    stranger = claude.with_options(api_key="nonsense")
    with pytest.raises(anthropic.AuthenticationError):
        stranger.messages.create(model=demo["models"][0], max_tokens=10, messages=ask("Hi"))

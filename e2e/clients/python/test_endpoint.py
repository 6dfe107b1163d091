"""A tenant's endpoint, driven by the real `openai` package."""

import json

import openai
import pytest

from asked import AT_LENGTH, PERSON, PIXEL_URL, TOOL, ask, cancelled, until

CLIENT = "openai (Python)"
proves = pytest.mark.proves

@proves(CLIENT, "chat", "plain")
def test_a_chat_is_answered_and_metered(client, model):
    answer = client.chat.completions.create(model=model, messages=ask("What is a switchyard?"), max_tokens=60)
    assert answer.object == "chat.completion"
    assert answer.model == model
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


@proves(CLIENT, "chat", "stream")
def test_a_stream_says_the_same_as_the_whole(client, model):
    messages = ask("Tell me about railway yards, at length please.")
    whole = client.chat.completions.create(model=model, messages=messages, max_tokens=80, seed=7)
    with client.chat.completions.create(
        model=model, messages=messages, max_tokens=80, seed=7, stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    finish = [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]
    assert finish == [whole.choices[0].finish_reason]
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert len({c.id for c in chunks}) == 1


def test_a_stream_without_include_usage_has_no_usage_chunk(client, model):
    chunks = list(client.chat.completions.create(model=model, messages=ask("Hi"), max_tokens=20, stream=True))
    assert all(c.choices for c in chunks)
    assert all(c.usage is None for c in chunks)


@proves(CLIENT, "chat", "tools")
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_call_has_arguments_as_json(client, model, streamed):
    asked = dict(model=model, messages=ask("What is the weather in Paris?"), tools=[TOOL])
    if streamed:
        name, arguments, finish = "", "", None
        for chunk in client.chat.completions.create(**asked, stream=True):
            choice = chunk.choices[0]
            for call in choice.delta.tool_calls or []:
                assert call.index == 0
                name += call.function.name or ""
                arguments += call.function.arguments or ""
            finish = choice.finish_reason or finish
    else:
        choice = client.chat.completions.create(**asked).choices[0]
        (call,) = choice.message.tool_calls
        name, arguments, finish = call.function.name, call.function.arguments, choice.finish_reason
    assert name == "get_weather"
    assert "city" in json.loads(arguments)
    assert finish == "tool_calls"


@proves(CLIENT, "models", "plain")
def test_models_are_listed_and_found(client, demo):
    listed = {m.id for m in client.models.list()}
    assert set(demo["models"]) <= listed
    found = client.models.retrieve(demo["models"][0])
    assert found.id == demo["models"][0] and found.object == "model" and found.owned_by


def test_an_unknown_model_is_a_typed_error(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="no-such-model", messages=ask("Hi"))
    assert caught.value.code == "model_not_found"
    assert "no-such-model" in caught.value.message


def test_a_field_of_the_wrong_type_is_named(client, demo):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=demo["models"][0], messages=ask("Hi"), max_tokens="many")
    assert caught.value.param == "max_tokens"


def test_what_is_not_available_is_refused_by_name(client, demo):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model=demo["models"][0], messages=ask("Hi"), extra_body={"rag": {"enabled": True, "collection": "x"}}
        )
    assert caught.value.param == "rag"


def test_a_prompt_that_is_too_long_says_so(client, demo):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=demo["models"][0], messages=ask("word " * 60_000))
    assert caught.value.code == "context_length_exceeded"


def test_strangers_get_one_and_the_same_answer(demo):
    acme, globex = demo["tenants"][:2]
    errors = []
    for base_url, key, headers in [
        (acme["endpoint"], "sy_live_" + "x" * 49, {}),
        (acme["endpoint"], "not a key", {}),
        (acme["endpoint"], globex["api_key"], {}),
        (demo["base_url"] + "/v1", acme["api_key"], {"OpenAI-Tenant": "globex"}),
    ]:
        stranger = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0, default_headers=headers)
        with pytest.raises(openai.AuthenticationError) as caught:
            stranger.chat.completions.create(model=demo["models"][0], messages=ask("Hi"))
        errors.append(caught.value.body)
    assert all(error == errors[0] for error in errors)
    assert errors[0]["code"] == "invalid_api_key"


def test_a_key_names_its_tenant_on_the_plain_address(demo, tenant):
    plain = openai.OpenAI(base_url=demo["base_url"] + "/v1", api_key=tenant["api_key"], max_retries=0)
    assert {m.id for m in plain.models.list()} >= set(demo["models"])


@proves(CLIENT, "chat", "JSON schema")
def test_an_answer_keeps_to_a_schema(client, model):
    shape = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": PERSON}}
    answer = client.chat.completions.create(model=model, messages=ask("Ada is 36."), response_format=shape)
    person = json.loads(answer.choices[0].message.content)
    assert set(person) == {"name", "age"} and isinstance(person["age"], int)


@proves(CLIENT, "chat", "vision")
def test_an_image_is_seen(client, seeing):
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PIXEL_URL}}]
    answer = client.chat.completions.create(model=seeing, messages=ask(parts))
    assert "1 image" in answer.choices[0].message.content


def test_an_image_is_refused_where_a_model_takes_none(client, demo):
    parts = [{"type": "image_url", "image_url": {"url": PIXEL_URL}}]
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=demo["models"][0], messages=ask(parts))
    assert caught.value.param == "messages[0].content"


@proves(CLIENT, "chat", "cancel")
def test_a_client_that_leaves_a_stream_reaches_the_engine(client, demo):
    before = cancelled(demo)
    stream = client.chat.completions.create(
        model=demo["models"][0], messages=ask(AT_LENGTH), max_tokens=600, stream=True
    )
    next(iter(stream))
    stream.close()
    until(lambda: cancelled(demo) > before, "the engine still works for a client that left")

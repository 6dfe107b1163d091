"""POST and WebSocket /v1/responses by the real `openai` package."""

import json

import openai
import pytest

from asked import AT_LENGTH, FUNCTION, IN_OSLO, PERSON, PIXEL_URL, cancelled, until

CLIENT = "openai (Python)"
TOOL = {"type": "function", "strict": True, **FUNCTION}
FORMAT = {"format": {"type": "json_schema", "name": "person", "strict": True, "schema": PERSON}}
IMAGE = [
    {
        "role": "user",
        "content": [
            {"type": "input_text", "text": "What is this?"},
            {"type": "input_image", "image_url": PIXEL_URL, "detail": "auto"},
        ],
    }
]
proves = pytest.mark.proves


@proves(CLIENT, "responses", "plain")
def test_a_response_is_made(client, model):
    answer = client.responses.create(model=model, input="What is a switchyard?", max_output_tokens=300)
    assert answer.object == "response" and answer.status == "completed" and answer.output_text
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens > 0
    assert answer.store is False


@proves(CLIENT, "responses", "stream")
def test_a_stream_ends_with_the_whole(client, model):
    with client.responses.stream(model=model, input="Tell me about yards.", max_output_tokens=300) as stream:
        events = list(stream)
        final = stream.get_final_response()
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert said == final.output_text != ""
    assert events[0].type == "response.created" and events[-1].type == "response.completed"


@proves(CLIENT, "responses", "tools")
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_answered(client, model, streamed):
    asked = dict(model=model, input=IN_OSLO, tools=[TOOL])
    if streamed:
        with client.responses.stream(**asked) as stream:
            stream.until_done()
            answer = stream.get_final_response()
    else:
        answer = client.responses.create(**asked)
    (call,) = [item for item in answer.output if item.type == "function_call"]
    assert call.name == "get_weather" and "city" in json.loads(call.arguments)
    history = [
        {"role": "user", "content": IN_OSLO},
        {"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments},
        {"type": "function_call_output", "call_id": call.call_id, "output": "12 degrees"},
    ]
    assert "12 degrees" in client.responses.create(model=model, input=history, tools=[TOOL]).output_text


@proves(CLIENT, "responses", "JSON schema")
def test_a_response_keeps_to_a_schema(client, model):
    answer = client.responses.create(model=model, input="Ada is 36.", text=FORMAT)
    assert set(json.loads(answer.output_text)) == {"name", "age"}


@proves(CLIENT, "responses", "vision")
def test_an_image_is_seen(client, seeing):
    assert "1 image" in client.responses.create(model=seeing, input=IMAGE).output_text


@proves(CLIENT, "responses", "cancel")
def test_a_client_that_leaves_reaches_the_engine(client, demo):
    before = cancelled(demo)
    stream = client.responses.create(
        model=demo["models"][0], input=AT_LENGTH, max_output_tokens=600, stream=True
    )
    next(event for event in stream if event.type == "response.output_text.delta")
    stream.close()
    until(lambda: cancelled(demo) > before, "the engine still works for a client that left")


def test_an_unknown_previous_response_is_refused(client, demo):
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model=demo["models"][0], input="Hi", previous_response_id="resp_unknown")
    assert caught.value.param == "previous_response_id"


def turn(connection, **asked):
    """One response by WebSocket: all its events."""
    connection.response.create(**asked)
    events = []
    for event in connection:
        events.append(event)
        if event.type in ("response.completed", "response.failed", "response.incomplete", "error"):
            return events
    raise AssertionError("the connection ended within a response")


@proves(CLIENT, "responses (WebSocket)", "stream")
def test_a_conversation_goes_on_with_nothing_stored(client, model):
    with client.responses.connect() as connection:
        first = turn(connection, model=model, input="My name is Ada.", store=False)[-1].response
        assert first.status == "completed" and first.store is False
        events = turn(connection, model=model, input="And now?", store=False, previous_response_id=first.id)
    second = events[-1].response
    assert second.previous_response_id == first.id and "And now?" in second.output_text
    # The first turn was part of what the model read.
    assert second.usage.input_tokens > first.usage.input_tokens + first.usage.output_tokens / 2
    assert any(event.type == "response.output_text.delta" for event in events)


@proves(CLIENT, "responses (WebSocket)", "tools")
def test_a_tool_is_called_over_the_socket(client, model):
    with client.responses.connect() as connection:
        first = turn(connection, model=model, input=IN_OSLO, tools=[TOOL], store=False)[-1].response
        (call,) = [item for item in first.output if item.type == "function_call"]
        output = [{"type": "function_call_output", "call_id": call.call_id, "output": "12 degrees"}]
        asked = dict(model=model, input=output, tools=[TOOL], store=False, previous_response_id=first.id)
        assert "12 degrees" in turn(connection, **asked)[-1].response.output_text


@proves(CLIENT, "responses (WebSocket)", "JSON schema")
def test_a_schema_is_kept_over_the_socket(client, model):
    with client.responses.connect() as connection:
        answer = turn(connection, model=model, input="Ada is 36.", text=FORMAT, store=False)[-1].response
    assert set(json.loads(answer.output_text)) == {"name", "age"}


@proves(CLIENT, "responses (WebSocket)", "vision")
def test_an_image_is_seen_over_the_socket(client, seeing):
    with client.responses.connect() as connection:
        assert "1 image" in turn(connection, model=seeing, input=IMAGE, store=False)[-1].response.output_text


@proves(CLIENT, "responses (WebSocket)", "cancel")
def test_a_socket_that_closes_reaches_the_engine(client, demo):
    before = cancelled(demo)
    with client.responses.connect() as connection:
        connection.response.create(
            model=demo["models"][0], input=AT_LENGTH, max_output_tokens=600, store=False
        )
        next(event for event in connection if event.type == "response.output_text.delta")
    until(lambda: cancelled(demo) > before, "the engine still works for a client that left")

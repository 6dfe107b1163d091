"""A tenant's endpoint, driven by the real `langchain-openai` package."""

import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAI, OpenAIEmbeddings

from asked import AT_LENGTH, IN_OSLO, PERSON, PIXEL_URL, cancelled, until

CLIENT = "langchain-openai (Python)"
SHAPE = {"title": "person", "description": "A person", **PERSON}
proves = pytest.mark.proves


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"12 degrees in {city}"


@pytest.fixture()
def settings(tenant):
    return dict(base_url=tenant["endpoint"], api_key=tenant["api_key"], max_retries=0)


@pytest.fixture()
def chat(settings, model):
    return ChatOpenAI(model=model, **settings)


@pytest.fixture()
def responses(settings, model):
    return ChatOpenAI(model=model, use_responses_api=True, **settings)


@proves(CLIENT, "chat", "plain")
def test_a_chat_is_answered(chat):
    answer = chat.invoke("What is a switchyard?")
    assert answer.content and answer.usage_metadata["output_tokens"] > 0


@proves(CLIENT, "chat", "stream")
def test_a_chat_streams(chat):
    pieces = list(chat.stream("Tell me about yards."))
    assert len(pieces) > 3 and "".join(piece.content for piece in pieces)


@proves(CLIENT, "chat", "tools")
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_answered(chat, streamed):
    bound = chat.bind_tools([get_weather])
    asked = [HumanMessage(IN_OSLO)]
    if streamed:
        first = None
        for piece in bound.stream(asked):
            first = piece if first is None else first + piece
    else:
        first = bound.invoke(asked)
    (call,) = first.tool_calls
    assert call["name"] == "get_weather" and "city" in call["args"]
    result = get_weather.invoke(call)
    assert isinstance(result, ToolMessage)
    assert "12 degrees" in bound.invoke([*asked, first, result]).content


@proves(CLIENT, "chat", "JSON schema")
def test_an_answer_keeps_to_a_schema(chat):
    person = chat.with_structured_output(SHAPE, method="json_schema", strict=True).invoke("Ada is 36.")
    assert set(person) == {"name", "age"}


@proves(CLIENT, "chat", "vision")
def test_an_image_is_seen(settings, seeing):
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PIXEL_URL}}]
    assert "1 image" in ChatOpenAI(model=seeing, **settings).invoke([HumanMessage(content=parts)]).content


@proves(CLIENT, "chat", "cancel")
def test_a_reader_that_leaves_reaches_the_engine(settings, demo):
    before = cancelled(demo)
    stream = ChatOpenAI(model=demo["models"][0], max_tokens=600, **settings).stream(AT_LENGTH)
    next(stream)
    stream.close()
    until(lambda: cancelled(demo) > before, "the engine still works for a client that left")


@proves(CLIENT, "completions", "plain")
def test_a_prompt_is_completed(settings, model):
    assert OpenAI(model=model, max_tokens=30, **settings).invoke("Once upon a time")


@proves(CLIENT, "completions", "stream")
def test_a_completion_streams(settings, model):
    assert "".join(OpenAI(model=model, max_tokens=30, **settings).stream("Once upon a time"))


@proves(CLIENT, "responses", "plain")
def test_a_response_is_made(responses):
    assert responses.invoke("What is a switchyard?").text


@proves(CLIENT, "responses", "stream")
def test_a_response_streams(responses):
    assert "".join(piece.text for piece in responses.stream("Tell me about yards."))


@proves(CLIENT, "responses", "tools")
def test_a_tool_is_called_by_a_response(responses):
    bound = responses.bind_tools([get_weather])
    first = bound.invoke([HumanMessage(IN_OSLO)])
    result = get_weather.invoke(first.tool_calls[0])
    assert "12 degrees" in bound.invoke([HumanMessage(IN_OSLO), first, result]).text


@proves(CLIENT, "responses", "JSON schema")
def test_a_response_keeps_to_a_schema(responses):
    person = responses.with_structured_output(SHAPE, method="json_schema", strict=True).invoke("Ada is 36.")
    assert set(person) == {"name", "age"}


@proves(CLIENT, "responses", "vision")
def test_an_image_is_seen_by_a_response(settings, seeing):
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PIXEL_URL}}]
    chat = ChatOpenAI(model=seeing, use_responses_api=True, **settings)
    assert "1 image" in chat.invoke([HumanMessage(content=parts)]).text


@proves(CLIENT, "responses", "cancel")
def test_a_reader_that_leaves_a_response_reaches_the_engine(settings, demo):
    before = cancelled(demo)
    chat = ChatOpenAI(model=demo["models"][0], use_responses_api=True, max_tokens=600, **settings)
    stream = chat.stream(AT_LENGTH)
    next(stream)
    stream.close()
    until(lambda: cancelled(demo) > before, "the engine still works for a client that left")


@proves(CLIENT, "embeddings", "plain")
def test_texts_become_vectors(settings, embedder):
    # With `check_embedding_ctx_length` the package would fetch a tokenizer from elsewhere.
    embeddings = OpenAIEmbeddings(model=embedder, check_embedding_ctx_length=False, **settings)
    first, second = embeddings.embed_documents(["a cat", "a dog"])
    assert first != second and embeddings.embed_query("a dog") == pytest.approx(second, abs=1e-6)

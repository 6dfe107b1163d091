"""A tenant's endpoint, driven by the real `llama-index` packages for OpenAI-like servers."""

import pytest
from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from asked import IN_OSLO, PIXEL_URL

CLIENT = "llama-index (Python)"
proves = pytest.mark.proves


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"12 degrees in {city}"


@pytest.fixture()
def settings(tenant):
    return dict(
        api_base=tenant["endpoint"],
        api_key=tenant["api_key"],
        max_retries=0,
        context_window=8192,
        is_chat_model=True,
        is_function_calling_model=True,
        should_use_structured_outputs=True,
    )


@pytest.fixture()
def llm(settings, model):
    return OpenAILike(model=model, max_tokens=300, **settings)


def said(text):
    return [ChatMessage(role="user", content=text)]


@proves(CLIENT, "chat", "plain")
def test_a_chat_is_answered(llm):
    assert llm.chat(said("What is a switchyard?")).message.content


@proves(CLIENT, "chat", "stream")
def test_a_chat_streams(llm):
    pieces = list(llm.stream_chat(said("Tell me about yards.")))
    assert len(pieces) > 3 and "".join(piece.delta or "" for piece in pieces) == pieces[-1].message.content


@proves(CLIENT, "chat", "tools")
def test_a_tool_is_called(llm):
    tool = FunctionTool.from_defaults(get_weather)
    answer = llm.chat_with_tools([tool], user_msg=IN_OSLO)
    (call,) = llm.get_tool_calls_from_response(answer)
    assert call.tool_name == "get_weather" and "city" in call.tool_kwargs


@proves(CLIENT, "chat", "JSON schema")
def test_an_answer_keeps_to_a_schema(llm):
    answer = llm.as_structured_llm(Person).chat(said("Ada is 36."))
    assert isinstance(answer.raw, Person)


@proves(CLIENT, "chat", "vision")
def test_an_image_is_seen(settings, seeing):
    message = ChatMessage(role="user", blocks=[TextBlock(text="What is this?"), ImageBlock(url=PIXEL_URL)])
    answer = OpenAILike(model=seeing, max_tokens=1000, **settings).chat([message])
    assert "1 image" in answer.message.content


@proves(CLIENT, "completions", "plain")
def test_a_prompt_is_completed(settings, model):
    llm = OpenAILike(model=model, max_tokens=30, **{**settings, "is_chat_model": False})
    assert llm.complete("Once upon a time").text


@proves(CLIENT, "completions", "stream")
def test_a_completion_streams(settings, model):
    llm = OpenAILike(model=model, max_tokens=30, **{**settings, "is_chat_model": False})
    assert list(llm.stream_complete("Once upon a time"))[-1].text


@proves(CLIENT, "embeddings", "plain")
def test_texts_become_vectors(tenant, embedder):
    model = OpenAILikeEmbedding(
        model_name=embedder, api_base=tenant["endpoint"], api_key=tenant["api_key"], max_retries=0
    )
    first, second = model.get_text_embedding_batch(["a cat", "a dog"])
    assert first != second and model.get_text_embedding("a dog") == pytest.approx(second, abs=1e-6)
